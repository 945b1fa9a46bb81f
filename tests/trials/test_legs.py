from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from gradmend.records import Run
from gradmend.trials import Rows
from gradmend.trials.legs import legs
from gradmend.trials.training import Trainee

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(120, 4)).astype("float32")
ROWS = Rows(x=X, y=X[:, :1] * 2.0)


@pytest.mark.parametrize("together", [1, 7, 1000])
@pytest.mark.parametrize(("done", "until"), [(0, 3), (0, 4), (5, 43), (10, 20)])
def test_every_step_is_in_one_leg(done: int, until: int, together: int) -> None:
    found = list(legs(done, until, together))
    assert [leg.first for leg in found] == [done, *(leg.last for leg in found[:-1])]
    assert found[-1].last == until
    assert all(leg.count == 1 or leg.size * leg.count <= together for leg in found)


def test_what_fits_is_one_leg_of_four_stretches() -> None:
    (leg,) = legs(0, 40, 40)
    assert (leg.size, leg.count) == (10, 4)


def build(seed: int) -> keras.Model:
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, "tanh"), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    return model


def trained(monkeypatch: pytest.MonkeyPatch, at_once: int, stop: Callable[[], bool]) -> Any:
    """A training, what was kept on its way, its weights, and the number of calls of `fit`."""
    monkeypatch.setattr("gradmend.trials.training.AT_ONCE", at_once)
    calls, kept, fit = [], [], keras.Model.fit
    with monkeypatch.context() as patch:
        patch.setattr(keras.Model, "fit", lambda *a, **k: (calls.append(1), fit(*a, **k))[1])
        trainee = Trainee(build, ROWS, ROWS, 32)
        run = trainee.advance(trainee.start(0), 16, stop, kept.append)
    return run, kept, trainee.model_of(0).get_weights(), len(calls)


def test_one_fit_gives_what_a_fit_for_every_stretch_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    run, kept, weights, calls = trained(monkeypatch, 2**27, lambda: False)
    other, others_kept, others_weights, others_calls = trained(monkeypatch, 0, lambda: False)
    assert (calls, others_calls) == (1, 4)
    assert run == other
    assert kept == others_kept
    assert run.steps == (4, 8, 12, 16)
    for one, another in zip(weights, others_weights, strict=True):
        np.testing.assert_array_equal(one, another)


def test_it_stops_between_two_stretches_of_a_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = itertools.count()
    run, kept, _, calls = trained(monkeypatch, 2**27, lambda: next(asked) >= 2)
    assert (run.steps, calls) == ((4, 8), 1)
    assert kept[-1] == run


def test_an_interruption_loses_one_stretch_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, kept = itertools.count(), []

    def interrupted() -> bool:
        if next(asked) >= 2:
            raise KeyboardInterrupt
        return False

    trainee = Trainee(build, ROWS, ROWS, 32)
    with pytest.raises(KeyboardInterrupt):
        trainee.advance(trainee.start(0), 16, interrupted, kept.append)
    assert [run.steps for run in kept] == [(4,), (4, 8)]


def test_a_loss_that_is_not_finite_ends_it() -> None:
    def far(seed: int) -> keras.Model:
        model = build(seed)
        model.compile(keras.optimizers.SGD(1e30), "mse")
        return model

    kept: list[Run] = []
    trainee = Trainee(far, ROWS, ROWS, 32)
    run = trainee.advance(trainee.start(0), 40, lambda: False, kept.append)
    assert run.steps == (10,)
    assert not np.isfinite(run.losses[-1])


def averaged(seed: int) -> keras.Model:
    model = build(seed)
    optimizer = keras.optimizers.SGD(0.05, use_ema=True, ema_momentum=0.5)
    model.compile(optimizer, "mse")
    return model


@pytest.mark.backend("tensorflow", "torch")  # on JAX Keras cannot fit such a model twice
def test_an_average_of_weights_is_scored_when_it_is_in_place() -> None:
    trainee = Trainee(averaged, ROWS, ROWS, 32)
    run = trainee.advance(trainee.start(0), 1, lambda: False, lambda run: None)
    plain = averaged(0)
    best = trainee.model_of(0)
    assert any((a != b).any() for a, b in zip(best.get_weights(), plain.get_weights(), strict=True))
    assert run.held_out == pytest.approx(best.evaluate(X, ROWS.y, verbose=0), rel=1e-4)
    moving = trainee._ready().optimizer._model_variables_moving_average
    np.testing.assert_array_equal(
        best.get_weights()[0], keras.ops.convert_to_numpy(moving[0].value)
    )
