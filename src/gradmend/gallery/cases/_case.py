"""The shape of a real case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradmend.gallery._program import Program
from gradmend.records import Cause


@dataclass(frozen=True, kw_only=True, slots=True)
class RealCase:
    """A program that its author could not make learn.

    `source` says where it was asked or published, and `causes` the root causes that the
    accepted answer, or the measurement, names: any of them is right.
    """

    name: str
    title: str
    source: str
    build: Callable[[int], Program]
    causes: frozenset[Cause]
    seed_dependent: bool = False
