"""The charts: drawn for every picture, true to the numbers, light for a thousand layers."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

import pytest

from gradmend.report.blocks import (
    Curve,
    DepthProfile,
    DepthRow,
    GraphNode,
    HeatMap,
    HeatRow,
    ModelGraph,
    Picture,
    TimeProfile,
    Tone,
    TrialRow,
    TrialTable,
    UnitRow,
    UnitStrip,
    WeightProfile,
    WeightRow,
)
from gradmend.report.charts import NARROW, WIDE, drawable, drawn
from gradmend.report.charts.canvas import decades, stretches
from gradmend.report.charts.course import thinned
from gradmend.report.charts.draw import SPECS
from gradmend.report.reading import READ
from gradmend.report.tables import TABLES

pytestmark = pytest.mark.skipif(not drawable(), reason="vl-convert is not installed")
NAN, INF = math.nan, math.inf


def pictures(count: int = 5) -> list[Picture]:
    """One of each kind, with values that break careless arithmetic."""
    odd = [0.0, NAN, INF, 1e-300, 1e300]
    return [
        DepthProfile(caption="d", rows=tuple(
            DepthRow(label=f"l{i}", gradient=None if i == 1 else 10.0**-i, word="zero" * (i == 1),
                     rms=0.5, marked=i > 1) for i in range(count))),
        TimeProfile(label="rnn", norms=(*odd, 1.0, 2.0), remark="r", marked=True),
        Curve(caption="c", steps=(1, 2, 3), values=(1.0, NAN, 300.0), level=0.7, level_name="x",
              pins=((2, "breaks"),)),
        WeightProfile(caption="w", rows=tuple(
            WeightRow(label=f"w{i}", rms=1.0, update_ratio=odd[i % 5], relative_gradient=1e-3)
            for i in range(count))),
        UnitStrip(caption="u", rows=tuple(
            UnitRow(label=f"u{i}", saturated=0.5, dead=None if i else 1.0) for i in range(count))),
        HeatMap(caption="h", steps=(1, 5, 9), rows=tuple(
            HeatRow(label=f"h{i}", values=(None, NAN, 10.0**-i)) for i in range(count))),
        ModelGraph(caption="g", nodes=tuple(
            GraphNode(label=f"n{i}", kind="Dense", tone=list(Tone)[i % 5], word="w",
                      reads=tuple({max(i - 1, 0), max(i - 3, 0)} - {i})) for i in range(count))),
        TrialTable(caption="t", rows=(TrialRow(label="a", score=INF, spread=None, seeds=(INF, 0.5)),
                                      TrialRow(label="b", score=0.5, spread=0.1, marked=True))),
    ]  # fmt: skip


def shown(picture: Picture, width: int = WIDE) -> ET.Element:
    return ET.fromstring(drawn(picture, width))  # noqa: S314 - made by us a line ago


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("picture", pictures(), ids=lambda p: f"{type(p).__name__}-{p!r:.30}")
def test_every_picture_is_drawn_as_wide_as_asked(picture: Picture, width: int) -> None:
    svg = shown(picture, width)
    assert float(svg.attrib["width"]) <= width + 8
    text = ET.tostring(svg, encoding="unicode")
    assert "NaN" not in text
    assert "undefined" not in text
    assert not re.search(r'(?:fill|stroke)="#(?!000)', text.replace('stroke="#ddd"', ""))


def test_every_kind_of_picture_has_chart_table_and_reading() -> None:
    assert set(SPECS) == set(TABLES) == set(READ)
    assert {type(picture) for picture in pictures()} == set(SPECS)


def test_the_marks_say_what_they_stand_for() -> None:
    text = drawn(pictures()[0], WIDE)
    assert "l3: gradient norm 0.001" in text
    assert "l1: gradient zero" in text
    assert text.count(": output RMS 0.5") == 5


def test_a_larger_gradient_stands_higher() -> None:
    rows = tuple(DepthRow(label=f"l{i}", gradient=10.0**i) for i in range(4))
    svg = drawn(DepthProfile(caption="d", rows=rows), WIDE)
    place = r'aria-label="l(\d): gradient norm[^>]*transform="translate\(([\d.]+),([\d.]+)\)'
    layers, xs, ys = zip(*re.findall(place, svg), strict=True)
    assert layers == ("0", "1", "2", "3")
    assert sorted(xs, key=float) == list(xs)
    assert sorted(ys, key=float, reverse=True) == list(ys)  # up is small in SVG


@pytest.mark.parametrize("picture", pictures(1000), ids=lambda p: type(p).__name__)
def test_a_thousand_layers_stay_light(picture: Picture) -> None:
    assert len(drawn(picture, WIDE)) < 450_000


def test_thinning_keeps_what_stands_out() -> None:
    points = [(i, 1.0) for i in range(100_000)]
    points[54_321] = (54_321, 77.0)
    points[99] = (99, NAN)
    kept = thinned(points, 1000)
    assert len(kept) <= 1000
    assert (54_321, 77.0) in kept
    assert any(math.isnan(value) for _, value in kept)
    assert thinned(points[:10], 1000) == points[:10]


def test_stretches_and_decades() -> None:
    assert stretches([]) == []
    assert stretches([False, True, True]) == [(1, 2)]
    assert decades([]) == (1e-3, 1.0)
    assert decades([1e-320, 1e308]) == (1e-300, 1e300)
