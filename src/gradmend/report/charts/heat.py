"""A number of every layer through training, as a heat map: layers down, steps to the right."""

from __future__ import annotations

import math

from gradmend.report.bars import Scale, log_scale
from gradmend.report.blocks import HeatMap
from gradmend.report.charts.canvas import BAD, FIRST, INK, Spec, chart
from gradmend.report.words import number

MOST_ROWS = 40  # more are thinned evenly; the table has them all
ROW = 16


def spec(heat: HeatMap, width: int) -> Spec:
    """Return the chart of a heat map; what is not finite has the colour of trouble."""
    rows = heat.rows[:: -(-len(heat.rows) // MOST_ROWS)]
    known = [v for row in rows for v in row.values if v is not None]
    scale = log_scale(known) if heat.log else Scale(low=0.0, high=1.0)
    stride = 1 if width > 400 else 2
    values = [
        {"i": i, "label": f"{place} {row.label}", "share": _share(value, scale),
         "broken": not math.isfinite(value),
         "told": f"{row.label} from step {heat.steps[i]:,} on: {number(value)}"}
        for place, row in enumerate(rows)
        for i, value in list(enumerate(row.values))[::stride]
        if value is not None
    ]  # fmt: skip
    order = [f"{place} {row.label}" for place, row in enumerate(rows)]
    colour = {
        "condition": {"test": {"field": "broken", "equal": True}, "value": BAD},
        "value": FIRST,
    }
    cells: Spec = {
        "data": {"values": values},
        "mark": {"type": "rect", "aria": False},
        "encoding": {
            "x": {"field": "i", "type": "ordinal", "scale": {"padding": 0},
                  "axis": {"labels": False, "ticks": False, "domain": False,
                           "title": f"step {heat.steps[0]:,} to {heat.steps[-1]:,}"}},
            "y": {"field": "label", "type": "nominal", "sort": order, "scale": {"padding": 0.06},
                  "axis": {"title": None, "ticks": False, "domain": False, "labelColor": INK,
                           "labelExpr": "slice(datum.label, indexof(datum.label, ' ') + 1)",
                           "labelLimit": width // 3}},
            "fill": colour,
            "fillOpacity": {"field": "share", "type": "quantitative", "legend": None,
                            "scale": {"domain": [0, 1], "range": [0.04, 1.0]}},
        },
    }  # fmt: skip
    return chart([cells], width=width, height=ROW * len(rows))


def _share(value: float, scale: Scale) -> float:
    if not math.isfinite(value):
        return 1.0
    return scale(value) if value > 0.0 or not scale.log else 0.0
