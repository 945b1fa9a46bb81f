"""The model as a graph: layer calls in a row, what reads from further back as an arc.

A Vega specification, since Vega-Lite has no arcs.
"""

from __future__ import annotations

from typing import Any

from gradmend.report.blocks import GraphNode, ModelGraph, Tone
from gradmend.report.charts.canvas import BAD, CAREFUL, DOTS, GOOD, INK, MUTED, NARROW, Spec

COLOURS = {Tone.BAD: BAD, Tone.CAREFUL: CAREFUL, Tone.GOOD: GOOD, Tone.QUIET: MUTED}
SHAPES = {
    Tone.BAD: "square",
    Tone.CAREFUL: "triangle-up",
    Tone.GOOD: "circle",
    Tone.QUIET: "circle",
}
NAMED = 60  # as many rows are read one by one; beyond, the graph lies on its side
ROW = 20


def spec(graph: ModelGraph, width: int) -> Spec:
    """Return the Vega specification of a graph, from top to bottom, or from left to right."""
    upright = len(graph.nodes) <= NAMED
    reach = max([1, *(_span(i, j) for i, node in enumerate(graph.nodes) for j in node.reads)])
    room = 64 if reach > 1 else 12
    length = ROW * len(graph.nodes) if upright else width - 16
    step = length / max(len(graph.nodes), 1)
    places = [step * (i + 0.5) for i in range(len(graph.nodes))]
    edges = [
        _path(places[j], places[i], room * _span(i, j) / reach, upright=upright, room=room)
        for i, node in enumerate(graph.nodes)
        for j in node.reads
    ]
    nodes = [_node(node, places[i], room, upright=upright) for i, node in enumerate(graph.nodes)]
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": width - 16 if upright else length,
        "height": length if upright else room + 12,
        "padding": 4,
        "data": [
            {"name": "edges", "values": [{"path": "".join(edges)}]},
            {"name": "nodes", "values": nodes},
        ],
        "marks": [
            *_lines(),
            *_symbols(70 if upright else max(6.0, min(70.0, step**2)), aria=len(nodes) <= DOTS),
        ]
        + ([_texts(width, room)] if upright else []),
    }


def _span(i: int, j: int) -> int:
    """How many steps an edge goes; one is the usual step to the next layer, and needs no arc."""
    return abs(i - j) if abs(i - j) > 1 else 0


def _path(a: float, b: float, bulge: float, *, upright: bool, room: float) -> str:
    line = room + 4
    if upright:
        return (
            f"M{line},{a:.1f}C{line - bulge:.1f},{a:.1f} {line - bulge:.1f},{b:.1f} {line},{b:.1f}"
        )
    return f"M{a:.1f},{line}C{a:.1f},{line - bulge:.1f} {b:.1f},{line - bulge:.1f} {b:.1f},{line}"


def _node(node: GraphNode, place: float, room: float, *, upright: bool) -> dict[str, Any]:
    line = room + 4
    return {
        "x": line if upright else place,
        "y": place if upright else line,
        "fill": COLOURS.get(node.tone, MUTED),
        "shape": SHAPES.get(node.tone, "circle"),
        "label": node.label,
        "kind": node.kind if node.tone in (Tone.GOOD, Tone.QUIET) else f"{node.kind}: {node.word}",
        "told": f"{node.label} ({node.kind}): {node.word}",
    }


def _lines() -> list[Spec]:
    return [
        {
            "type": "path",
            "from": {"data": "edges"},
            "aria": False,
            "encode": {
                "enter": {
                    "path": {"field": "path"},
                    "stroke": {"value": MUTED},
                    "strokeWidth": {"value": 1.2},
                }
            },
        }
    ]


def _symbols(size: float, *, aria: bool) -> list[Spec]:
    return [
        {
            "type": "symbol",
            "aria": aria,
            "from": {"data": "nodes"},
            "encode": {
                "enter": {
                    "x": {"field": "x"},
                    "y": {"field": "y"},
                    "size": {"value": size},
                    "shape": {"field": "shape"},
                    "fill": {"field": "fill"},
                    "description": {"field": "told"},
                }
            },
        }
    ]


def _texts(width: int, room: float) -> Spec:
    """Return names and kinds right of the symbols, cut at the end where they do not fit."""
    left = room + 18
    half = (width - 16 - left) * (0.5 if width > NARROW else 0.55)
    base = {"y": {"field": "y"}, "baseline": {"value": "middle"}, "fontSize": {"value": 12},
            "font": {"value": "system-ui, sans-serif"}}  # fmt: skip
    name = {**base, "x": {"value": left}, "text": {"field": "label"}, "fill": {"value": INK},
            "limit": {"value": half - 8}}  # fmt: skip
    kind = {**base, "x": {"value": left + half}, "text": {"field": "kind"},
            "fill": {"value": MUTED}, "limit": {"value": width - 16 - left - half}}  # fmt: skip
    return {
        "type": "group",
        "marks": [
            {"type": "text", "from": {"data": "nodes"}, "aria": False, "encode": {"enter": entry}}
            for entry in (name, kind)
        ],
    }
