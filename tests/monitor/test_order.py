from __future__ import annotations

import numpy as np
import pytest

from gradmend.monitor.order import batch_variety

SORTED = np.repeat(np.arange(10), 32)
MIXED = np.random.default_rng(0).permutation(SORTED)


def variety(y: object, **changes: object) -> float | None:
    return batch_variety({"y": y, "shuffle": False, **changes}, len(SORTED), 16)


def test_sorted_and_mixed_labels() -> None:
    assert variety(SORTED) == 0.0
    assert variety(MIXED) == pytest.approx(15 / 16, abs=0.05)


def test_by_the_law_of_total_variance() -> None:
    y = np.random.default_rng(1).normal(size=(len(SORTED), 3)) + SORTED[:, None]
    means = y.reshape(-1, 16, 3).mean(axis=1)
    between = means.var(axis=0).sum()
    assert variety(y) == pytest.approx(1 - between / y.var(axis=0).sum())


def test_one_hot_and_several_targets() -> None:
    assert variety(np.eye(10)[SORTED]) == 0.0
    assert variety({"a": SORTED, "b": MIXED}) == variety(MIXED)


def test_what_fit_shuffles_or_what_never_varies_is_not_judged() -> None:
    assert variety(SORTED, shuffle=True) is None
    assert variety(np.zeros(len(SORTED))) is None
    assert variety(None) is None
    assert variety(np.array(["a"] * len(SORTED))) is None
    assert batch_variety({"y": SORTED, "shuffle": False}, 10, 32) is None
