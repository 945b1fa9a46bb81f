"""The arms of a trial: every seed a dot, the mean a bar, the level of a constant prediction."""

from __future__ import annotations

import math

from gradmend.report.blocks import TrialTable
from gradmend.report.charts.canvas import FIRST, GOOD, INK, MUTED, Spec, chart
from gradmend.report.tables import score_text


def spec(trial: TrialTable, width: int) -> Spec:
    """Return the chart of a trial; arms that were never finite have no mark."""
    arms = [row.label for row in trial.rows]
    y = {"field": "arm", "type": "nominal", "sort": arms, "scale": {"domain": arms},
         "axis": {"title": None, "labelLimit": width // 3, "labelColor": INK}}  # fmt: skip
    x = {"field": "score", "type": "quantitative", "scale": {"zero": True},
         "axis": {"title": "held-out loss / that of a constant prediction (less is better)"
                  if width > 400 else "held-out loss / trivial loss",
                  "tickCount": 6}}  # fmt: skip
    dots = [
        {"arm": row.label, "score": score, "told": f"{row.label}: one seed {score_text(score)}"}
        for row in trial.rows
        for score in row.seeds
        if math.isfinite(score)
    ]
    means = [
        {"arm": row.label, "score": row.score, "won": row.marked,
         "told": f"{row.label}: mean {score_text(row.score)}"}
        for row in trial.rows
        if math.isfinite(row.score)
    ]  # fmt: skip
    return chart([_level(x), _means(means, x, y), _dots(dots, x, y)],
                 width=width, height=26 * max(len(arms), 1))  # fmt: skip


def _level(x: Spec) -> Spec:
    return {
        "data": {"values": [{"score": 1.0, "told": "1: learned nothing"}]},
        "mark": {"type": "rule", "stroke": MUTED, "strokeDash": [5, 4]},
        "encoding": {"x": x, "description": {"field": "told"}},
    }


def _means(values: list[dict[str, object]], x: Spec, y: Spec) -> Spec:
    won = {"test": {"field": "won", "equal": True}, "value": GOOD}
    return {
        "data": {"values": values},
        "mark": {"type": "tick", "thickness": 3, "size": 20},
        "encoding": {"x": x, "y": y, "color": {"condition": won, "value": MUTED},
                     "description": {"field": "told"}},
    }  # fmt: skip


def _dots(values: list[dict[str, object]], x: Spec, y: Spec) -> Spec:
    return {
        "data": {"values": values},
        "mark": {"type": "point", "filled": True, "size": 50, "fill": FIRST, "opacity": 0.75},
        "encoding": {"x": x, "y": y, "description": {"field": "told"}},
    }
