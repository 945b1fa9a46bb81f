"""Curves over real steps: right at any size, aligned at the end."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from gradmend.measure.unrolled.curves import (
    joined,
    mean_curve,
    norms_of,
    step_sizes,
    usable_share,
)


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e30])
def test_norms_are_right_where_squares_leave_the_range_of_float32(size: float) -> None:
    values = np.random.default_rng(0).normal(size=(2, 3, 4))
    gradient = ops.convert_to_tensor((size * values).astype("float32"))
    found = norms_of(np.asarray(ops.convert_to_numpy(step_sizes(gradient))), 0.5)
    assert found == pytest.approx(2 * size * np.linalg.norm(values, axis=-1), rel=1e-5)


def test_non_finite_entries_are_left_out() -> None:
    gradient = ops.convert_to_tensor(np.array([[[3.0, np.nan], [np.inf, 4.0]]], "float32"))
    found = norms_of(np.asarray(ops.convert_to_numpy(step_sizes(gradient))), 1.0)
    assert found.tolist() == [[3.0, 4.0]]


def test_padding_in_front_and_behind_give_the_same_curve() -> None:
    left = np.array([[0.0, 0.0, 1.0, 2.0], [5.0, 6.0, 7.0, 8.0]])
    right = np.array([[1.0, 2.0, 0.0, 0.0], [5.0, 6.0, 7.0, 8.0]])
    assert mean_curve(left, left > 0).tolist() == mean_curve(right, right > 0).tolist()
    assert mean_curve(left, left > 0)[0] == 5.0  # one sample alone is as long


def test_a_batch_without_a_real_step_has_no_curve() -> None:
    empty = mean_curve(np.ones((2, 3)), np.zeros((2, 3), bool))
    assert empty.size == 0
    assert usable_share(empty) is None


def test_states_are_joined_by_their_norm() -> None:
    assert joined([np.array([3e-200, 0.0]), np.array([4e-200, 0.0])]).tolist() == [5e-200, 0.0]


def test_usable_is_a_thousandth_of_the_largest() -> None:
    assert usable_share(np.array([0.9e-3, 1.1e-3, 1.0])) == pytest.approx(2 / 3)
    assert usable_share(np.zeros(3)) is None
