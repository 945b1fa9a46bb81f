"""The shape of a real case."""

from __future__ import annotations

from dataclasses import dataclass

from gradmend.gallery._patient import SICK
from gradmend.gallery._trained import TrainedPatient
from gradmend.records import Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class RealCase(TrainedPatient):
    """A program that its author could not make learn.

    `source` says where it was asked or published, and `causes` the root causes that the
    accepted answer, or the measurement, names: any of them is right.
    """

    verdicts: frozenset[Verdict] = SICK
