"""A model file that computes what the model computes, or none.

A model of a class of its own is made by that class when it is loaded. What was exchanged in its
layers after they were made, such as an activation, is in no file.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras

from gradmend.errors import ModelError, teach
from gradmend.records import Change
from gradmend.treatments.surgery.copying import flat, own_objects
from gradmend.trials.likeness import alike, outputs, steady

NAMED = 4  # layers in a message
# Settings that count when the loaded model is used, or trained further.
COUNTING = ("activation", "recurrent_activation", "units", "rate")
PENALTIES = "_regularizer"


def save_model(model: keras.Model, path: Path, x: Any, changes: Sequence[Change] = ()) -> Path:
    """Write a `.keras` file, load it again, and keep it only if it computes the same.

    Args:
        model: The model to save.
        path: The file; one that is there is replaced only by one that is right.
        x: Inputs of few rows to compare by; None compares nothing.
        changes: What was changed in the model, for the lines to write.

    Raises:
        ModelError: the file would hold another model; it names the layers.

    Warns:
        UserWarning: the file computes the same, but lost penalties of the training.
    """
    draft = path.with_name(f".{path.stem}.{os.getpid()}.keras")
    try:
        _written(model, draft)
        if x is not None:
            _compared(model, _loaded(model, draft), x, path, changes)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def _written(model: keras.Model, draft: Path) -> None:
    try:
        model.save(draft)
    except OSError:
        raise
    except Exception as error:  # a user's own class may raise anything
        raise ModelError(_not_saved("cannot be saved", model, error)) from error


def _loaded(model: keras.Model, draft: Path) -> keras.Model:
    try:
        with keras.saving.custom_object_scope(own_objects(model)):
            # What it holds is of this process: nothing unknown is run.
            return keras.saving.load_model(draft, compile=False, safe_mode=False)
    except Exception as error:  # a user's own class may raise anything
        raise ModelError(_not_saved("cannot be loaded once it is saved", model, error)) from error


def _compared(
    model: keras.Model, loaded: keras.Model, x: Any, path: Path, changes: Sequence[Change]
) -> None:
    if not alike(outputs(loaded, x), outputs(model, x)) and steady(model, x):
        lost = list(_lost(model, loaded, COUNTING))
        raise ModelError(_computes_else(model, lost, changes))
    lost = list(_lost(model, loaded, (PENALTIES,)))
    if lost:
        warnings.warn(_penalties_lost(model, lost, path), stacklevel=4)


def _lost(
    model: keras.Model, loaded: keras.Model, settings: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    """Each layer that is made otherwise when loaded: its name, the setting, and what it was."""
    for ours, theirs in zip(flat(model), flat(loaded), strict=False):
        mine, its = _config(ours), _config(theirs)
        for key, value in mine.items():
            if key.endswith(settings) and value != its.get(key):
                yield ours.name, key, _short(value)


def _config(layer: Any) -> dict[str, Any]:
    try:
        return dict(layer.get_config())
    except Exception:  # noqa: BLE001 - a layer of the user's that cannot say what it is
        return {}


def _short(value: Any) -> str:
    """A setting as it is written in Keras: "relu", L2(l2=0.01)."""
    if isinstance(value, dict) and "class_name" in value:
        inside = ", ".join(f"{k}={v!r}" for k, v in (value.get("config") or {}).items())
        return f"{value['class_name']}({inside})"
    return repr(value)


def _told(lost: Sequence[tuple[str, str, str]]) -> str:
    named = [f"{name}: {key}={value}" for name, key, value in lost[:NAMED]]
    more = len(lost) - NAMED
    return "; ".join(named) + (f"; and {more} more" if more > 0 else "")


def _computes_else(
    model: keras.Model, lost: Sequence[tuple[str, str, str]], changes: Sequence[Change]
) -> str:
    kind = type(model).__name__
    lines = [line for change in changes for line in change.after] or [_told(lost) or "the change"]
    return teach(
        f"a .keras file of '{model.name}' would not hold what was mended, so none is written.",
        expected="a file that computes the same when it is loaded",
        received=f"other outputs; not kept were {_told(lost) or 'settings inside its layers'}",
        means=f"loading runs {kind}.__init__, which makes the layers as they were before.",
        attempt=f"write into {kind}: {'; '.join(lines)}; "
        f'then mending.model.save_weights("mended.weights.h5"), and '
        f"load_weights into a new {kind}().",
    )


def _penalties_lost(model: keras.Model, lost: Sequence[tuple[str, str, str]], path: Path) -> str:
    kind = type(model).__name__
    return (
        f"{path.name} predicts as the model does, but {kind}.__init__ makes it without "
        f"{_told(lost)}. Write that into {kind} before it is trained further."
    )


def _not_saved(what: str, model: keras.Model, error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return teach(
        f"the model '{model.name}' {what}{': ' + lines[0][:200] if lines else '.'}",
        expected="a model that Keras can write to a .keras file and make again from it",
        received=f"{type(model).__name__}, with which it cannot",
        means="a class of its own without get_config(), or with layers made outside __init__.",
        attempt='mending.model.save_weights("mended.weights.h5") keeps the weights; write '
        "get_config() as in the Keras guide on serialization.",
    )
