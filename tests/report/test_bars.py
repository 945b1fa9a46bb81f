"""Bars and strips say what the numbers say."""

import math

import pytest

from gradmend.report.bars import bar, linear_scale, log_scale, strip


def test_a_bar_is_never_empty_and_never_too_long() -> None:
    for share in (0.0, 1e-9, 0.3, 0.999, 1.0):
        assert 1 <= len(bar(share, 10)) <= 10
    assert bar(1.0, 10) == "█" * 10


def test_small_differences_do_not_look_large() -> None:
    scale = log_scale([1.0, 1.1])
    assert scale(1.1) == 1.0
    assert scale(1.0) > 0.95
    flat = linear_scale([2.30, 2.31])
    assert abs(flat(2.31) - flat(2.30)) < 0.1


@pytest.mark.parametrize("values", [[], [0.0], [math.nan, math.inf], [1.0], [-1.0, 3.0]])
def test_any_values_make_a_scale(values: list[float]) -> None:
    for make in (log_scale, linear_scale):
        scale = make(values)
        assert 0.0 <= scale(1.0) <= 1.0


def test_zero_and_nan_have_signs_of_their_own() -> None:
    values = [1.0, 0.0, math.nan, 1e-3]
    assert strip(values, log_scale(values), 10) == "█·!▁"


def test_a_thinned_strip_keeps_a_nan() -> None:
    values = [1.0] * 500 + [math.nan] + [1.0] * 499
    drawn = strip(values, log_scale(values), 40)
    assert len(drawn) == 40
    assert drawn.count("!") == 1


def test_an_empty_strip() -> None:
    assert strip([], log_scale([]), 10) == ""
