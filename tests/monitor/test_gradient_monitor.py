"""A training with a monitor yields bit for bit what it yields without."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import gradmend
from gradmend.errors import UsageError
from gradmend.monitor.reading import KEYS
from gradmend.monitor.watch import METRICS
from tests.installed import torch
from tests.monitor.comparing import assert_same
from tests.monitor.stubs import drawn_next
from tests.monitor.trainings import EVERYWHERE, TRAININGS, Training, data


def tiny(**compile_arguments: Any) -> tuple[Any, dict[str, Any]]:
    hidden = [keras.layers.Dense(4, "tanh"), keras.layers.Dropout(0.3)]
    network = keras.Sequential([keras.Input((4,)), *hidden, keras.layers.Dense(2, "softmax")])
    network.compile(loss="sparse_categorical_crossentropy", **compile_arguments)
    x, y = data(40)
    return network, {"x": x, "y": y, "batch_size": 8}


def optimized(**arguments: Any) -> Training:
    return lambda: tiny(optimizer=keras.optimizers.Adam(0.01, **arguments))


def clipped_values() -> tuple[Any, dict[str, Any]]:
    optimizer = keras.optimizers.RMSprop(0.01, clipvalue=0.05)
    return tiny(optimizer=optimizer, jit_compile=True, steps_per_execution=2)


def half() -> tuple[Any, dict[str, Any]]:
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        averaging = keras.optimizers.SGD(0.01, use_ema=True, ema_overwrite_frequency=2)
        network, arguments = tiny(optimizer=averaging)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    assert hasattr(network.optimizer, "inner_optimizer")
    return network, arguments


def embedding() -> tuple[Any, dict[str, Any]]:
    layers = keras.layers
    network = keras.Sequential(
        [keras.Input((5,), dtype="int32"), layers.Embedding(9, 3), layers.LSTM(4), layers.Dense(1)]
    )
    network.compile(keras.optimizers.SGD(0.1, clipnorm=0.01), "mse")
    rows = np.random.default_rng(0).integers(0, 9, size=(70, 5))
    return network, {"x": rows, "y": rows.mean(axis=1), "shuffle": False}


MORE: dict[str, tuple[Training, tuple[str, ...]]] = {
    "accumulation, decay and clipping": (
        optimized(gradient_accumulation_steps=3, weight_decay=0.01, global_clipnorm=0.1),
        EVERYWHERE,
    ),
    "clipped values, jit, several steps at once": (clipped_values, ("jax", "tensorflow")),
    "half precision, average of weights": (half, EVERYWHERE),
    "embedding and recurrence": (embedding, EVERYWHERE),
}
# The data is not the monitor's affair: one kind that is read only once stands for the others.
CHOSEN = (
    "early stopping",
    "unbuilt, validation split",
    "generator that ends",
    "subclass with its own fit and train step",
)


def trained(training: Training, monitor: Callable[[], Any] | None) -> Any:
    keras.backend.clear_session()
    keras.utils.set_random_seed(3)
    if torch is not None:  # Keras seeds it on its own backend only, a DataLoader needs it on all
        torch.manual_seed(3)
    network, arguments = training()
    own = arguments.pop("callbacks", [])
    own = own if isinstance(own, list) else [own]
    ours = [] if monitor is None else [monitor()]
    history = network.fit(**arguments, callbacks=[*own, *ours], epochs=2, verbose=0)
    result = {
        "history": {k: v for k, v in history.history.items() if k not in KEYS},
        "weights": [np.array(w) for w in network.get_weights()],
        "optimizer": [keras.ops.convert_to_numpy(v) for v in network.optimizer.variables],
        "names": [v.path for v in network.variables],
        "next": drawn_next(),
    }
    return result, ours, network


@pytest.mark.filterwarnings("ignore:.*ran out of data")
@pytest.mark.parametrize("name", [*CHOSEN, *MORE])
def test_a_training_is_the_same_bit_for_bit(name: str, backend: str) -> None:
    training, backends = {**TRAININGS, **MORE}[name]
    if backend not in backends:
        pytest.skip(f"{name} does not exist on {backend}")
    alone, _, _ = trained(training, None)
    ours, (monitor,), network = trained(
        training, lambda: gradmend.GradientMonitor(update_freq=3, on_nonfinite="warn")
    )
    assert_same(ours, alone)
    assert nothing_left(network)
    assert monitor.run.samples
    assert not monitor.run.incidents
    assert all(sample.grad_norm > 0 for sample in monitor.run.samples if sample.updated)


def nothing_left(network: Any) -> bool:
    """Whether no object and no method of ours stands on the model or its optimizer."""
    objects = [value for value in vars(network).values() if "gradmend" in type(value).__module__]
    methods = [name for name in vars(network.optimizer) if "apply" in name]
    return not objects and not methods and METRICS not in vars(network)


def small(**compile_arguments: Any) -> Any:
    dense = keras.layers.Dense
    network = keras.Sequential([keras.Input((4,)), dense(3, "tanh"), dense(1)])
    compile_arguments.setdefault("optimizer", keras.optimizers.SGD(0.1))
    network.compile(loss="mse", **compile_arguments)
    return network


def rows(count: int = 40) -> tuple[Any, Any]:
    x, y = data(count)
    return x, y.astype("float32")[:, None]


def test_several_fits_and_checkpoints(tmp_path: Path) -> None:
    x, y = rows()
    network, plain = small(), small()
    plain.set_weights(network.get_weights())
    for number in range(2):
        callbacks = [
            keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras"),
            keras.callbacks.BackupAndRestore(tmp_path / f"backup{number}"),
        ]
        monitor = gradmend.GradientMonitor()
        network.fit(x, y, epochs=2, shuffle=False, callbacks=[monitor, *callbacks], verbose=0)
        plain.fit(x, y, epochs=2, shuffle=False, verbose=0)
    for one, other in zip(network.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    loaded = keras.models.load_model(tmp_path / "2.keras")
    np.testing.assert_array_equal(loaded.get_weights()[0], network.get_weights()[0])
    assert len(loaded.optimizer.variables) == len(plain.optimizer.variables)
    assert nothing_left(network)


def test_norms_are_those_of_a_step_taken_by_hand() -> None:
    # Central differences in float64 of the loss, written in NumPy: no autograd involved.
    x, y = rows(8)
    network = small(optimizer=keras.optimizers.SGD(0.5, clipnorm=0.2))
    before = [w.astype("float64") for w in network.get_weights()]
    monitor = gradmend.GradientMonitor()
    network.fit(x, y, batch_size=8, verbose=0, callbacks=[monitor])
    after = network.get_weights()

    def loss(weights: list[Any]) -> float:
        w1, b1, w2, b2 = weights
        return float(np.mean((np.tanh(x @ w1 + b1) @ w2 + b2 - y) ** 2))

    gradients = [differences(loss, before, i) for i in range(4)]
    (sample,) = monitor.run.samples
    for weight, gradient, old, new in zip(sample.weights, gradients, before, after, strict=True):
        assert weight.gradient_norm == pytest.approx(np.linalg.norm(gradient), rel=1e-4)
        assert weight.gradient_largest == pytest.approx(np.abs(gradient).max(), rel=1e-4)
        assert weight.weight_norm == pytest.approx(np.linalg.norm(new), rel=1e-5)
        assert weight.update_norm == pytest.approx(np.linalg.norm(new - old), rel=1e-4)
        assert weight.gradient_nonfinite == 0
    norms = [float(np.linalg.norm(gradient)) for gradient in gradients]
    assert sample.grad_norm == pytest.approx(math.hypot(*norms), rel=1e-4)
    assert sample.clipped_share == sum(norm > 0.2 for norm in norms) / 4


def differences(loss: Callable[[list[Any]], float], weights: list[Any], index: int) -> Any:
    found = np.zeros_like(weights[index])
    for place in np.ndindex(found.shape):
        ends = []
        for step in (1e-5, -1e-5):
            moved = [w.copy() for w in weights]
            moved[index][place] += step
            ends.append(loss(moved))
        found[place] = (ends[0] - ends[1]) / 2e-5
    return found


def test_accumulated_gradients_are_those_of_the_whole() -> None:
    x, y = rows(12)
    whole = small()
    parts = small(optimizer=keras.optimizers.SGD(0.1, gradient_accumulation_steps=3))
    parts.set_weights(whole.get_weights())
    monitors = [gradmend.GradientMonitor(update_freq="batch") for _ in range(2)]
    whole.fit(x, y, batch_size=12, verbose=0, callbacks=monitors[:1])
    parts.fit(x, y, batch_size=4, shuffle=False, verbose=0, callbacks=monitors[1:])
    (expected,) = monitors[0].run.samples
    samples = monitors[1].run.samples
    assert [sample.updated for sample in samples] == [False, False, True]
    assert samples[2].grad_norm == pytest.approx(expected.grad_norm, rel=1e-4)
    assert samples[2].update_ratio == pytest.approx(expected.update_ratio, rel=1e-4)


class Breaking(keras.callbacks.Callback):
    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch == 1:
            raise self.error


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt()])
def test_everything_is_taken_off_when_the_training_raises(error: BaseException) -> None:
    network = small()
    x, y = rows()
    monitor = gradmend.GradientMonitor()
    with pytest.raises(type(error)):
        network.fit(x, y, batch_size=10, callbacks=[Breaking(error), monitor], verbose=0)
    assert nothing_left(network)
    network.fit(x, y, batch_size=10, verbose=0)


def test_it_leaves_when_another_fit_calls() -> None:
    def broken() -> Any:
        yield rows(4)
        raise ValueError("no more data")

    network = small()
    with pytest.raises(ValueError, match="no more data") as raised:
        network.fit(broken(), steps_per_epoch=2, callbacks=[gradmend.GradientMonitor()], verbose=0)
    network.fit(*rows(), verbose=0)
    assert raised.value.__traceback__ is not None  # it keeps the frames of the first fit alive
    assert nothing_left(network)


def test_the_logs_serve_other_callbacks() -> None:
    network = small(optimizer=keras.optimizers.SGD(0.1, global_clipnorm=1e-3))
    x, y = rows()
    seen: list[Any] = []
    spy = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs))
    stop = keras.callbacks.EarlyStopping("grad_norm", mode="max", min_delta=1e9, patience=1)
    monitor = gradmend.GradientMonitor()
    history = network.fit(
        x, y, validation_data=(x, y), epochs=5, callbacks=[spy, stop, monitor], verbose=0
    ).history
    assert set(history) == {"loss", "val_loss", *KEYS}
    assert len(history["loss"]) == 2
    assert history["clipped_share"] == [1.0, 1.0]
    assert seen[0]["grad_norm"] == monitor.run.samples[0].grad_norm
    for epoch, norm in enumerate(history["grad_norm"]):
        norms = [sample.grad_norm for sample in monitor.run.samples if sample.epoch == epoch]
        assert norm == pytest.approx(np.median(norms))


def test_nothing_captured_is_said_aloud() -> None:
    class ByHand(keras.Model):
        def train_step(self, *arguments: Any) -> Any:
            return ({"loss": 1.0}, arguments[0]) if len(arguments) == 2 else {"loss": 1.0}

    inputs = keras.Input((4,))
    network = ByHand(inputs, keras.layers.Dense(1)(inputs))
    network.compile("sgd", "mse")
    x, y = rows()
    monitor = gradmend.GradientMonitor()
    with pytest.warns(UserWarning, match="nothing was captured"):
        network.fit(x, y, callbacks=[monitor], verbose=0)
    assert [incident.kind for incident in monitor.run.incidents] == ["note"]


@pytest.mark.parametrize(
    "arguments",
    [{"update_freq": 0}, {"update_freq": "often"}, {"on_nonfinite": "pray"}, {"probe": 3}],
)
def test_wrong_arguments_are_refused_at_once(arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="Expected: "):
        gradmend.GradientMonitor(**arguments)
