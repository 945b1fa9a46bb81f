"""A model that was saved under PyTorch is loaded, with its optimizer, on the other backends."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import gradmend
from gradmend.cli._foreign_optimizer import made_native
from gradmend.cli._model_file import load_model
from gradmend.errors import FileError, ModelError
from gradmend.measure.readiness import is_foreign
from tests.installed import torch

THEIRS = "keras.src.backend.torch.optimizers.torch_adam"
X, Y = np.ones((8, 4), "float32"), np.ones((8, 1), "float32")
elsewhere = pytest.mark.skipif(
    torch is None or keras.backend.backend() == "torch", reason="needs PyTorch beside the backend"
)


def saved(folder: Path, module: str = THEIRS) -> tuple[Path, Any]:
    """Save a trained model; return the file as PyTorch would have written it, and the model."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.25, global_clipnorm=2.0), "mse")
    model.fit(X, Y, verbose=0)
    model.save(folder / "here.keras")
    path = folder / "model.keras"
    with zipfile.ZipFile(folder / "here.keras") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                own = THEIRS if keras.backend.backend() == "torch" else "keras.optimizers"
                assert f'"{own}"'.encode() in data
                data = data.replace(f'"{own}"'.encode(), f'"{module}"'.encode())
            new.writestr(name, data)
    return path, model


@elsewhere
def test_the_optimizer_becomes_one_of_this_backend(tmp_path: Path) -> None:
    path, model = saved(tmp_path)
    assert is_foreign(keras.saving.load_model(path).optimizer)
    loaded = load_model(path)
    assert type(loaded.optimizer) is type(model.optimizer)
    assert loaded.optimizer.get_config() == model.optimizer.get_config()
    for ours, theirs in zip(loaded.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (ours, theirs)))
    assert not is_foreign(loaded.optimizer)
    loaded.fit(X, Y, verbose=0)


@elsewhere
def test_a_loss_scale_stays_around_it(tmp_path: Path) -> None:
    model = keras.saving.load_model(saved(tmp_path)[0])
    scaled = keras.optimizers.LossScaleOptimizer(model.optimizer, initial_scale=8.0)
    model.optimizer = scaled
    made_native(model)
    assert model.optimizer.initial_scale == 8.0
    assert not is_foreign(model.optimizer)
    model.fit(X, Y, verbose=0)


@elsewhere
def test_a_check_of_such_a_model_says_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is Keras' Adam for torch, and cannot step here") as error:
        gradmend.check(keras.saving.load_model(saved(tmp_path)[0]), X, Y)
    assert "keras.optimizers.Adam.from_config" in str(error.value)


def test_a_backend_that_is_not_installed_is_named(tmp_path: Path) -> None:
    path, _ = saved(tmp_path, "keras.src.backend.absent.optimizers.absent_adam")
    with pytest.raises(FileError, match="was saved under absent, and its optimizer cannot be"):
        load_model(path)


def test_an_own_optimizer_is_left_alone(tmp_path: Path) -> None:
    _, model = saved(tmp_path)
    optimizer = model.optimizer
    made_native(model)
    assert model.optimizer is optimizer
