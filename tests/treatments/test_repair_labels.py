from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.repair_labels import prescribe
from tests.findings.records import classifier_head, labels, mlp, tensor
from tests.treatments.findings import finding

LABELS = finding("L106", Cause.LABELS, "head")


def test_classes_that_count_from_one() -> None:
    head = classifier_head(target=labels(smallest=1.0, largest=10.0))
    (cure,) = prescribe(mlp(outputs=(head,)), LABELS)
    assert (cure.before, cure.after) == (("y in 1..10",), ("y = y - 1",))


def test_more_classes_than_units() -> None:
    head = classifier_head(target=labels(smallest=0.0, largest=11.0))
    (cure,) = prescribe(mlp(outputs=(head,)), LABELS)
    assert cure.after == ("Dense(12, ...)",)


def test_minus_one_becomes_zero() -> None:
    target = tensor("y", smallest=-1.0, largest=1.0, distinct=2)
    head = classifier_head(units=1, loss="binary_crossentropy", target=target)
    (cure,) = prescribe(mlp(outputs=(head,)), LABELS)
    assert cure.after == ("y = (y > 0).astype(int)",)


def test_one_and_two_and_a_mark_of_255() -> None:
    for low, high, line in ((1.0, 2.0, "y = (y > 1)"), (0.0, 255.0, "y = (y > 0)")):
        target = tensor("y", smallest=low, largest=high, distinct=2)
        head = classifier_head(units=1, loss="binary_crossentropy", target=target)
        (cure,) = prescribe(mlp(outputs=(head,)), LABELS)
        assert cure.after == (f"{line}.astype(int)",)


def test_pixels_as_targets_are_scaled() -> None:
    target = tensor("y", smallest=0.0, largest=255.0, distinct=200)
    head = classifier_head(units=64, loss="binary_crossentropy", target=target)
    (cure,) = prescribe(mlp(outputs=(head,)), LABELS)
    assert cure.after == ("y = (y - 0) / 255",)
