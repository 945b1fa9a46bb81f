"""What holds for every operation: an ordinary model that trains, and a patient left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest

from gradmend.records import Change, Grade
from gradmend.treatments import TREATMENTS
from gradmend.treatments.surgery import FEEDING, OPERATIONS, change_of, operate
from tests.behaviour.treated import TREATED, Treated

# They act on the step alone, or on both ends of it: a prediction stays what it was.
KEEPING = (
    "change-optimizer", "clip-each-value", "clip-each-variable", "clip-gradients",
    "keep-learning-rate", "lower-learning-rate", "raise-learning-rate", "regularize-activities",
    "regularize-kernels", "repair-loss", "scale-loss", "unfreeze-layers", "warm-up",
    "weaken-regularization", "weight-decay",
)  # fmt: skip
WITH_ANOTHER_OPTIMIZER = ("change-optimizer", "scale-loss", "use-bfloat16")


@dataclass(frozen=True)
class Operated:
    """A patient before and after its operation, and the new model after a short training."""

    treated: Treated
    model: keras.Model
    config: tuple[str, str]  # of the patient, before and after
    values: tuple[list[Any], list[Any]]  # of its weights and optimizer, before and after
    new: keras.Model
    fresh: dict[str, list[Any]]  # weights per layer of the new model before it trained
    weights: tuple[list[Any], list[Any]]  # of two operations with the same seed
    predictions: tuple[list[Any], list[Any]]  # of the patient and of the untrained new model
    losses: list[float]
    reloaded: tuple[list[Any], list[Any]]  # predictions of the trained model, saved and loaded
    change: Change


@pytest.fixture(scope="module", params=TREATED.values(), ids=TREATED.keys())
def operated(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Operated:
    """One operation serves all tests: building, measuring and training are what costs."""
    keras.utils.set_random_seed(0)
    treated: Treated = request.param
    model = treated.build()
    material = treated.material(model)
    config, values = model.to_json(), state(model)
    new, again = (operate(model, treated.prescription(), material) for _ in range(2))
    weights, fresh = (new.get_weights(), again.get_weights()), by_layer(new)
    config, values = (config, model.to_json()), (values, state(model))
    predictions = outputs(model, treated.x), outputs(new, treated.x)
    fit = new.fit(treated.x, treated.y, batch_size=32, epochs=1, verbose=0)
    file = tmp_path_factory.mktemp("mended") / "mended.keras"
    new.save(file)
    loaded = keras.saving.load_model(file, safe_mode=True)
    return Operated(
        treated, model, config, values, new, fresh, weights, predictions,
        fit.history["loss"], (outputs(new, treated.x), outputs(loaded, treated.x)),
        change_of(treated.prescription(), material),
    )  # fmt: skip


def state(model: keras.Model) -> list[Any]:
    found = [*model.weights, *model.optimizer.variables]
    return [np.array(keras.ops.convert_to_numpy(v.value)) for v in found]


def outputs(model: keras.Model, x: Any) -> list[Any]:
    flat = keras.tree.flatten(model(x, training=False))
    return [np.array(keras.ops.convert_to_numpy(part)) for part in flat]


def by_layer(model: keras.Model) -> dict[str, list[Any]]:
    return {
        layer.name: [np.array(keras.ops.convert_to_numpy(w)) for w in layer.weights]
        for layer in model._flatten_layers(include_self=False)
        if not layer._layers
    }


def assert_same(ours: list[Any], theirs: list[Any]) -> None:
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


def test_every_operation_has_a_patient() -> None:
    assert {treated.treatment for treated in TREATED.values()} == set(OPERATIONS)


def test_every_treatment_that_is_no_advice_has_an_operation() -> None:
    served = {t.name for t in TREATMENTS if t.grade is not Grade.ADVICE}
    assert served <= set(OPERATIONS) | set(FEEDING)
    assert not set(OPERATIONS) & set(FEEDING)


def test_trains_saves_and_loads_as_an_ordinary_model(operated: Operated) -> None:
    assert np.isfinite(operated.losses).all()
    ours, theirs = operated.reloaded
    assert all(np.isfinite(part).all() for part in ours)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_the_given_model_stays_bit_for_bit(operated: Operated) -> None:
    assert operated.config[0] == operated.config[1]
    assert_same(*operated.values)


def test_a_compiled_training_of_the_new_leaves_the_given_model() -> None:
    # JAX gives the buffers of a compiled training away: none may be shared, not even a seed
    treated = TREATED["swap-behind"]
    model = treated.build()
    new = operate(model, treated.prescription(), treated.material(model))
    new.run_eagerly = False
    new.fit(treated.x, treated.y, batch_size=32, epochs=1, verbose=0)
    model.run_eagerly = False
    losses = model.fit(treated.x, treated.y, batch_size=32, epochs=1, verbose=0).history["loss"]
    assert np.isfinite(losses).all()


def test_untouched_layers_keep_weights_names_and_flags(operated: Operated) -> None:
    old, now = by_layer(operated.model), operated.fresh
    flags = {layer.name: layer.trainable for layer in operated.new._flatten_layers()}
    for layer in operated.model._flatten_layers(include_self=False):
        if layer.name in operated.treated.touched or layer._layers or not layer.weights:
            continue
        assert flags[layer.name] == layer.trainable
        assert_same(old[layer.name], now[layer.name])


def test_compile_settings_are_carried_over(operated: Operated) -> None:
    model, new = operated.model, operated.new
    if operated.treated.treatment not in WITH_ANOTHER_OPTIMIZER:
        assert type(new.optimizer) is type(model.optimizer)
    assert new.optimizer is not model.optimizer
    assert new.jit_compile == model.jit_compile
    given = model._compile_config.config
    names = [str(metric) for metric in given.get("metrics") or ()]
    assert [str(m) for m in new._compile_config.config.get("metrics") or ()] == names


def test_new_weights_follow_from_the_seed(operated: Operated) -> None:
    # what a layer draws when it is exchanged follows Keras' own seed
    if operated.treated.treatment not in ("lengthen-memory", "exchange-for-gru"):
        assert_same(*operated.weights)


def test_treatments_of_the_step_keep_predictions(operated: Operated) -> None:
    if operated.treated.treatment in KEEPING:
        for ours, theirs in zip(*operated.predictions, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_the_change_is_told_in_lines(operated: Operated) -> None:
    assert operated.change.treatment == operated.treated.treatment
    assert operated.change.after
