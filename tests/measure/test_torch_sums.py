"""PyTorch's own reductions against those written in `keras.ops`, which NumPy has checked."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from gradmend.measure import statistics

pytestmark = pytest.mark.backend("torch")

SHAPES = [(2, 6, 40), (1, 7, 5, 3), (3, 1, 4), (1, 2, 9)]


def drawn(shape: tuple[int, ...], seed: int) -> object:
    values = np.random.default_rng(seed).normal(size=shape).astype("float32")
    values[np.abs(values) < 0.3] = 0.0
    values[0, 0] = 0.0
    return ops.convert_to_tensor(values)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("activation", [None, "tanh", "sigmoid"])
def test_forward_sums(
    shape: tuple[int, ...], activation: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    values, before = drawn(shape, 0), drawn(shape, 1)
    quick = statistics.forward_of_stack(values, activation, before, careful=False)
    monkeypatch.setattr(statistics, "_native", lambda: None)
    slow = statistics.forward_of_stack(values, activation, before, careful=False)
    for one, other in zip(quick, slow, strict=True):
        assert one.shape == other.shape
        assert one.numpy() == pytest.approx(other.numpy(), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_gradient_sums(shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    gradients, norms = drawn(shape, 2), ops.ones(shape[:2])
    quick = statistics.backward_of_stack(gradients, norms, careful=False)
    monkeypatch.setattr(statistics, "_native", lambda: None)
    slow = statistics.backward_of_stack(gradients, norms, careful=False)
    assert quick.numpy() == pytest.approx(slow.numpy(), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("entry", [np.nan, np.inf, 1e-20, 1e20])
def test_it_declines_what_it_would_lose(entry: float) -> None:
    from gradmend.measure import _torch_sums

    flat = ops.convert_to_tensor(np.full((1, 3, 4), entry, "float32"))
    assert _torch_sums.forward_sums(flat, ()) is None
    assert _torch_sums.gradient_sums(flat) is None
