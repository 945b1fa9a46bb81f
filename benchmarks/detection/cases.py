"""What is judged: real cases, seeded faults, and healthy programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from gradmend.gallery import PATIENTS
from gradmend.gallery.cases import CASES
from gradmend.gallery.seeding import BASES, FAULTS, Base, Fault, Seeded, split_of
from gradmend.gallery.seeding.variations import VARIATIONS
from gradmend.records import Verdict

PLACES = {"seeded": 4, "variation": 3}  # bases that each fault or variation is put into


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One case by name. `kind` is real, seeded, base, variation or gallery.

    `build(seed)` gives a `Program`, for the gallery a `Case`, and None where a fault has no place.
    """

    name: str
    kind: str
    build: Callable[[int], Any]
    base: str = ""
    causes: tuple[str, ...] = ()

    @property
    def split(self) -> str:
        """Whether it is seen while rules are changed ("dev"), or only to report ("test")."""
        return split_of(self.name)


def entries() -> Iterator[Entry]:
    """Every case: healthy bases first, since the seeded ones are compared with them."""
    yield from (Entry(name=b.name, kind="base", build=b.build, base=b.name) for b in BASES)
    for case in CASES:
        causes = tuple(sorted(case.causes))
        yield Entry(name=case.name, kind="real", build=case.build, causes=causes)
    for fault in FAULTS:
        yield from _placed(fault, "seeded")
    for variation in VARIATIONS:
        yield from _placed(variation, "variation")
    for patient in PATIENTS:
        if patient.verdicts == {Verdict.HEALTHY} and not patient.large:
            yield Entry(name=f"gallery {patient.name}", kind="gallery", build=patient.build)


def _placed(fault: Fault, kind: str) -> Iterator[Entry]:
    """The fault in the first few bases that have a place for it, in the order of a hash."""
    found = 0
    for base in sorted(BASES, key=partial(_order, fault)):
        seeded = Seeded(base=base, fault=fault)
        if found < PLACES[kind] and _has_place(fault, base):
            found += 1
            causes = tuple(sorted(fault.causes))
            yield Entry(
                name=seeded.name, kind=kind, build=seeded.build, base=base.name, causes=causes
            )


def _has_place(fault: Fault, base: Base) -> bool:
    return fault.put_into(base.build(0)) is not None


def _order(fault: Fault, base: Base) -> bytes:
    # Another hash than the one that splits: its first places would all lie in the same part.
    return sha256(f"{fault.name} in {base.name}".encode()).digest()
