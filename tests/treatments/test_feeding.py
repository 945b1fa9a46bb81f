"""Treatments of what `fit` is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradmend.errors import ModelError
from gradmend.records import Grade, OutputFacts, Prescription
from gradmend.treatments.surgery import FEEDING, Feed, Material, change_of, fed
from tests.findings.records import classifier_head, mlp


def prescription(name: str, *where: str) -> Prescription:
    return Prescription(
        treatment=name, title=name, grade=Grade.CHANGES_FUNCTION, answers="", where=where
    )


LABELS = prescription("repair-labels", "head")
BINARY = {"units": 1, "activation": "sigmoid", "loss": "binary_crossentropy"}


def repaired(y: Any, known: Any = None, **head: Any) -> Any:
    outputs = (classifier_head(**head),)
    y = np.asarray(y)
    material = Material(
        measurements=mlp(outputs=outputs), y=y if known is None else np.asarray(known)
    )
    return fed(Feed(x=np.zeros((len(y), 2)), y=y), [LABELS], material).y


def test_classes_are_counted_from_zero() -> None:
    np.testing.assert_array_equal(repaired([1, 3, 10]), [0, 2, 9])
    assert repaired([1, 3, 10]).dtype == np.asarray([1]).dtype


def test_held_out_rows_are_shifted_like_those_trained_on() -> None:
    np.testing.assert_array_equal(repaired([2, 3], known=[1, 2, 3]), [1, 2])


@pytest.mark.parametrize("given", [[1.0, 2.0, 1.0], [-1.0, 1.0, -1.0], [0.0, 255.0, 0.0]])
def test_yes_and_no_become_one_and_zero(given: list[float]) -> None:
    np.testing.assert_array_equal(repaired(given, **BINARY), [0.0, 1.0, 0.0])


def test_many_values_are_scaled_into_the_range() -> None:
    np.testing.assert_allclose(repaired([0.0, 51.0, 255.0], **BINARY), [0.0, 0.2, 1.0])


def test_the_other_output_keeps_its_labels() -> None:
    other: OutputFacts = classifier_head(layer="other", name="other")
    m = mlp(outputs=(classifier_head(), other))
    y = [np.array([1, 2]), np.array([1, 2])]
    new = fed(Feed(x=None, y=y), [LABELS], Material(measurements=m, y=y)).y
    np.testing.assert_array_equal(new, [[0, 1], [1, 2]])


def test_more_classes_than_units_are_left_to_the_user() -> None:
    with pytest.raises(ModelError, match="name 11 classes, and the output has 10 units") as told:
        repaired(np.arange(11))
    assert "Dense(11, ...)" in str(told.value)


def test_the_lines_tell_the_range_of_all_rows_not_of_one_batch() -> None:
    m = mlp(outputs=(classifier_head(),))  # whose batch ran from 0
    change = change_of(LABELS, Material(measurements=m, y=np.array([1, 4, 10])))
    assert (change.before, change.after) == (("y in 1..10",), ("y = y - 1",))


BROKEN = prescription("drop-broken-rows", "x")


def test_rows_with_nan_or_infinity_are_left_out_everywhere() -> None:
    x = {"a": np.array([[1.0], [np.nan], [3.0], [4.0]]), "b": np.array([[1], [2], [3], [4]])}
    y, weight = np.array([1.0, 2.0, np.inf, 4.0]), np.arange(4.0)
    feed = Feed(x=x, y=y, sample_weight=weight, batch_size=2)
    new = fed(feed, [BROKEN], Material(measurements=mlp()))
    assert new.x["a"].tolist() == [[1.0], [4.0]]
    assert new.x["b"].tolist() == [[1], [4]]
    assert (new.y.tolist(), new.sample_weight.tolist()) == ([1.0, 4.0], [0.0, 3.0])
    assert new.batch_size == 2


def test_a_broken_column_leaves_nothing_and_is_told() -> None:
    x = np.array([[1.0, np.nan], [2.0, np.nan]])
    with pytest.raises(ModelError, match="a whole column is broken"):
        fed(Feed(x=x, y=np.zeros(2)), [BROKEN], Material(measurements=mlp()))


def test_batches_grow_and_never_shrink() -> None:
    for given, wanted in ((1, 32), (64, 64)):
        feed = Feed(x=None, y=None, batch_size=given)
        new = fed(feed, [prescription("enlarge-batch")], Material(measurements=mlp()))
        assert new.batch_size == wanted


def test_treatments_of_the_model_are_passed_over() -> None:
    feed = Feed(x=None, y=None)
    assert fed(feed, [prescription("reset-bias")], Material(measurements=mlp())) is feed
    assert set(FEEDING) == {"repair-labels", "drop-broken-rows", "enlarge-batch"}
