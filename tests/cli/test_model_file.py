"""Models load in safe mode only; every refusal says how to go on."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import keras
import pytest

from gradmend.cli._model_file import load_model
from gradmend.errors import FileError

CUSTOM = """
import keras
class Twice(keras.layers.Layer):
    def call(self, x):
        return 2.0 * x
"""


def saved(folder: Path, *layers: Any, name: str = "model.keras") -> Path:
    model = keras.Sequential([keras.Input((3,)), *layers, keras.layers.Dense(1)])
    model.compile("sgd", keras.losses.MeanSquaredError())
    path = folder / name
    model.save(path)
    return path


def refused(path: Path, **more: Any) -> str:
    with pytest.raises(FileError) as caught:
        load_model(path, **more)
    text = str(caught.value)
    assert all(word in text for word in ("Expected:", "Received:", "usually means:", "Try:"))
    return text


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
@pytest.mark.filterwarnings("ignore")
def test_a_model_is_loaded_compiled(tmp_path: Path, name: str) -> None:
    model = load_model(saved(tmp_path, name=name))
    assert model.compiled
    assert model.loss.name == "mean_squared_error"


@pytest.mark.filterwarnings("ignore")
def test_compile_settings_that_the_old_format_loses(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.save(tmp_path / "model.h5")
    text = refused(tmp_path / "model.h5")
    assert "of the old .h5 format" in text
    assert 'model.save("model.keras")' in text


def test_missing_file(tmp_path: Path) -> None:
    text = refused(tmp_path / "none.keras")
    assert "is not a saved Keras model" in text
    assert "Received: no such file" in text


def test_a_folder(tmp_path: Path) -> None:
    assert "SavedModel" in refused(tmp_path)


@pytest.mark.parametrize("content", [b"", b"import keras\n", b"PK\x03\x04 broken"])
def test_another_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(content)
    assert 'model.save("model.keras")' in refused(path)


def test_another_archive(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no model")
    assert "is not a saved Keras model" in refused(path)


def test_a_broken_configuration(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
    assert "is not a saved Keras model" in refused(path)


def test_a_wrong_suffix(tmp_path: Path) -> None:
    path = saved(tmp_path).rename(tmp_path / "model.zip")
    text = refused(path)
    assert "under a wrong suffix" in text
    assert f"mv {path} {path.with_suffix('.keras')}" in text


def test_weights_only(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    path = tmp_path / "model.weights.h5"
    model.save_weights(path)
    assert "it holds the weights only" in refused(path)


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
@pytest.mark.filterwarnings("ignore")
def test_code_in_the_file_is_refused_and_can_be_trusted(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path, keras.layers.Lambda(lambda x: x * 2.0, output_shape=(3,)), name=name)
    text = refused(path)
    assert "holds Python code, and was not loaded" in text
    assert "--trust-model" in text
    assert load_model(path, trust=True).count_params() == 4


def test_custom_objects_are_asked_for_and_taken(tmp_path: Path) -> None:
    names: dict[str, Any] = {"__name__": "elsewhere"}
    exec(CUSTOM, names)  # noqa: S102 - stands in for a module that is not there when loading
    path = saved(tmp_path, names["Twice"]())
    text = refused(path)
    assert "needs custom objects, and was not loaded" in text
    assert "Twice" in text
    assert "--custom-objects FILE.py" in text
    file = tmp_path / "layers_of_mine.py"
    file.write_text(CUSTOM)
    assert type(load_model(path, custom_objects=[file]).layers[0]).__name__ == "Twice"


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.py", "1 / 0", "ZeroDivisionError"),
        ("a.txt", "x = 1", "not a Python file"),
        ("none.py", None, "FileNotFoundError"),
    ],
)
def test_a_file_of_custom_objects_that_fails(
    tmp_path: Path, name: str, content: str | None, word: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content)
    text = refused(saved(tmp_path), custom_objects=[file])
    assert "could not be run" in text
    assert word in text
