"""Variables and random states come back on every way out."""

from __future__ import annotations

import random

import keras
import numpy as np
import pytest

from gradmend.measure.preserve import preserved
from tests.behaviour.models import CASES
from tests.installed import torch
from tests.measure.untouched import state_of


def test_state_comes_back() -> None:
    model, x, y = CASES["convolutional"]()
    model.train_on_batch(x, y)
    before = state_of(model)
    disturb(model, None)
    assert state_of(model) == before
    for error in (RuntimeError, KeyboardInterrupt):
        with pytest.raises(error):
            disturb(model, error)
        assert state_of(model) == before


def disturb(model: keras.Model, error: type[BaseException] | None) -> None:
    with preserved(model):
        for variable in [*model.non_trainable_variables, *model.metrics_variables]:
            variable.assign(variable.value + 1)
        random.gauss()
        np.random.normal()
        if torch is not None:
            torch.rand(1)
        keras.random.normal((1,))
        if error is not None:
            raise error


def test_a_running_average_that_is_nan_stays_nan() -> None:
    model, _, _ = CASES["convolutional"]()
    average = model.non_trainable_variables[0]
    average.assign(average.value * np.nan)
    before = state_of(model)
    with preserved(model):
        pass
    assert state_of(model) == before
