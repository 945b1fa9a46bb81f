from __future__ import annotations

from gradmend.findings import diagnose
from gradmend.findings.training_gets_worse import check
from gradmend.records import Cause, Severity
from tests.findings.records import followed, mlp

RISING = (0.80, 0.82, 0.81, 0.86, 0.90, 0.89, 0.95, 0.97, 0.96)


def test_speaks_with_both_thirds() -> None:
    (finding,) = check(followed(mlp(), *RISING, trivial=1.1))
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.LEARNING_RATE)
    assert finding.message == (
        "the loss rises from 0.81 in the first third of the training to 0.96 in the last "
        "(limit 5 %)"
    )


def test_noise_is_no_rise() -> None:
    noisy = (0.8, 1.3, 0.5, 0.9, 1.2, 0.6, 1.2, 0.5, 1.1)
    assert not list(check(followed(mlp(), *noisy, trivial=1.1)))


def test_is_silent_on_a_fall_on_the_noise_floor_and_on_a_short_training() -> None:
    assert not list(check(followed(mlp(), *reversed(RISING), trivial=1.1)))
    floor = [loss / 10 for loss in RISING]
    assert not list(check(followed(mlp(), *floor, trivial=1.1)))
    assert not list(check(followed(mlp(), *RISING, trivial=1.1, total_steps=30)))


def test_divergence_is_told_as_divergence() -> None:
    codes = [f.code for f in diagnose(followed(mlp(), 0.8, 2.0, 9.0, 40.0, trivial=1.1))]
    assert "T101" in codes
    assert "T103" not in codes
