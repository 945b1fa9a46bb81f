from __future__ import annotations

import keras
import numpy as np
import pytest

from gradmend.treatments.surgery import in_doses
from gradmend.treatments.surgery.gradient_norms import BATCH, gradient_norms
from tests.behaviour.treated import ROWS, TREATED, Treated

PLAIN = Treated(
    "clip-gradients", TREATED["standardize-targets"].build, TREATED["standardize-targets"].x,
    TREATED["standardize-targets"].y,
)  # fmt: skip


def test_the_first_norm_is_that_of_plain_calculus() -> None:
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1, name="line")])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    kernel, bias = model.get_weights()
    index = np.random.default_rng(0).integers(0, ROWS, 3 * BATCH)
    x, y = PLAIN.x[index].astype("f8"), PLAIN.y[index].astype("f8")
    material = PLAIN.material(PLAIN.build())
    norms = gradient_norms(model, material, steps=3)
    assert norms.shape == (3,)
    errors = x @ kernel + bias - y
    expected = []
    for batch in np.split(np.arange(3 * BATCH), 3):
        e = 2.0 * errors[batch] / BATCH
        expected.append(np.hypot(np.linalg.norm(x[batch].T @ e), e.sum()))
    assert list(norms) == pytest.approx(expected, rel=1e-4)


def test_the_threshold_is_the_ninetieth_percentile_of_what_was_measured() -> None:
    model = PLAIN.build()
    material = PLAIN.material(model)
    one, measured = in_doses(model, PLAIN.prescription(), material)
    assert one.dose == 1.0
    assert measured.dose is not None
    assert measured.dose > 100.0  # targets of 500: the gradient is of their size
