"""Several batches become one record: medians of sizes, the largest of counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.measure.combine import combined
from gradmend.records import Measurements
from tests.findings.records import mlp


def of_loss(value: float) -> Measurements:
    found = mlp()
    return replace(found, loss=replace(found.loss, total=value))


def test_one_is_handed_on() -> None:
    found = mlp()
    assert combined([found]) is found


def test_the_median_ignores_an_odd_batch() -> None:
    found = combined([of_loss(1.0), of_loss(1e9), of_loss(3.0)])
    assert found.loss.total == 3.0
    assert found.batches == 3
    assert found.batch_size == mlp().batch_size


def test_a_count_is_never_voted_away() -> None:
    found = mlp()
    assert found.calls
    assert found.calls[0].forward is not None
    broken = replace(found.calls[0], forward=replace(found.calls[0].forward, nonfinite=7))
    merged = combined([found, replace(found, calls=(broken, *found.calls[1:])), found])
    assert merged.calls[0].forward is not None
    assert merged.calls[0].forward.nonfinite == 7


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_only_one_batch_showed_is_taken_from_the_first(order: tuple[int, int]) -> None:
    known, unknown = of_loss(1.0), replace(of_loss(1.0), optimizer=None)
    pair = (known, unknown)
    merged = combined([pair[index] for index in order])
    assert merged.optimizer == pair[order[0]].optimizer
