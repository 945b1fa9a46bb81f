from __future__ import annotations

import numpy as np

from gradmend.findings.training_forgets import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import followed, mlp

STEPS = (8, 16, 24, 32, 41, 82, 123, 164, 205, 246, 287, 328, 369, 410, 451, 492)


def course(*losses: float, final: float = 2.3, **changes: object) -> Measurements:
    filled = (*losses, *[losses[-1]] * (len(STEPS) - len(losses)))
    return followed(mlp(2), *filled, steps=STEPS, total_steps=492, final_data_loss=final, **changes)


def test_a_loader_that_changes_its_data() -> None:
    (finding,) = check(course(2.3, 2.2, 2.0, 1.6, 1.2, 2.31, 2.3, final=0.97))
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.DATA)
    assert finding.certain
    assert "the first batch is still answered: the data has changed since" in finding.message


def test_a_small_fall_is_enough_where_the_first_batch_is_still_answered() -> None:
    fall = (2.4, 2.3, 2.1, 2.05, 2.31, 2.3)
    (finding,) = check(course(*fall, final=1.6))
    assert finding.cause is Cause.DATA
    assert not list(check(course(*fall, final=2.2)))


def test_weights_that_were_thrown_away() -> None:
    (finding,) = check(course(2.3, 2.2, 2.0, 1.6, 1.2, 2.31, 2.3))
    assert (finding.cause, finding.certain) == (Cause.LEARNING_RATE, False)


def test_is_silent_where_nothing_was_learned_or_nothing_lost() -> None:
    assert not list(check(course(2.4, 2.31, 2.3)))
    assert not list(check(course(2.3, 1.6, 1.2, 1.0, 0.9)))
    assert not list(check(course(2.3, 1.5, 1.2, 2.1, 2.0)))  # above LEARNED, below LOST
    assert not list(check(mlp(2)))


def test_a_low_stretch_by_luck_is_not_learning() -> None:
    noise = 2.3 + np.random.default_rng(0).normal(0.0, 1.2, len(STEPS))
    noise[1:3] = 1.4
    assert not list(check(course(*noise.tolist())))


def test_is_silent_where_no_constant_is_known() -> None:
    assert not list(check(course(2.3, 1.6, 1.2, 2.3, trivial=None)))
