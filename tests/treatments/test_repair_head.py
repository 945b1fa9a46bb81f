from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.repair_head import prescribe
from tests.findings.records import classifier_head, labels, mlp, regression_head, tensor
from tests.treatments.findings import finding

HEAD = finding("L101", Cause.OUTPUT_ACTIVATION, "head")


def test_one_unit_for_two_classes_is_a_sigmoid() -> None:
    head = classifier_head(units=1, loss="binary_crossentropy", target=labels(2))
    (cure,) = prescribe(mlp(outputs=(head,)), HEAD)
    assert cure.before[0] == 'Dense(1, activation="softmax")'
    assert cure.after == (
        'Dense(1, activation="sigmoid")',
        'model.compile(..., loss="binary_crossentropy")',
    )


def test_a_regression_is_linear_and_keeps_its_loss() -> None:
    head = regression_head(activation="relu", loss="mean_absolute_error")
    (cure,) = prescribe(mlp(outputs=(head,)), HEAD)
    assert cure.after == ("Dense(1)", 'model.compile(..., loss="mean_absolute_error")')


def test_relu_before_crossentropy_becomes_softmax() -> None:
    (cure,) = prescribe(mlp(outputs=(classifier_head(activation="relu"),)), HEAD)
    assert cure.after[0] == 'Dense(10, activation="softmax")'


def test_other_outputs_are_left_alone() -> None:
    spare = regression_head(name="spare", layer="spare", target=tensor("z"))
    assert not list(prescribe(mlp(outputs=(spare,)), HEAD))
