"""Pictures as Vega-Lite charts, drawn to SVG. One file per kind of picture, each spec -> dict."""

from gradmend.report.charts.canvas import NARROW, WIDE
from gradmend.report.charts.draw import drawable, drawn

__all__ = ["NARROW", "WIDE", "drawable", "drawn"]
