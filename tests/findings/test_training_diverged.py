from __future__ import annotations

from math import inf, nan

from gradmend.findings.training_diverged import check
from gradmend.records import Symptom
from tests.findings.records import followed, mlp


def test_names_the_step_at_which_the_loss_broke() -> None:
    (finding,) = check(followed(mlp(), 2.4, nan, first_nonfinite_step=17))
    assert finding.message == "the loss becomes NaN or infinite at step 17 of 200"
    assert (finding.symptom, finding.certain) == (Symptom.NON_FINITE, True)


def test_a_loss_that_climbs() -> None:
    (finding,) = check(followed(mlp(), 2.4, 90.0))
    assert finding.message == "the loss rises from 2.4 to 90 in 200 steps (limit 2.0 times)"
    assert (finding.symptom, finding.certain) == (Symptom.EXPLODING, False)


def test_windows_tell_without_a_step() -> None:
    assert list(check(followed(mlp(), 2.4, inf)))


def test_is_silent_on_spikes_and_on_good_trainings() -> None:
    assert not list(check(followed(mlp(), 2.4, 9.0, 0.4)))
    assert not list(check(followed(mlp(), 2.4, 2.3)))
    assert not list(check(mlp()))


def test_is_silent_on_a_loss_below_the_trivial_one() -> None:
    assert not list(check(followed(mlp(), 0.1, 0.5)))


def test_a_small_loss_that_jumps_about_without_a_constant_is_left_alone() -> None:
    jumps = [1.4e-3, 2e-4, 9e-3, 1e-4, 3e-4, 2e-3, 1e-4, 8e-3, 1e-4, 2.6e-4, 1e-4, 1e-2]
    steps = tuple(range(4, 52, 4))
    m = followed(mlp(), *jumps, steps=steps, total_steps=48, trivial=None, final_trivial=None)
    assert not list(check(m))
    climbs = [1.4e-3 * 1.15**i for i in range(12)]
    m = followed(mlp(), *climbs, steps=steps, total_steps=48, trivial=None, final_trivial=None)
    assert list(check(m))
