"""The table behind every picture: the same numbers as text, for those who do not see it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gradmend.report.blocks import (
    Curve,
    DepthProfile,
    HeatMap,
    ModelGraph,
    Picture,
    Table,
    TimeProfile,
    TrialTable,
    UnitStrip,
    WeightProfile,
)
from gradmend.report.words import loss, number

MARK = "yes"


def table_of(picture: Picture) -> Table:
    """Return the numbers of a picture as a table.

    Example:
        >>> table_of(TimeProfile(label="rnn", norms=(0.5, 1.0), remark="over 2 steps")).rows
        (('1', '0.5'), ('2', '1'))
    """
    columns, rows = TABLES[type(picture)](picture)
    return Table(caption=caption_of(picture), columns=columns, rows=rows)


def caption_of(picture: Picture) -> str:
    """Return the title of a picture."""
    if isinstance(picture, TimeProfile):
        return f"the gradient through time: {picture.label}: {picture.remark}"
    return picture.caption


Rows = tuple[tuple[str, ...], ...]


def _maybe(value: float | None) -> str:
    return "" if value is None else number(value)


def _share(value: float | None) -> str:
    return "" if value is None else f"{number(100.0 * value)} %"


def _depth(picture: DepthProfile) -> tuple[tuple[str, ...], Rows]:
    rows = tuple(
        (
            row.label,
            _maybe(row.rms),
            _maybe(row.gradient) or row.word,
            MARK if row.marked else "",
        )
        for row in picture.rows
    )
    return ("layer call", "output RMS", "gradient norm", "in the finding"), rows


def _time(picture: TimeProfile) -> tuple[tuple[str, ...], Rows]:
    rows = tuple((str(step), number(norm)) for step, norm in enumerate(picture.norms, 1))
    return ("time step", "gradient norm"), rows


def _curve(picture: Curve) -> tuple[tuple[str, ...], Rows]:
    pins = dict(picture.pins)
    points = zip(picture.steps, picture.values, strict=True)
    rows = tuple((f"{step:,}", loss(value), pins.get(step, "")) for step, value in points)
    return ("step", picture.quantity, "what begins here"), rows


def _weights(picture: WeightProfile) -> tuple[tuple[str, ...], Rows]:
    rows = tuple(
        (
            row.label,
            number(row.rms),
            _maybe(row.relative_gradient),
            _maybe(row.update_ratio),
            MARK if row.marked else "",
        )
        for row in picture.rows
    )
    return ("weight", "RMS", "gradient / weight", "step / weight", "in the finding"), rows


def _units(picture: UnitStrip) -> tuple[tuple[str, ...], Rows]:
    rows = tuple((row.label, _share(row.saturated), _share(row.dead)) for row in picture.rows)
    return ("layer call", "saturated", "dead"), rows


def _heat(picture: HeatMap) -> tuple[tuple[str, ...], Rows]:
    columns = ("", *(f"from step {step:,}" for step in picture.steps))
    return columns, tuple((row.label, *map(_maybe, row.values)) for row in picture.rows)


def _graph(picture: ModelGraph) -> tuple[tuple[str, ...], Rows]:
    rows = tuple(
        (node.label, node.kind, ", ".join(picture.nodes[i].label for i in node.reads), node.word)
        for node in picture.nodes
    )
    return ("layer call", "kind", "reads", "health"), rows


def _trial(picture: TrialTable) -> tuple[tuple[str, ...], Rows]:
    rows = tuple(
        (
            row.label,
            score_text(row.score),
            "" if row.spread is None else f"{row.spread:.3f}",
            ", ".join(score_text(score) for score in row.seeds),
            row.word,
        )
        for row in picture.rows
    )
    return ("arm", "loss/trivial", "spread", "each seed", ""), rows


def score_text(score: float) -> str:
    """Return a score to three decimals, or that it is not finite."""
    return f"{score:.3f}" if math.isfinite(score) else "not finite"


TABLES: dict[type, Callable[[Any], tuple[tuple[str, ...], Rows]]] = {
    DepthProfile: _depth,
    TimeProfile: _time,
    Curve: _curve,
    WeightProfile: _weights,
    UnitStrip: _units,
    HeatMap: _heat,
    ModelGraph: _graph,
    TrialTable: _trial,
}
