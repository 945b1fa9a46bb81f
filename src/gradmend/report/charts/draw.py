"""From a picture to SVG. The library that draws is loaded when the first picture is drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from gradmend.report.blocks import (
    Curve,
    DepthProfile,
    HeatMap,
    ModelGraph,
    Picture,
    TimeProfile,
    TrialTable,
    UnitStrip,
    WeightProfile,
)
from gradmend.report.charts import course, depth, graph, heat, time, trials, units, weights
from gradmend.report.charts.canvas import Spec

SPECS: dict[type, Callable[[Any, int], Spec]] = {
    Curve: course.spec,
    DepthProfile: depth.spec,
    HeatMap: heat.spec,
    ModelGraph: graph.spec,
    TimeProfile: time.spec,
    TrialTable: trials.spec,
    UnitStrip: units.spec,
    WeightProfile: weights.spec,
}


def drawable() -> bool:
    """Whether charts can be drawn here: the library has no build for every platform."""
    try:
        import vl_convert  # noqa: F401 - whether it loads is the question
    except ImportError:
        return False
    return True


@lru_cache(maxsize=64)  # a notebook shows the same pictures again and again
def drawn(picture: Picture, width: int) -> str:
    """Return the picture as an SVG element of that width in pixels.

    Everything a name could break out of is escaped by Vega; nothing is loaded from anywhere.

    Raises:
        ImportError: charts cannot be drawn here.
    """
    import vl_convert

    spec = SPECS[type(picture)](picture, width)
    if "vega-lite" in spec["$schema"]:
        return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return vl_convert.vega_to_svg(spec, allowed_base_urls=[])
