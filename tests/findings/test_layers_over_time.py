"""Rules about layers over a training: each fires on its drift, and not on what looks like it."""

from __future__ import annotations

from typing import Any

import pytest

from gradmend.findings.over_time import diagnose_run
from gradmend.records import Severity
from gradmend.records.training import LayerSample, TrainingRun
from tests.findings.test_over_time import run, sample

LOOKS = (1, 4, 16, 64, 256)


def looked(
    shares: list[float], *, kind: str, seen: int = 64, losses: tuple[float, float] = (1.0, 1.0)
) -> TrainingRun:
    """Return a run of 40 samples whose layer 'a' had these shares, one per look, 'b' none."""
    steps = [*LOOKS[: len(shares)], *range(300, 340 - len(shares))]
    samples = []
    for place, step in enumerate(steps):
        fields: dict[str, Any] = {}
        if place < len(shares):
            fields["layers"] = (layer("a", shares[place], kind, seen), layer("b", 0.1, kind, seen))
        loss = losses[0] if place < len(steps) // 2 else losses[1]
        samples.append(sample(step, loss=loss, **fields))
    return run(samples)


def layer(path: str, share: float, kind: str, seen: int) -> LayerSample:
    own: dict[str, Any] = {"saturated": share}
    if kind == "dead":
        own = {"dead_units": round(share * 100)}
    return LayerSample(path=path, rms=1.0, largest=2.0, zero_share=0.1, units=100, seen=seen, **own)


def codes(found: TrainingRun) -> list[str]:
    return [finding.code for finding in diagnose_run(found)]


def test_units_that_die() -> None:
    [finding] = diagnose_run(looked([0.1, 0.2, 0.55, 0.6, 0.7], kind="dead"))
    assert (finding.code, finding.where, finding.severity) == ("M107", ("a",), Severity.WARNING)
    assert "grow from 10 % to 60 % (limit 50 %), beyond it from step 16 on" in finding.message
    assert "1 of 2 ReLU layers" in finding.message
    [finding] = diagnose_run(looked([0.1, 0.2, 0.55, 0.95, 1.0], kind="dead"))
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("shares", "seen"),
    [
        ([0.1, 0.2, 0.3, 0.45, 0.45], 64),  # below the limit
        ([0.1, 0.2, 0.9, 0.9, 0.3], 64),  # they come back
        ([0.1, 0.2, 0.3, 0.3, 0.9], 64),  # one look only
        ([0.6, 0.6, 0.7, 0.8, 0.8], 64),  # as they were from the start
        ([0.1, 0.2, 0.9, 0.9, 0.9], 31),  # too few samples to call a unit dead
        ([0.1, 0.9, 0.9], 64),  # too few looks
    ],
)
def test_silence_about_units(shares: list[float], seen: int) -> None:
    assert codes(looked(shares, kind="dead", seen=seen)) == []


def test_drift_into_saturation() -> None:
    [finding] = diagnose_run(looked([0.0, 0.1, 0.4, 0.6, 0.7], kind="saturated"))
    assert (finding.code, finding.where, finding.severity) == ("M108", ("a",), Severity.WARNING)
    assert "from 0 % to 60 % (limit 50 %), beyond it from step 64 on" in finding.message


@pytest.mark.parametrize(
    ("shares", "losses", "expected"),
    [
        ([0.0, 0.1, 0.4, 0.6, 0.7], (1.0, 0.3), []),  # deciding units saturate
        ([0.0, 0.1, 0.4, 0.95, 0.99], (1.0, 0.3), ["M108"]),  # but not nearly all of them
        ([0.0, 0.1, 0.4, 0.6, 0.3], (1.0, 1.0), []),  # it passes
        ([0.4, 0.5, 0.6, 0.6, 0.6], (1.0, 1.0), []),  # saturated from the start
    ],
)
def test_saturation_and_loss(
    shares: list[float], losses: tuple[float, float], expected: list[str]
) -> None:
    assert codes(looked(shares, kind="saturated", losses=losses)) == expected
