"""One visit: what was measured, what it means, what to try."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gradmend.records.finding import Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Prescription


class Verdict(StrEnum):
    """The answer in one word. UNKNOWN: nothing could be measured, said aloud."""

    SICK = "sick"
    WATCH = "watch"
    HEALTHY = "healthy"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """The data of one check-up. `gradmend.Checkup` wraps it with `save` and `repr`.

    `findings` are ranked, root cause first. `reason` is one line on why the verdict
    is what it is (for UNKNOWN: why nothing could be judged). `certainty` is one of
    "certain", "likely", "possible", and says how sure the verdict is.
    """

    verdict: Verdict
    reason: str
    certainty: str = "likely"
    findings: tuple[Finding, ...] = ()
    prescriptions: tuple[Prescription, ...] = ()
    measurements: Measurements | None = None
