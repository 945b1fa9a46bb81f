from __future__ import annotations

from gradmend.findings import diagnose
from gradmend.findings.batch_too_noisy import check
from gradmend.records import Cause, Severity
from tests.findings.records import followed, mlp

WANDERS = (1.0, 0.9, 0.94, 0.87)


def test_single_samples_and_a_training_that_wanders() -> None:
    m = followed(mlp(fit_batch_size=1), *WANDERS, trivial=1.1, total_steps=1600)
    (finding,) = check(m)
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.LEARNING_RATE)
    assert finding.message == (
        "each step follows 1 sample (limit 3), and 1600 steps led nowhere near the targets"
    )
    assert diagnose(m)[0].code == "S104"


def test_is_silent_on_larger_batches_on_success_and_on_a_short_training() -> None:
    steps = {"trivial": 1.1, "total_steps": 1600}
    assert not list(check(followed(mlp(fit_batch_size=32), *WANDERS, **steps)))
    assert not list(check(followed(mlp(fit_batch_size=1), 1.0, 0.5, 0.2, **steps)))
    assert not list(check(followed(mlp(fit_batch_size=1), *WANDERS, trivial=1.1)))
    assert not list(check(mlp(fit_batch_size=1)))
