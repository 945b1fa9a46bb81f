"""The unrolled network as a strip: a cell per step, stronger where more gradient arrives."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradmend.report.bars import Scale
from gradmend.report.blocks import TimeProfile
from gradmend.report.charts.canvas import BAD, DOTS, FIRST, INK, MUTED, Spec
from gradmend.report.step_strip import time_scale
from gradmend.report.words import number

CELL, WORD, GAP = 16, 18, 8  # pixels: height of a cell, of the line of words, between rows
LETTER, LEAST = 7.2, 14.0  # pixels: width of a letter, of the smallest column
LONGEST = 14  # letters of a word that are shown
MOST = 240  # cells without words; more are thinned evenly


@dataclass(frozen=True, slots=True)
class Column:
    """One step: its place in the curve, the row it stands in, and its edges in pixels."""

    step: int
    row: int
    left: float
    right: float
    word: str = ""


def strip(profile: TimeProfile, width: float) -> Spec:
    """Return the strip of a profile, that of the model before it was mended above it.

    With a word for every step the words stand under the cells, in as many rows as they take.
    """
    curves = [("before", profile.before), ("mended", profile.norms)]
    curves = curves if profile.before else [("", profile.norms)]
    worded = bool(profile.words) and all(len(c) == len(profile.words) for _, c in curves)
    columns = _worded(profile.words, width) if worded else None
    row = CELL * len(curves) + (WORD + GAP if worded else 0)
    height = row * (1 + max((column.row for column in columns or ()), default=0))
    scale = time_scale([curve for _, curve in curves])
    cells = [
        cell
        for place, (name, curve) in enumerate(curves)
        for cell in _cells(curve, columns or _even(len(curve), width), scale, place, row, name)
    ]
    layers = [_drawn(cells), _names(curves, row, height)]
    if columns:
        layers.append(_words(columns, row))
    return {
        "width": width, "height": height,
        "encoding": {
            "x": {"field": "a", "type": "quantitative", "axis": None,
                  "scale": {"domain": [0, width], "nice": False, "zero": False}},
            "y": {"field": "top", "type": "quantitative", "axis": None,
                  "scale": {"domain": [0, height], "nice": False, "reverse": True}},
        },
        "layer": [layer for layer in layers if layer is not None],
    }  # fmt: skip


def _worded(words: Sequence[str], width: float) -> list[Column]:
    """Columns as wide as their words, broken into rows that fit."""
    columns: list[Column] = []
    row, left = 0, 0.0
    for step, whole in enumerate(words):
        word = whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1]}…"
        wide = max(len(word) * LETTER + 4, LEAST)
        if left and left + wide > width:
            row, left = row + 1, 0.0
        columns.append(Column(step, row, left, min(left + wide, width) - 1, word))
        left += wide
    return columns


def _even(steps: int, width: float) -> list[Column]:
    stride = -(-steps // MOST)
    places = range(0, steps, stride)
    wide = width / max(len(places), 1)
    return [Column(step, 0, i * wide, (i + 1) * wide) for i, step in enumerate(places)]


def _cells(
    curve: Sequence[float],
    columns: Sequence[Column],
    scale: Scale,
    place: int,
    row: float,
    name: str,
) -> Iterator[Spec]:
    for column in columns:
        norm = curve[column.step]
        known = 0.0 < norm < math.inf
        top = column.row * row + place * CELL
        share = max(scale(norm), 0.0) if known else 1.0
        lost = not known or math.log10(norm) < scale.low - 1e-9
        word = f"'{column.word}', " if column.word else ""
        told = f"{word}step {column.step + 1}{f', {name}' if name else ''}: gradient {number(norm)}"
        yield {"a": column.left, "b": column.right, "top": top, "end": top + CELL - 1,
               "share": share, "lost": lost, "told": told}  # fmt: skip


def _drawn(cells: Sequence[Spec]) -> Spec:
    spoken = len(cells) <= DOTS
    encoding: Spec = {
        "x2": {"field": "b"},
        "y2": {"field": "end"},
        "fill": {"condition": {"test": {"field": "lost", "equal": True}, "value": BAD},
                 "value": FIRST},
        "fillOpacity": {
            "condition": {"test": {"field": "lost", "equal": True}, "value": 0.55},
            "field": "share", "type": "quantitative", "legend": None,
            "scale": {"domain": [0, 1], "range": [0.08, 1.0]},
        },
    }  # fmt: skip
    if spoken:
        encoding["description"] = {"field": "told"}
    return {"data": {"values": cells}, "mark": {"type": "rect", "aria": spoken},
            "encoding": encoding}  # fmt: skip


def _names(curves: Sequence[tuple[str, object]], row: float, height: float) -> Spec | None:
    values = [
        {"a": 0, "top": first + place * CELL + CELL / 2, "text": name}
        for first in range(0, round(height), round(row))
        for place, (name, _) in enumerate(curves)
        if name
    ]
    if not values:
        return None
    return {
        "data": {"values": values},
        "mark": {"type": "text", "align": "right", "baseline": "middle", "dx": -8, "fill": MUTED,
                 "fontSize": 12, "aria": False},
        "encoding": {"text": {"field": "text"}},
    }  # fmt: skip


def _words(columns: Sequence[Column], row: float) -> Spec:
    values = [
        {"a": (c.left + c.right) / 2, "top": (c.row + 1) * row - GAP - WORD / 2, "text": c.word}
        for c in columns
    ]
    return {
        "data": {"values": values},
        "mark": {"type": "text", "align": "center", "baseline": "middle", "fill": INK,
                 "fontSize": 12, "aria": False},
        "encoding": {"text": {"field": "text"}},
    }  # fmt: skip
