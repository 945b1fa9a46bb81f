"""What holds for every operation: an ordinary model that trains, and a patient left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from gradmend.treatments import TREATMENTS
from gradmend.treatments.surgery import OPERATIONS, change_of, operate
from tests.behaviour.treated import TREATED, Treated

every = pytest.mark.parametrize("treated", TREATED.values(), ids=TREATED.keys())
# They act on the step alone, or on both ends of it: a prediction stays what it was.
KEEPING = ("clip-gradients", "lower-learning-rate", "raise-learning-rate", "weight-decay",
           "repair-loss")  # fmt: skip


def values(model: keras.Model) -> list[Any]:
    found = [*model.weights, *model.optimizer.variables]
    return [np.array(keras.ops.convert_to_numpy(v.value)) for v in found]


def operated(treated: Treated, seed: int = 0) -> tuple[keras.Model, keras.Model]:
    model = treated.build()
    return model, operate(model, treated.prescription(), treated.material(model, seed))


def by_layer(model: keras.Model) -> dict[str, list[Any]]:
    return {
        layer.name: [keras.ops.convert_to_numpy(w) for w in layer.weights]
        for layer in model._flatten_layers(include_self=False)
        if not layer._layers
    }


def test_every_operation_has_a_patient() -> None:
    assert {treated.treatment for treated in TREATED.values()} == set(OPERATIONS)


def test_every_treatment_that_is_no_advice_has_an_operation() -> None:
    assert {t.name for t in TREATMENTS} - {"repair-labels"} <= set(OPERATIONS)


@every
def test_trains_saves_and_loads_as_an_ordinary_model(treated: Treated, tmp_path: Path) -> None:
    _, new = operated(treated)
    losses = new.fit(treated.x, treated.y, batch_size=32, epochs=1, verbose=0).history["loss"]
    assert np.isfinite(losses).all()
    before = keras.tree.flatten(new.predict(treated.x, verbose=0))
    assert all(np.isfinite(part).all() for part in before)
    new.save(tmp_path / "mended.keras")
    loaded = keras.saving.load_model(tmp_path / "mended.keras", safe_mode=True)
    after = keras.tree.flatten(loaded.predict(treated.x, verbose=0))
    for ours, theirs in zip(before, after, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


@every
def test_the_given_model_stays_bit_for_bit(treated: Treated) -> None:
    model = treated.build()
    config, kept = model.to_json(), values(model)
    operate(model, treated.prescription(), treated.material(model))
    assert model.to_json() == config
    for old, now in zip(kept, values(model), strict=True):
        np.testing.assert_array_equal(old, now)


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


@every
def test_untouched_layers_keep_weights_names_and_flags(treated: Treated) -> None:
    model, new = operated(treated)
    old, now = by_layer(model), by_layer(new)
    flags = {layer.name: layer.trainable for layer in new._flatten_layers()}
    for layer in model._flatten_layers(include_self=False):
        if layer.name in treated.touched or layer._layers or not layer.weights:
            continue
        assert flags.get(layer.name) == layer.trainable or layer.name.startswith("input"), (
            layer.name
        )
        for a, b in zip(old[layer.name], now.get(layer.name, []), strict=True):
            np.testing.assert_array_equal(a, b)


@every
def test_compile_settings_are_carried_over(treated: Treated) -> None:
    model, new = operated(treated)
    assert type(new.optimizer) is type(model.optimizer)
    assert new.optimizer is not model.optimizer
    assert new.metrics_names == model.metrics_names
    assert new.jit_compile == model.jit_compile


@every
def test_new_weights_follow_from_the_seed(treated: Treated) -> None:
    model = treated.build()
    first, again = (
        operate(model, treated.prescription(), treated.material(model, seed=3)) for _ in range(2)
    )
    # what a layer draws when it is exchanged follows Keras' own seed
    for a, b in zip(first.get_weights(), again.get_weights(), strict=True):
        if treated.treatment != "lengthen-memory":
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("treated", [t for t in TREATED.values() if t.treatment in KEEPING])
def test_treatments_of_the_step_keep_predictions(treated: Treated) -> None:
    model, new = operated(treated)
    ours, theirs = (m.predict(treated.x, verbose=0) for m in (model, new))
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@every
def test_the_change_is_told_in_lines(treated: Treated) -> None:
    model = treated.build()
    change = change_of(treated.prescription(), treated.material(model))
    assert change.treatment == treated.treatment
    assert change.after
