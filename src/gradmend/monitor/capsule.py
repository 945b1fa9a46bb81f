"""A capsule: the batch of a bad step and the weights before it, in one `.npz` file without pickle.

`gradmend replay` runs it again. Arrays are named `weights/PATH`, `x/N`, `y/N` and
`sample_weight/N` (the leaves of each structure, in Keras' order); `capsule.json` says
how they fit together.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from gradmend.errors import FileError, teach
from gradmend.monitor.batch import without_optionals

FORMAT = "gradmend.capsule/1"
PARTS = ("x", "y", "sample_weight")


def write_capsule(
    file: Path, *, batch: Any, weights: Mapping[str, NDArray[Any]], about: Mapping[str, Any]
) -> None:
    """Write a capsule.

    Args:
        file: where to; replaced when it exists.
        batch: what Keras handed to `train_step`.
        weights: path and value of every variable of the model.
        about: facts that JSON can hold: step, seeds, versions.
    """
    arrays: dict[str, NDArray[Any]] = {f"weights/{path}": w for path, w in weights.items()}
    forms: dict[str, Any] = {}
    parts = keras.utils.unpack_x_y_sample_weight(without_optionals(batch))
    for name, part in zip(PARTS, parts, strict=True):
        leaves = [leaf for leaf in keras.tree.flatten(part) if leaf is not None]
        forms[name] = _form(part, iter(range(len(leaves))))
        arrays |= {f"{name}/{i}": _array(leaf) for i, leaf in enumerate(leaves)}
    with file.open("wb") as target:
        np.savez(target, allow_pickle=False, **arrays)
    text = json.dumps({"format": FORMAT, "forms": forms, **about}, indent=1)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("capsule.json", text)


class Capsule:
    """A capsule that was read: `x`, `y`, `sample_weight`, `weights` by path, `about`."""

    def __init__(self, file: str | Path) -> None:
        """Read a capsule.

        Raises:
            FileError: there is no such file, or it is no capsule.
        """
        self.file = Path(file)
        if not self.file.is_file():
            raise FileError(_missing(self.file))
        try:
            with zipfile.ZipFile(self.file) as archive:
                self.about: dict[str, Any] = json.loads(archive.read("capsule.json"))
            if self.about["format"] != FORMAT:
                raise ValueError(self.about["format"])
            with np.load(self.file, allow_pickle=False) as arrays:
                names = [name for name in arrays.files if name != "capsule.json"]
                found = {name: arrays[name] for name in names}
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise FileError(_not_one(self.file, error)) from error
        forms = self.about["forms"]
        self.x, self.y, self.sample_weight = (_whole(forms[p], p, found) for p in PARTS)
        self.weights = {
            name.removeprefix("weights/"): value
            for name, value in found.items()
            if name.startswith("weights/")
        }


def _form(part: Any, numbers: Any) -> Any:
    """Return a structure with the number of a leaf in the place of each leaf."""
    if part is None:
        return None
    if isinstance(part, dict):
        return {"dict": {key: _form(part[key], numbers) for key in sorted(part)}}
    if isinstance(part, list | tuple):
        kind = "list" if isinstance(part, list) else "tuple"
        return {kind: [_form(item, numbers) for item in part]}
    return next(numbers)


def _whole(form: Any, name: str, arrays: Mapping[str, Any]) -> Any:
    if form is None or isinstance(form, int):
        return None if form is None else arrays[f"{name}/{form}"]
    ((kind, inner),) = form.items()
    if kind == "dict":
        return {key: _whole(item, name, arrays) for key, item in inner.items()}
    items = [_whole(item, name, arrays) for item in inner]
    return items if kind == "list" else tuple(items)


def _array(leaf: Any) -> NDArray[Any]:
    if keras.ops.is_tensor(leaf) and "bfloat16" in str(leaf.dtype):
        leaf = keras.ops.cast(leaf, "float32")
    return np.asarray(keras.ops.convert_to_numpy(leaf) if keras.ops.is_tensor(leaf) else leaf)


def _missing(file: Path) -> str:
    return teach(
        f"there is no capsule {str(file)!r}.",
        expected="the .npz file that GradientMonitor named when a step went wrong",
        received="nothing of that name",
        means="a typing error, or the file lies in the log_dir of the training.",
        attempt="ls RUNS/nonfinite-*.npz",
    )


def _not_one(file: Path, error: Exception) -> str:
    return teach(
        f"{str(file)!r} is not a capsule of gradmend.",
        expected="the .npz file that GradientMonitor wrote when a step went wrong",
        received=f"{type(error).__name__}: {error}",
        means="another file was given, or it was cut short when the disk was full.",
        attempt="gradmend replay nonfinite-step-K.npz MODEL.keras",
    )
