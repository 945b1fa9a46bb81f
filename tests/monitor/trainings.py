"""Small trainings of every kind, each a function that returns a model and its fit arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

Training = Callable[[], tuple[Any, dict[str, Any]]]
EVERYWHERE = ("jax", "tensorflow", "torch")


def data(rows: int = 70) -> tuple[Any, Any]:
    generator = np.random.default_rng(5)
    x = generator.normal(size=(rows, 4)).astype("float32")
    return x, (x.sum(axis=1) > 0).astype("int32")


def model(*, built: bool = True, **compile_arguments: Any) -> Any:
    layers = [
        keras.layers.Dense(8, activation="relu"),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(2, activation="softmax"),
    ]
    network = keras.Sequential([keras.Input((4,)), *layers] if built else layers)
    compile_arguments.setdefault("optimizer", keras.optimizers.Adam(0.01))
    network.compile(
        loss="sparse_categorical_crossentropy", metrics=["accuracy"], **compile_arguments
    )
    return network


def with_arrays(**arguments: Any) -> Training:
    def training() -> tuple[Any, dict[str, Any]]:
        x, y = data()
        return model(), {"x": x, "y": y, **arguments}

    return training


def compiled(**compile_arguments: Any) -> Training:
    def training() -> tuple[Any, dict[str, Any]]:
        x, y = data()
        return model(**compile_arguments), {"x": x, "y": y}

    return training


def unbuilt() -> tuple[Any, dict[str, Any]]:
    x, y = data()
    return model(built=False), {"x": x, "y": y, "validation_split": 0.3}


def subclassed() -> tuple[Any, dict[str, Any]]:
    class Block(keras.layers.Layer):
        def build(self, shape: Any) -> None:
            self.inner = keras.layers.Dense(6, activation="tanh")
            self.inner.build(shape)

        def call(self, x: Any) -> Any:
            return self.inner(x)

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.block, self.drop = Block(), keras.layers.Dropout(0.2)
            self.head = keras.layers.Dense(2, activation="softmax")

        def call(self, x: Any, training: bool = False) -> Any:
            return self.head(self.drop(self.block(x), training=training))

        def fit(self, *args: Any, **kwargs: Any) -> Any:
            return super().fit(*args, **kwargs)

        def train_step(self, *arguments: Any) -> Any:
            return super().train_step(*arguments)

    network = Net()
    network.compile("sgd", "sparse_categorical_crossentropy")
    x, y = data()
    return network, {"x": x, "y": y}


def dictionaries() -> tuple[Any, dict[str, Any]]:
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    hidden = keras.layers.concatenate([left, right])
    one = keras.layers.Dense(2, activation="softmax", name="one")(hidden)
    two = keras.layers.Dense(1, name="two")(hidden)
    network = keras.Model({"left": left, "right": right}, {"one": one, "two": two})
    network.compile("adam", {"one": "sparse_categorical_crossentropy", "two": "mse"})
    x, y = data()
    return network, {
        "x": {"left": x, "right": x[::-1].copy()},
        "y": {"one": y, "two": y.astype("float32")[:, None]},
    }


def generator() -> tuple[Any, dict[str, Any]]:
    x, y = data()

    def batches() -> Any:
        place = 0
        while True:
            rows = np.arange(place, place + 9) % len(x)
            place += 9
            yield x[rows], y[rows]

    return model(), {"x": batches(), "steps_per_epoch": 5}


def ending_generator() -> tuple[Any, dict[str, Any]]:
    x, y = data()
    return model(), {"x": ((x[i : i + 7], y[i : i + 7]) for i in range(0, 70, 7))}


def py_dataset() -> tuple[Any, dict[str, Any]]:
    class Rows(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 6

        def __getitem__(self, index: int) -> Any:
            x, y = data()
            return x[index * 10 : index * 10 + 10], y[index * 10 : index * 10 + 10]

    return model(), {"x": Rows(), "class_weight": {0: 1.0, 1: 3.0}}


def tf_data(**compile_arguments: Any) -> Training:
    def training() -> tuple[Any, dict[str, Any]]:
        tf = pytest.importorskip("tensorflow")

        x, y = data()
        dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(70).batch(8).prefetch(1)
        return model(**compile_arguments), {"x": dataset}

    return training


def loader() -> tuple[Any, dict[str, Any]]:
    torch = pytest.importorskip("torch")

    x, y = data()
    rows = torch.utils.data.TensorDataset(torch.tensor(x), torch.tensor(y))
    return model(), {"x": torch.utils.data.DataLoader(rows, batch_size=8, shuffle=True)}


class Halting(keras.callbacks.Callback):
    """Ends the second epoch after its third batch.

    Three batches are an epoch here: on JAX Keras cannot fit a second time what ended within one.
    """

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.epoch == 1 and batch == 2:
            self.model.stop_training = True


def stopping_early() -> tuple[Any, dict[str, Any]]:
    stop = keras.callbacks.EarlyStopping("loss", patience=0, restore_best_weights=True)
    x, y = data()
    arguments = {"x": x, "y": y, "validation_data": (x, y), "callbacks": [stop]}
    return model(optimizer=keras.optimizers.SGD(2.0)), arguments


# Several settings share a training where a step or a fit treats each of them by itself.
TRAININGS: dict[str, tuple[Training, tuple[str, ...]]] = {
    "arrays": (with_arrays(), EVERYWHERE),
    "sample weight, callback in a list": (
        with_arrays(sample_weight=np.linspace(0.1, 2.0, 70), callbacks=[Halting()]),
        EVERYWHERE,
    ),
    "in order, class weight, callback alone": (
        with_arrays(
            shuffle=False, batch_size=30, class_weight={0: 1.0, 1: 4.0}, callbacks=Halting()
        ),
        EVERYWHERE,
    ),
    "early stopping": (stopping_early, EVERYWHERE),
    "unbuilt, validation split": (unbuilt, EVERYWHERE),
    "subclass with its own fit and train step": (subclassed, EVERYWHERE),
    "dictionaries": (dictionaries, EVERYWHERE),
    "generator": (generator, EVERYWHERE),
    "generator that ends": (ending_generator, EVERYWHERE),
    "PyDataset with class weight": (py_dataset, EVERYWHERE),
    "tf.data, jit off": (tf_data(jit_compile=False), EVERYWHERE),
    "tf.data, several steps at once": (tf_data(steps_per_execution=4), ("jax", "tensorflow")),
    "torch DataLoader": (loader, EVERYWHERE),
    "jit on, several steps at once": (
        compiled(jit_compile=True, steps_per_execution=2),
        ("jax", "tensorflow"),
    ),
    "eager": (compiled(run_eagerly=True), EVERYWHERE),
}
