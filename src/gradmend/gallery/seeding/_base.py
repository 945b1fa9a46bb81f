"""The shape of a healthy program that faults are put into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradmend.gallery._program import Program


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """A program that learns, by its name; `build(seed)` makes it."""

    name: str
    title: str
    build: Callable[[int], Program]
