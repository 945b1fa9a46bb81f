"""A batch out of arrays."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from gradmend.monitor.arrays import batch_from_arrays, spread

DEFAULTS: dict[str, Any] = {
    "y": None,
    "sample_weight": None,
    "batch_size": None,
    "steps_per_epoch": None,
    "class_weight": None,
    "validation_split": 0.0,
    "validation_data": None,
}


def batch(x: Any, **arguments: Any) -> Any:
    return batch_from_arrays({**DEFAULTS, "x": x, **arguments})


@pytest.mark.parametrize("labels", [np.arange(1000) // 100, np.arange(1000) % 10])
def test_sorted_and_cyclic_labels_give_every_class(labels: Any) -> None:
    found = batch(np.zeros((1000, 3)), y=labels)
    assert found.size == 256
    counts = np.bincount(found.y, minlength=10)
    assert counts.min() > 10


def test_rows_keep_together_and_dtypes_are_those_of_keras() -> None:
    x = np.arange(600.0).reshape(300, 2)
    found = batch(x, y=x[:, 0], sample_weight=x[:, 1])
    assert found.x.dtype == np.float32
    np.testing.assert_array_equal(found.x[:, 0], found.y)
    np.testing.assert_array_equal(found.x[:, 1], found.sample_weight)


def test_the_batch_is_no_smaller_than_that_of_the_training() -> None:
    assert batch(np.zeros((1000, 3)), batch_size=500).size == 500
    assert batch(np.zeros((1000, 3)), batch_size=8).fit_batch_size == 8
    assert batch(np.zeros((100, 3)), steps_per_epoch=5).fit_batch_size == 20
    assert batch(np.zeros((1000, 5000)), batch_size=4).size == 4
    assert batch(np.zeros((20, 3))).size == 20


def test_samples_kept_for_validation_are_left_out() -> None:
    x = np.arange(100.0)[:, None]
    assert batch(x, validation_split=0.25).x.max() == 74
    assert batch(x, validation_split=0.25, validation_data=(x, x)).x.max() == 99


def test_class_weights_become_sample_weights() -> None:
    y = np.array([0, 1, 1, 0])
    found = batch(np.zeros((4, 2)), y=y, class_weight={0: 1.0, 1: 5.0})
    np.testing.assert_array_equal(found.sample_weight, [1.0, 5.0, 5.0, 1.0])


def test_structures_and_tensors_are_sliced_too() -> None:
    x = {"a": keras.ops.arange(300), "b": [np.arange(300), np.arange(300)]}
    found = batch(x, y=np.arange(300))
    for leaf in keras.tree.flatten(found.x):
        np.testing.assert_array_equal(leaf, found.y)


def test_targets_are_read_in_plenty_but_not_without_bound() -> None:
    found = batch(np.zeros((30_000, 2)), y=np.zeros(30_000))
    assert len(found.target_rows[0]) == 20_000
    wide = batch(np.zeros((3000, 2)), y=np.zeros((3000, 2000)))
    assert len(wide.target_rows[0]) == 2000


def test_what_is_no_array_gives_no_batch() -> None:
    assert batch(x for x in [1]) is None
    assert batch(None) is None


def test_the_global_generator_is_not_drawn_from() -> None:
    before = np.random.get_state()[1].copy()  # type: ignore[union-attr, index]  # a tuple here
    spread(1000, 10)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # type: ignore[index]  # same
