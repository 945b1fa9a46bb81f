"""`gradmend replay`: a training that broke, run again from its capsule."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from click.testing import CliRunner

import gradmend
from gradmend.cli import main


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    keras.utils.set_random_seed(0)
    folder = tmp_path_factory.mktemp("runs")
    inner = keras.layers.Dense(3, "relu", kernel_initializer="ones", name="inner")
    root = keras.layers.Rescaling(1e38, name="root")
    network = keras.Sequential([keras.Input((2,)), inner, root, keras.layers.Dense(1)], name="net")
    network.compile("sgd", "mse")
    x = np.ones((16, 2), "float32")
    x[:8] *= 1e-38
    x[8:] *= 10.0
    monitor = gradmend.GradientMonitor(folder)
    network.fit(0.0 * x, x[:, 0], batch_size=8, verbose=0)
    network.fit(x, x[:, 0], batch_size=8, shuffle=False, callbacks=[monitor], verbose=0)
    model = folder / "net.keras"
    network.save(model)
    (capsule,) = folder.glob("*.npz")
    return capsule, model


def test_it_names_the_first_layer(broken: tuple[Path, Path]) -> None:
    result = CliRunner().invoke(main, ["replay", *map(str, broken)])
    assert result.exit_code == 0, result.output
    assert "non-finite" in result.output
    assert "'root'" in result.output
    assert "Largest magnitudes on the way" in result.output


def test_another_model_is_refused(broken: tuple[Path, Path], tmp_path: Path) -> None:
    other = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    other.compile("sgd", "mse")
    other.save(tmp_path / "other.keras")
    result = CliRunner().invoke(main, ["replay", str(broken[0]), str(tmp_path / "other.keras")])
    assert result.exit_code == 2
    assert "is not the model of this capsule" in result.output


def test_what_is_no_capsule_is_refused(broken: tuple[Path, Path], tmp_path: Path) -> None:
    file = tmp_path / "data.npz"
    np.savez(file, x=np.ones(3))
    for wrong in (file, tmp_path / "absent.npz"):
        result = CliRunner().invoke(main, ["replay", str(wrong), str(broken[1])])
        assert result.exit_code == 2
        assert "capsule" in result.output
