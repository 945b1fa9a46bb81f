"""The numbers of a sampled step, against NumPy in float64."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from gradmend.monitor.steps.reductions import COLUMNS, reduced


def numbers(gradient: Any, before: Any, after: Any, limit: float | None = None) -> dict[str, float]:
    tensors = [[keras.ops.convert_to_tensor(v, "float32")] for v in (gradient, before, after)]
    row = keras.ops.convert_to_numpy(reduced(*tensors, limit))[0]
    return dict(zip(COLUMNS, (float(value) for value in row), strict=True))


@pytest.mark.parametrize("scale", [1.0, 1e-25, 1e-35, 1e25])
def test_norms_neither_vanish_nor_overflow(scale: float) -> None:
    generator = np.random.default_rng(0)
    gradient, before = generator.normal(size=(5, 7)) * scale, generator.normal(size=(5, 7))
    change = generator.normal(size=(5, 7)) * min(scale * 1e-3, 1e3)
    gradient[0, 0] = 0.0
    found = numbers(gradient, np.zeros((5, 7)), change)
    norm = found["gradient_largest"] * np.sqrt(found["gradient_square"])
    assert norm == pytest.approx(np.linalg.norm(gradient), rel=1e-4)
    if scale > 1e-30:  # below, the change is zero where subnormal numbers are flushed
        length = found["update_size"] * np.sqrt(found["update_square"])
        assert length == pytest.approx(np.linalg.norm(change), rel=1e-4)
    assert found["gradient_zeros"] == 1
    assert found["gradient_nonfinite"] == 0
    assert numbers(before, before, before)["weight_square"] == pytest.approx((before**2).sum())


def test_what_is_not_finite_is_counted_apart() -> None:
    found = numbers([[np.nan, 3.0], [np.inf, 4.0]], np.zeros((2, 2)), np.zeros((2, 2)))
    assert found["gradient_nonfinite"] == 2
    assert found["gradient_largest"] == 4.0
    assert found["gradient_square"] * 16.0 == pytest.approx(25.0)


def test_entries_beyond_a_limit_are_counted() -> None:
    found = numbers([1.0, -3.0, 2.0], np.zeros(3), np.zeros(3), limit=1.5)
    assert found["gradient_beyond"] == 2
    assert found["update_square"] == 0.0


def test_one_weight_that_needs_care_leaves_the_others_right() -> None:
    values = ([3.0, 4.0], [1e-25, 0.0], [np.nan, 2.0])
    gradients = [keras.ops.convert_to_tensor(value, "float32") for value in values]
    still = [keras.ops.zeros_like(gradient) for gradient in gradients]
    rows = keras.ops.convert_to_numpy(reduced(gradients, still, still, None))
    norms = rows[:, 0] * np.sqrt(rows[:, 1])
    assert norms == pytest.approx([5.0, 1e-25, 2.0])
    assert rows[:, COLUMNS.index("gradient_nonfinite")].tolist() == [0, 0, 1]


@pytest.mark.backend("torch")
@pytest.mark.parametrize("scale", [1.0, 1e-25, 1e-35, 1e25])
def test_eager_norms_are_those_of_float64(scale: float) -> None:
    import torch

    from gradmend.monitor.steps._torch import LONGEST_SUM, _norms

    generator = np.random.default_rng(0)
    shapes = [(3, LONGEST_SUM // 2), (5, 7), (9,), (4,)]  # the first is summed in pieces
    values = [(generator.normal(size=shape) * scale).astype("float32") for shape in shapes]
    values[-1][:] = 0.0
    found = _norms([torch.tensor(value) for value in values]).numpy()
    expected = [np.linalg.norm(value.astype("float64")) for value in values]
    assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.backend("torch")
def test_a_zero_of_float32_is_not_believed_where_it_cannot_be() -> None:
    import torch

    from gradmend.monitor.steps._torch import _norms

    values = [torch.ones(3), torch.full((4,), 1e-30)]
    still = torch.tensor([False, False])
    assert _norms(values, still=still).tolist() == pytest.approx([3**0.5, 2e-30])
