"""Choose the Keras backend before Keras is imported: it reads KERAS_BACKEND once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, MutableMapping
from importlib.util import find_spec
from pathlib import Path

from gradmend.errors import BackendError, teach

TRAINABLE = ("tensorflow", "jax", "torch")


def installed(name: str) -> bool:
    """Tell whether a backend can be imported, without importing it."""
    return find_spec(name) is not None


def choose_backend(
    environ: MutableMapping[str, str] = os.environ,
    available: Callable[[str], bool] = installed,
) -> str:
    """Return the backend Keras will take; set KERAS_BACKEND where its own choice is absent.

    A backend the user asked for is never replaced.

    Raises:
        BackendError: the wanted backend is not installed or cannot train, or none is
            installed.
    """
    present = [name for name in TRAINABLE if available(name)]
    wanted = environ.get("KERAS_BACKEND")
    if wanted:
        if wanted not in present:
            raise _refused(wanted, present)
        return wanted
    if not present:
        raise _none_installed()
    usual = _configured(environ)
    if usual in present:
        return usual
    environ["KERAS_BACKEND"] = present[0]
    return present[0]


def _configured(environ: MutableMapping[str, str]) -> str:
    """Return what Keras takes by itself: the choice in keras.json, or TensorFlow."""
    home = Path(environ.get("KERAS_HOME") or Path.home() / ".keras")
    try:
        chosen = json.loads((home / "keras.json").read_text(encoding="utf-8")).get("backend")
    except (OSError, ValueError, AttributeError):
        chosen = None
    return chosen if isinstance(chosen, str) else "tensorflow"


def _refused(wanted: str, present: list[str]) -> BackendError:
    known = wanted in TRAINABLE
    other = f"KERAS_BACKEND={present[0]}" if present else "pip install 'gradmend[jax]'"
    return BackendError(
        teach(
            f"the Keras backend {wanted!r} is not installed."
            if known
            else f"gradmend cannot measure on the Keras backend {wanted!r}.",
            expected=f"one of {', '.join(TRAINABLE)}; installed here: {_listed(present)}",
            received=f"KERAS_BACKEND={wanted}",
            means="the environment variable was set for another machine or environment."
            if known
            else "the name has a typing error, or the backend has no gradients.",
            attempt=f"pip install 'gradmend[{wanted}]', or {other}" if known else other,
        )
    )


def _none_installed() -> BackendError:
    return BackendError(
        teach(
            "no Keras backend is installed.",
            expected=f"one of {', '.join(TRAINABLE)}",
            received="none of them can be imported",
            means="gradmend was installed alone, or in another environment than the model's.",
            attempt="pip install 'gradmend[jax]' (or [tensorflow], [torch])",
        )
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"
