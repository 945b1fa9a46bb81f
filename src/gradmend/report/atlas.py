"""Every picture and table of one visit, for renderers with room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradmend.records import Measurements, Visit
from gradmend.report.blocks import Block
from gradmend.report.depth import depth_rows
from gradmend.report.folding import roots
from gradmend.report.loss_course import curve_of
from gradmend.report.model_graph import model_graph
from gradmend.report.raw import raw_tables
from gradmend.report.recipe import recipe_of
from gradmend.report.through_time import time_profiles
from gradmend.report.units import unit_strip
from gradmend.report.weights import weight_profile


def atlas_of(
    visit: Visit,
    command: str | None = None,
    words: Sequence[str] = (),
    before: Measurements | None = None,
) -> tuple[Block, ...]:
    """Return what was measured as pictures, tables and a recipe; empty where nothing was.

    Args:
        visit: What was measured, found and prescribed.
        command: What was typed to get it, for the recipe.
        words: What stands at each step of the sequences.
        before: The measurements of the model before it was mended.
    """
    m = visit.measurements
    return () if m is None else tuple(_blocks(visit, m, command, words, before))


def _blocks(
    visit: Visit,
    m: Measurements,
    command: str | None,
    words: Sequence[str],
    before: Measurements | None,
) -> Iterator[Block]:
    root = next(iter(roots(visit.findings)), None)
    curve = curve_of(m.course) if m.course is not None else None
    pictures = (
        depth_rows(m, root),
        *time_profiles(m, root, words=words, before=before),
        curve,
        weight_profile(m, root),
        unit_strip(m),
        model_graph(m, visit.findings),
    )
    yield from (picture for picture in pictures if picture is not None)
    yield from raw_tables(m)
    yield recipe_of(m, command)
