from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.repair_loss import prescribe
from tests.findings.records import classifier_head, labels, mlp, regression_head
from tests.treatments.findings import finding

PAIR = finding("L102", Cause.LOSS_PAIRING, "head")


def test_softmax_wants_probabilities() -> None:
    (cure,) = prescribe(mlp(outputs=(classifier_head(from_logits=True),)), PAIR)
    assert cure.before == ("loss=SparseCategoricalCrossentropy(from_logits=True)",)
    assert cure.after == ("loss=SparseCategoricalCrossentropy(from_logits=False)",)


def test_a_linear_output_wants_logits() -> None:
    (cure,) = prescribe(mlp(outputs=(classifier_head(activation="linear"),)), PAIR)
    assert cure.after == ("loss=SparseCategoricalCrossentropy(from_logits=True)",)


def test_one_unit_is_no_choice_between_classes() -> None:
    head = classifier_head(activation="sigmoid", units=1, loss="categorical_crossentropy")
    (cure,) = prescribe(mlp(outputs=(head,)), finding("Z101", Cause.LOSS_PAIRING, "head"))
    assert cure.after == ("loss=BinaryCrossentropy(from_logits=False)",)


def test_a_loss_of_the_users_own_is_left_to_the_user() -> None:
    head = classifier_head(loss="rounded", from_logits=None)
    assert not list(prescribe(mlp(outputs=(head,)), finding("Z101", Cause.LOSS_PAIRING, "head")))


def test_independent_units_want_binary_crossentropy() -> None:
    head = classifier_head(activation="sigmoid", loss="categorical_crossentropy")
    (cure,) = prescribe(mlp(outputs=(head,)), PAIR)
    assert cure.after == ("loss=BinaryCrossentropy(from_logits=False)",)


def test_many_classes_want_a_unit_each() -> None:
    head = regression_head(loss="binary_crossentropy", from_logits=False, target=labels(10))
    (cure,) = prescribe(mlp(outputs=(head,)), PAIR)
    assert cure.after == (
        'Dense(10, activation="softmax")',
        'loss="sparse_categorical_crossentropy"',
    )


def test_a_percentage_of_zero_wants_an_absolute_error() -> None:
    head = regression_head(loss="mean_absolute_percentage_error")
    (cure,) = prescribe(mlp(outputs=(head,)), PAIR)
    assert cure.after == ('loss="mean_absolute_error"',)
