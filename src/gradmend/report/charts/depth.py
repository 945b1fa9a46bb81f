"""Activation and gradient through depth, on one scale of decades, the bad stretch shaded."""

from __future__ import annotations

from gradmend.report.blocks import DepthProfile, DepthRow
from gradmend.report.charts.canvas import (
    BAD,
    DOTS,
    FIRST,
    SECOND,
    Spec,
    bands,
    chart,
    decades,
    log_axis,
    names,
    place_axis,
)
from gradmend.report.words import number

OUTPUT, GRADIENT = "output RMS", "gradient norm"


def spec(profile: DepthProfile, width: int) -> Spec:
    """Return the chart of a profile."""
    rows = profile.rows
    sizes = [size for row in rows for size in (row.rms, row.gradient) if size is not None]
    domain = decades(sizes)
    x = place_axis(len(rows), width, "layer call, input first")
    return chart(
        [
            bands([row.marked for row in rows]),
            *_series(rows, x, domain),
            _broken(rows, x),
            names([row.label for row in rows], width),
        ],
        width=width,
        height=280,
    )


def _series(rows: tuple[DepthRow, ...], x: Spec, domain: tuple[float, float]) -> list[Spec]:
    series = ((OUTPUT, [row.rms for row in rows]), (GRADIENT, [row.gradient for row in rows]))
    values = [
        {"i": i, "size": size, "what": what, "told": f"{rows[i].label}: {what} {number(size)}"}
        for what, sizes in series
        for i, size in enumerate(sizes)
        if size is not None and 0.0 < size < float("inf")
    ]
    colours = {"domain": [OUTPUT, GRADIENT], "range": [FIRST, SECOND]}
    dashes = {"domain": [OUTPUT, GRADIENT], "range": [[4, 3], [1, 0]]}
    encoding: Spec = {
        "x": x,
        "y": {"field": "size", **log_axis("size (log scale)", domain)},
        "color": {"field": "what", "type": "nominal", "scale": colours},
    }
    line: Spec = {
        "data": {"values": values},
        "mark": {"type": "line", "strokeWidth": 2, "aria": False},
        "encoding": {
            **encoding,
            "strokeDash": {"field": "what", "type": "nominal", "scale": dashes},
        },
    }
    point: Spec = {
        "data": {"values": values},
        "mark": {"type": "point", "filled": True, "size": 28, "opacity": 1.0},
        "encoding": {**encoding, "description": {"field": "told"}},
    }
    return [line, point] if len(rows) <= DOTS else [line]


def _broken(rows: tuple[DepthRow, ...], x: Spec) -> Spec | None:
    """Crosses at the foot, where there is a word in place of a gradient that was looked for."""
    values = [
        {"i": i, "told": f"{row.label}: gradient {row.word}"}
        for i, row in enumerate(rows)
        if row.gradient is None and row.word in ("zero", "nan", "inf", "nan/inf")
    ]
    if not values:
        return None
    return {
        "data": {"values": values},
        "mark": {"type": "point", "shape": "cross", "angle": 45, "fill": BAD, "stroke": BAD},
        "encoding": {"x": x, "y": {"value": "height"}, "description": {"field": "told"}},
    }
