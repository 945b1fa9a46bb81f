"""What is to be repaired: real cases, sick patients of the gallery, and seeded faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from benchmarks.detection.cases import Entry, entries

from gradmend.gallery import PATIENTS
from gradmend.gallery.seeding import BASES, split_of

FAMILIES = ("real", "gallery", "seeded")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A program that may be sick. `build(seed)` gives a `Program`, for the gallery a `Case`.

    `entry` is what the detection benchmark trains to tell whether it is sick in truth, and
    `twin` the healthy program a fault was put into; the gallery needs neither.
    """

    name: str
    family: str
    build: Callable[[int], Any]
    entry: Entry | None = None
    twin: Entry | None = None

    @property
    def split(self) -> str:
        """Its part, dev or test, as in the detection benchmark."""
        return split_of(self.name)


def candidates(family: str, split: str | None = None) -> list[Candidate]:
    """All candidates of a family; any beginning of the seeded ones is a fair sample."""
    made = {"real": _real, "gallery": _gallery, "seeded": _seeded}[family]()
    return [candidate for candidate in made if split in (None, candidate.split)]


def _gallery() -> list[Candidate]:
    sick = [patient for patient in PATIENTS if patient.sick and not patient.large]
    return [Candidate(name=p.name, family="gallery", build=p.build) for p in sick]


def _real() -> list[Candidate]:
    return [
        Candidate(name=e.name, family="real", build=e.build, entry=e)
        for e in entries()
        if e.kind == "real"
    ]


def _seeded() -> list[Candidate]:
    twins = {b.name: Entry(name=b.name, kind="base", build=b.build, base=b.name) for b in BASES}
    found = [
        Candidate(name=e.name, family="seeded", build=e.build, entry=e, twin=twins[e.base])
        for e in entries()
        if e.kind == "seeded"
    ]
    return sorted(found, key=lambda candidate: _drawn(candidate.name))


def _drawn(name: str) -> bytes:
    # Another hash than those that split and place.
    return sha256(f"repair {name}".encode()).digest()
