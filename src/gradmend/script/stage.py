"""Sets the stage for a script: `sys.argv`, `sys.path` and `__main__`, and clears it after."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def own_path(folder: str) -> Iterator[None]:
    """Let `folder` be the first place that imports are looked up in."""
    kept = list(sys.path)
    # Under `python -P` there is no folder of ours at the front to replace.
    sys.path[: 0 if sys.flags.safe_path else 1] = [folder]
    try:
        yield
    finally:
        sys.path[:] = kept


@contextmanager
def own_arguments(first: str, rest: Sequence[str]) -> Iterator[None]:
    """Let `sys.argv` be what the script would have been started with."""
    kept = list(sys.argv)
    sys.argv[:] = [first, *rest]
    try:
        yield
    finally:
        sys.argv[:] = kept


@contextmanager
def as_main(module: ModuleType) -> Iterator[None]:
    """Let `module` be `__main__`, so that what it defines can be pickled."""
    kept = sys.modules["__main__"]
    sys.modules["__main__"] = module
    try:
        yield
    finally:
        sys.modules["__main__"] = kept
