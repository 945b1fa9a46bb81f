"""Read the arrays of an .npz file; pickled objects are never loaded."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradmend.errors import DataError, FileError, teach


class Arrays(NamedTuple):
    """What `check` takes; `x`, `y` are an array, or a list for several in- or outputs."""

    x: Any
    y: Any
    sample_weight: Any


def load_arrays(path: Path) -> Arrays:
    """Return the arrays `x`, `y` and `sample_weight` of the file; the last two may be None.

    A model with several inputs takes `x_0`, `x_1`, ...; likewise several outputs `y_0`, ...

    Raises:
        FileError: the file is missing, no .npz archive, or holds pickled objects.
        DataError: there is no `x`, or the arrays do not have equally many rows.
    """
    arrays = _read(path)
    x, y = _one_or_more(arrays, "x"), _one_or_more(arrays, "y")
    if x is None:
        raise lacks(path, "x", arrays)
    _same_rows(arrays)
    return Arrays(x, y, arrays.get("sample_weight"))


def lacks(path: Path, name: str, arrays: Mapping[str, Any] | None = None) -> DataError:
    """Return the error for an array that is not in the file."""
    names = sorted(_read(path) if arrays is None else arrays)
    return DataError(
        teach(
            f"{str(path)!r} holds no array {name!r}.",
            expected="arrays named x and y (x_0, x_1, ... for several inputs)",
            received=f"arrays named {', '.join(names)}" if names else "no arrays",
            means="np.savez was called without names (arr_0, arr_1), or with others.",
            attempt=f'np.savez("{path.name}", x=x_train[:256], y=y_train[:256])',
        )
    )


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file() or not zipfile.is_zipfile(path):
        raise _not_arrays(path, "a folder" if path.is_dir() else _seen(path))
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except ValueError as error:
        if "pickle" not in str(error) and "Object arrays" not in str(error):
            raise _not_arrays(path, f"ValueError: {error}") from error
        raise _pickled(path) from error
    except (OSError, zipfile.BadZipFile, EOFError) as error:
        raise _not_arrays(path, f"{type(error).__name__}: {error}") from error


def _seen(path: Path) -> str:
    if not path.exists():
        return "no such file"
    with path.open("rb") as file:
        return f"a file that begins with {file.read(8)!r}"


def _one_or_more(arrays: Mapping[str, Any], name: str) -> Any:
    """Return the array `name`, or the list of `name_0`, `name_1`, ..., or None."""
    if name in arrays:
        return arrays[name]
    parts = [key for key in arrays if re.fullmatch(rf"{name}_\d+", key)]
    return [arrays[key] for key in sorted(parts, key=lambda k: int(k[2:]))] or None


def _same_rows(arrays: Mapping[str, Any]) -> None:
    used = re.compile(r"[xy](_\d+)?|sample_weight")
    rows = {k: v.shape[0] if v.ndim else None for k, v in arrays.items() if used.fullmatch(k)}
    if len(set(rows.values())) > 1 or None in rows.values():
        shapes = ", ".join(f"{name} {arrays[name].shape}" for name in sorted(rows))
        raise DataError(
            teach(
                "the arrays do not have equally many rows.",
                expected="one row (first axis) per sample in every array",
                received=shapes,
                means="x and y were cut differently, or one of them is transposed.",
                attempt="np.savez(file, x=x[:256], y=y[:256])",
            )
        )


def _pickled(path: Path) -> FileError:
    return FileError(
        teach(
            f"{str(path)!r} holds pickled Python objects, and was not loaded.",
            expected="arrays of numbers",
            received="an array of dtype object",
            means="rows of different lengths, or strings, were saved; loading a pickle can "
            "run any code.",
            attempt="pad the rows to one length and save x.astype('float32').",
        )
    )


def _not_arrays(path: Path, received: str) -> FileError:
    return FileError(
        teach(
            f"{str(path)!r} is not an .npz file.",
            expected="an archive written with np.savez",
            received=received,
            means="the path has a typing error, or a single array was written with np.save.",
            attempt='np.savez("data.npz", x=x_train[:256], y=y_train[:256])',
        )
    )
