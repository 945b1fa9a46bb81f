from __future__ import annotations

from dataclasses import replace

import keras

from gradmend.findings import diagnose
from gradmend.gallery import patient_named
from gradmend.measure import measure
from gradmend.records import Cause, Evidence, LossFacts, OptimizerFacts
from gradmend.treatments.surgery import Material, operate
from gradmend.treatments.weaken_regularization import prescribe
from tests.findings.records import mlp, with_weights
from tests.treatments.findings import finding


def test_names_the_power_of_ten_that_is_too_much() -> None:
    m = mlp(loss=LossFacts(total=142.0, data=2.0, penalty=140.0, trivial=2.3))
    (cure,) = prescribe(m, finding("G101", Cause.REGULARIZATION))
    assert cure.after == ("L2(0.001 * factor)",)  # 0.14 beside a data loss of 2


def test_names_the_rate_that_was_measured() -> None:
    high = finding("G102", Cause.REGULARIZATION)
    high = replace(high, evidence=(Evidence(name="dropped entries", value=0.95, unit="share"),))
    (cure,) = prescribe(mlp(), high)
    assert (cure.before, cure.after) == (("Dropout(0.95)",), ("Dropout(0.2)",))


def test_names_the_decay_and_no_penalty() -> None:
    m = mlp(optimizer=OptimizerFacts(name="AdamW", learning_rate=0.01, weight_decay=30.0))
    (cure,) = prescribe(m, finding("G103", Cause.REGULARIZATION))
    assert cure.before == ("AdamW(learning_rate=0.01, weight_decay=30)",)
    assert cure.after == ("AdamW(learning_rate=0.01, weight_decay=0.004)",)


def test_names_the_layers_without_their_constraint() -> None:
    m = with_weights(
        mlp(2, "relu"), lambda w: replace(w, constraint="MaxNorm") if w.role == "kernel" else w
    )
    tight = replace(finding("G104", Cause.REGULARIZATION), where=("dense_0", "dense_1"))
    (cure,) = prescribe(m, tight)
    assert cure.before[0] == 'Dense(64, activation="relu", kernel_constraint=MaxNorm(...))'
    assert cure.after[0] == 'Dense(64, activation="relu")'
    assert cure.where == ("dense_0", "dense_1", "head")


def test_takes_the_constraint_off_a_real_model_that_held_it_down() -> None:
    model, x, y = patient_named("max-norm-tiny").build(0)
    measured = measure(model, x, y)
    assert {w.constraint for w in measured.weights if w.role == "kernel"} == {"MaxNorm", None}
    (cure,) = prescribe(measured, replace(finding("G104", Cause.REGULARIZATION)))
    new = operate(model, cure, Material(measurements=measured, x=x, y=y))
    assert all(v.constraint is None for v in new.trainable_variables)
    assert model.layers[0].kernel.constraint is not None
    again = keras.models.clone_model(new)
    assert all(v.constraint is None for v in again.trainable_variables)
    assert not {f.code for f in diagnose(measure(new, x, y))} & {"G104"}
