"""Load a saved model in Keras' safe mode; every refusal says how to go on.

Backend and Keras are imported in here only, after the backend was chosen.
"""

from __future__ import annotations

import inspect
import re
import sys
import zipfile
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from gradmend.errors import FileError, teach

HDF5 = b"\x89HDF\r\n\x1a\n"
UNKNOWN_OBJECT = re.compile(r"(Could not locate|Unknown) \w+:? '[^']*'")

OTHER_BACKEND = re.compile(r"keras\.src\.backend\.(\w+)\.optimizers[\w.]*")


def load_model(path: Path, *, custom_objects: Sequence[Path] = (), trust: bool = False) -> Any:
    """Return the Keras model in the file.

    Args:
        path: A ".keras" archive, or an ".h5" file of a whole model.
        custom_objects: Python files whose classes and functions the model needs;
            they are run.
        trust: Leave the safe mode: the file may then run code of its own.

    Raises:
        FileError: the file is missing, is no model, holds code, or needs custom
            objects that were not given.
    """
    kind = _kind(path)
    objects = {name: thing for file in custom_objects for name, thing in _defined(file).items()}
    import keras

    if kind == "h5" and not trust and b'"Lambda"' in _h5_config(path):
        raise _holds_code(path)  # not every Keras looks for code in this old format
    from gradmend.cli._foreign_optimizer import made_native

    try:
        model = keras.saving.load_model(path, custom_objects=objects, safe_mode=not trust)
        made_native(model)
    except Exception as error:
        raise _explained(path, error, trusted=trust) from error
    return model


def _kind(path: Path) -> str:
    if not path.exists():
        raise _not_a_model(path, "no such file", "the path has a typing error.")
    if path.is_dir():
        raise _not_a_model(path, "a folder", "it is a SavedModel, which Keras 3 does not load.")
    with path.open("rb") as file:
        start = file.read(len(HDF5))
    if start == HDF5:
        return _named(path, "h5", (".h5", ".hdf5"))
    if zipfile.is_zipfile(path) and "config.json" in zipfile.ZipFile(path).namelist():
        return _named(path, "keras", (".keras",))
    raise _not_a_model(
        path,
        f"a file that begins with {start!r}" if start else "an empty file",
        "it is another kind of file, or was not copied whole.",
    )


def _named(path: Path, kind: str, suffixes: tuple[str, ...]) -> str:
    if path.suffix not in suffixes:
        raise FileError(
            teach(
                f"{str(path)!r} holds a model, but under a wrong suffix.",
                expected=f"a name that ends in {' or '.join(suffixes)}",
                received=f"the suffix {path.suffix!r}",
                means="the file was renamed; Keras tells formats apart by the suffix.",
                attempt=f"mv {path} {path.with_suffix(suffixes[0])}",
            )
        )
    return kind


def _h5_config(path: Path) -> bytes:
    import h5py

    with h5py.File(path, "r") as file:
        config = file.attrs.get("model_config", b"")
    if not config:
        raise _not_a_model(path, "an HDF5 file without a model", "it holds the weights only.")
    return config if isinstance(config, bytes) else str(config).encode()


def _defined(file: Path) -> dict[str, Any]:
    """Run a Python file; return the classes and functions that it defines."""
    module = _run(file)
    return {
        name: thing
        for name, thing in vars(module).items()
        if (inspect.isclass(thing) or inspect.isfunction(thing))
        and thing.__module__ == module.__name__
    }


def _run(file: Path) -> ModuleType:
    spec = spec_from_file_location(file.stem, file) if file.suffix == ".py" else None
    try:
        if spec is None or spec.loader is None:
            raise ImportError(f"{file} is not a Python file")
        module = module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    except Exception as error:  # any error of the user's file is told, not raised through
        raise FileError(
            teach(
                f"the file of custom objects {str(file)!r} could not be run.",
                expected="a Python file that defines or registers what the model needs",
                received=f"{type(error).__name__}: {error}",
                means="the path has a typing error, or the file cannot be imported by itself.",
                attempt=f"python {file}",
            )
        ) from error
    return module


def _explained(path: Path, error: Exception, *, trusted: bool) -> FileError:
    text = str(error)
    if not trusted and ("safe_mode" in text or "unsafe" in text.lower()):
        return _holds_code(path)
    missing = UNKNOWN_OBJECT.search(text)
    if missing:
        return _needs_objects(path, missing[0])
    elsewhere = OTHER_BACKEND.search(text)
    if elsewhere:
        return _saved_elsewhere(path, elsewhere[0], elsewhere[1])
    received = f"{type(error).__name__}: {next(iter(text.strip().splitlines()), '')}"
    if path.suffix == ".keras":
        means = "it was written by another version of Keras, or was not copied whole."
    else:
        means = "Keras cannot read back every loss or metric (such as 'mse') of the old .h5 format."
    return _not_a_model(path, received, means)


def _holds_code(path: Path) -> FileError:
    return FileError(
        teach(
            f"{str(path)!r} holds Python code, and was not loaded.",
            expected="a model that Keras loads in its safe mode",
            received="a Lambda layer (or another object stored as code)",
            means="loading would run code from the file; from a stranger's file that is a risk.",
            attempt="--trust-model, if you know who made the file; or use a layer class "
            "instead of Lambda.",
        )
    )


def _needs_objects(path: Path, text: str) -> FileError:
    return FileError(
        teach(
            f"{str(path)!r} needs custom objects, and was not loaded.",
            expected="layers, losses and functions that Keras knows",
            received=text,
            means="the model uses classes or functions that were defined beside it.",
            attempt="--custom-objects FILE.py, the file that defines them (this runs the file).",
        )
    )


def _saved_elsewhere(path: Path, received: str, backend: str) -> FileError:
    return FileError(
        teach(
            f"{str(path)!r} was saved under {backend}, and its optimizer cannot be loaded here.",
            expected="an optimizer of Keras itself",
            received=received,
            means=f"Keras writes a class of its {backend} backend into the file, which needs "
            f"{backend} to be installed.",
            attempt=f"pip install {backend}; KERAS_BACKEND={backend} gradmend check ...",
        )
    )


def _not_a_model(path: Path, received: str, means: str) -> FileError:
    return FileError(
        teach(
            f"{str(path)!r} is not a saved Keras model.",
            expected='a file written with model.save("model.keras")',
            received=received,
            means=means,
            attempt='model.save("model.keras") in the program that trains it.',
        )
    )
