"""The shape of a fault, and of a patient that has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from gradmend.gallery._program import Program
from gradmend.gallery.seeding._base import Base
from gradmend.records import Cause

TEST_SHARE = 0.4  # of the patients, looked at only to report


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One mistake that real programs make.

    `put_into(program)` returns the program with the fault, or None where the fault has no
    place. `causes` are the names a right diagnosis may give it: more than one where two are honest.
    """

    name: str
    title: str
    put_into: Callable[[Program], Program | None]
    causes: frozenset[Cause]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seeded:
    """A healthy program with one fault. Whether it is sick, its training has to show."""

    base: Base
    fault: Fault

    @property
    def name(self) -> str:
        """The base and the fault, "digits+rate-zero"."""
        return f"{self.base.name}+{self.fault.name}"

    @property
    def split(self) -> str:
        """Whether it belongs to "dev", or to "test": told by a hash of the name."""
        return split_of(self.name)

    def build(self, seed: int) -> Program | None:
        """The program with its fault, None where the fault has no place in this base."""
        return self.fault.put_into(self.base.build(seed))


def split_of(name: str) -> str:
    """Return "dev" or "test", always the same for a name.

    Example:
        >>> split_of("digits+rate-zero") in ("dev", "test")
        True
    """
    first = sha256(name.encode()).digest()[0] / 256.0
    return "test" if first < TEST_SHARE else "dev"
