"""Neighbouring calls are grouped evenly; what is special in a group is not lost."""

import pytest

from gradmend.report.blocks import DepthRow
from gradmend.report.depth import depth_profile, grouped
from tests.report.patients import measured


@pytest.mark.parametrize("count", [1, 2, 23, 24, 25, 48, 49, 600, 1001])
def test_at_most_the_limit_and_every_call_counted(count: int) -> None:
    rows = grouped([DepthRow(label=str(i), gradient=1.0) for i in range(count)], 24)
    assert len(rows) <= 24
    assert sum(row.calls for row in rows) == count
    assert len({row.calls for row in rows[:-1]}) <= 1


def test_a_group_takes_the_median_and_keeps_mark_and_word() -> None:
    rows = [
        DepthRow(label="a", gradient=1.0, rms=3.0),
        DepthRow(label="b", gradient=None, word="nan", rms=1.0, marked=True),
        DepthRow(label="c", gradient=9.0, rms=2.0),
        DepthRow(label="d", gradient=2.0),
    ]
    (row,) = grouped(rows, 1)
    assert (row.label, row.gradient, row.word, row.rms, row.marked, row.calls) == (
        "a … d",
        2.0,
        "nan ×1",
        2.0,
        True,
        4,
    )


def test_nothing_to_draw_without_two_gradients() -> None:
    assert depth_profile(measured({"a": 1.0, "b": None}), None) is None
    assert depth_profile(measured({"a": 1.0, "b": 0.0}), None) is not None
