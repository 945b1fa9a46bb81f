"""Rules and treatments of other packages, found by their entry points.

A plug-in that cannot be loaded, or that fails on a model, costs its own findings and nothing
else: it is named in a warning, and the check-up goes on.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache, wraps
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

FINDINGS, TREATMENTS = "gradmend.findings", "gradmend.treatments"
Entry = TypeVar("Entry")


@cache
def installed(group: str, kind: type[Entry]) -> tuple[Entry, ...]:
    """Return what is registered in a group of entry points, in the order of their names.

    An entry point leads to one object of that kind, or to several in a list or tuple. Those that
    cannot be loaded, or are of another kind, are left out with a warning.

    Example:
        >>> installed("gradmend.no-such-group", int)
        ()
    """
    found: list[Entry] = []
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        found.extend(_objects(entry, kind))
    return tuple(found)


def guarded(call: Callable[..., Iterator[Entry]], name: str) -> Callable[..., Iterator[Entry]]:
    """Return a generator function that ends with a warning where `call` raises."""

    @wraps(call)
    def guard(*args: Any, **kwargs: Any) -> Iterator[Entry]:
        try:
            yield from call(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - other people's code must not cost a run
            _warn(f"{name} failed and is left out: {type(error).__name__}: {error}")

    return guard


def without_taken(
    entries: Iterable[Entry], taken: Iterable[str], name: Callable[[Entry], str]
) -> tuple[Entry, ...]:
    """Return the entries whose name is free; each name is given once, built-in ones first."""
    seen, free = set(taken), []
    for entry in entries:
        if name(entry) in seen:
            _warn(f"{name(entry)} of a plug-in is left out: the name is taken")
            continue
        seen.add(name(entry))
        free.append(entry)
    return tuple(free)


def _objects(entry: EntryPoint, kind: type[Entry]) -> list[Entry]:
    try:
        loaded = entry.load()
    except Exception as error:  # noqa: BLE001 - other people's code must not cost a run
        _warn(f"{entry.value} cannot be loaded: {type(error).__name__}: {error}")
        return []
    objects = list(loaded) if isinstance(loaded, list | tuple) else [loaded]
    for other in (one for one in objects if not isinstance(one, kind)):
        _warn(f"{entry.value} is left out: expected a {kind.__name__}, received {other!r}")
    return [one for one in objects if isinstance(one, kind)]


def _warn(text: str) -> None:
    warnings.warn(f"gradmend plug-in: {text}", RuntimeWarning, stacklevel=4)
