"""What all charts share: widths, colours, the axis over layers, and marks of the bad stretch.

Colours are CSS variables, so that one SVG is right in light and dark and in print. Layer names are
data, never part of an expression: Vega escapes them, and no name can become code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor, inf, log10
from typing import Any

Spec = dict[str, Any]

WIDE, NARROW = 720, 340  # a column of text, a phone
INK, MUTED, GRID = "var(--gm-ink)", "var(--gm-muted)", "var(--gm-grid)"
FIRST, SECOND = "var(--gm-first)", "var(--gm-second)"
BAD, CAREFUL, GOOD = "var(--gm-bad)", "var(--gm-careful)", "var(--gm-good)"

NAMED = {WIDE: 24, NARROW: 10}  # as many names fit beneath the axis
TICKS = 7  # labelled decades at most
DOTS = 120  # beyond, single marks are neither seen nor read aloud: the table has them

CONFIG: Spec = {
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "titleColor": INK,
        "gridColor": GRID,
        "domainColor": MUTED,
        "tickColor": MUTED,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelOverlap": True,
    },
    "legend": {
        "orient": "top",
        "labelColor": INK,
        "labelFontSize": 12,
        "title": None,
        "symbolSize": 80,
        "columnPadding": 28,
        "labelLimit": 300,
    },
    "text": {"fill": INK, "fontSize": 11, "font": "system-ui, sans-serif"},
}


def chart(layers: Iterable[Spec | None], *, width: int, height: int, **more: Any) -> Spec:
    """Return layers on one canvas; None stands for a layer that is not needed."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 4,
        "config": CONFIG,
        "layer": [layer for layer in layers if layer is not None],
        **more,
    }


def place_axis(count: int, width: int, title: str) -> Spec:
    """Return the channel that puts `count` things side by side, field "i"."""
    named = count <= NAMED[width]
    axis: Spec = {"grid": False, "ticks": not named, "tickMinStep": 1}
    axis |= {"labels": False, "title": None} if named else {"title": title}
    scale = {"domain": [-0.5, count - 0.5], "nice": False, "zero": False}
    return {"field": "i", "type": "quantitative", "axis": axis, "scale": scale}


def names(labels: Sequence[str], width: int) -> Spec | None:
    """Return the names beneath the axis, where they fit."""
    if len(labels) > NAMED[width]:
        return None
    return {
        "data": {"values": [{"i": i, "label": label} for i, label in enumerate(labels)]},
        "mark": {
            "type": "text", "angle": -40, "align": "right", "baseline": "middle", "dy": 8,
            "fill": MUTED, "limit": 96, "clip": False, "aria": False,
        },
        "encoding": {
            "x": {"field": "i", "type": "quantitative"},
            "y": {"value": "height"},
            "text": {"field": "label"},
        },
    }  # fmt: skip


def bands(marked: Sequence[bool]) -> Spec | None:
    """Return a shade behind every stretch of marked places."""
    if not any(marked):
        return None
    return {
        "data": {"values": [{"a": a - 0.5, "b": b + 0.5} for a, b in stretches(marked)]},
        "mark": {"type": "rect", "fill": BAD, "opacity": 0.13, "aria": False},
        "encoding": {"x": {"field": "a", "type": "quantitative"}, "x2": {"field": "b"}},
    }


def stretches(marked: Sequence[bool]) -> list[tuple[int, int]]:
    """Return first and last place of every run of marks.

    Example:
        >>> stretches([True, True, False, True])
        [(0, 1), (3, 3)]
    """
    found: list[tuple[int, int]] = []
    for place, mark in enumerate(marked):
        if mark and found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        elif mark:
            found.append((place, place))
    return found


def log_axis(title: str, domain: tuple[float, float]) -> Spec:
    """Return a channel on a scale of decades, labelled 10^n."""
    low, high = (round(log10(bound)) for bound in domain)
    stride = -(-(high - low) // TICKS)
    axis = {
        "title": title,
        "values": [10.0**power for power in range(high, low - 1, -stride)],
        "labelExpr": "'10^' + round(log(datum.value) / LN10)",
        "minExtent": 56,
    }
    return {
        "type": "quantitative",
        "axis": axis,
        "scale": {"type": "log", "domain": list(domain), "nice": False, "clamp": True},
    }


def decades(values: Iterable[float], least: float = 3.0) -> tuple[float, float]:
    """Return a domain of at least so many decades around positive finite values.

    Example:
        >>> decades([0.5, 2.0])
        (0.01, 10.0)
    """
    places = [log10(v) for v in values if 0.0 < v < inf] or [0.0]
    high = ceil(max(places))
    low = min(floor(min(places)), high - ceil(least))
    return (10.0 ** max(low, -300), 10.0 ** min(high, 300))
