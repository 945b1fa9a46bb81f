"""Which steps are sampled."""

from __future__ import annotations

import itertools

import pytest

from gradmend.errors import UsageError
from gradmend.monitor.schedule import Frequency, Schedule


def kept(frequency: Frequency, steps: int, per_epoch: int = 10**9) -> list[int]:
    schedule, found = Schedule(frequency), []
    for step in range(1, steps + 1):
        if (step - 1) % per_epoch == 0:
            schedule.begin_epoch()
        if schedule.due(step) and schedule.keeps(step):
            found.append(step)
    return found


def test_dense_at_first_then_ever_sparser() -> None:
    found = kept("auto", 20_000)
    assert found[:16] == list(range(1, 17))
    gaps = [b - a for a, b in itertools.pairwise(found[15:])]
    assert gaps == sorted(gaps)
    assert gaps[0] == 40
    assert gaps[-1] > 200


def test_the_number_is_bounded_for_long_runs() -> None:
    assert len(kept("auto", 200_000)) < 500
    assert len(kept("auto", 50_000, per_epoch=200)) < 400  # samples for the logs are not kept


def test_words_and_numbers() -> None:
    assert kept("batch", 5) == [1, 2, 3, 4, 5]
    assert kept("epoch", 9, per_epoch=4) == [1, 5, 9]
    assert kept(3, 10) == [1, 4, 7, 10]


def test_the_logs_of_an_epoch_are_never_old() -> None:
    schedule, sampled = Schedule("auto"), []
    for step in range(1, 100_001):
        if step % 500 == 1:
            schedule.begin_epoch()
        if schedule.due(step):
            schedule.keeps(step)
            sampled.append(step)
    # An epoch, and what may lie before it without being stale.
    assert max(b - a for a, b in itertools.pairwise(sampled)) < 500 + 100


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, "often", None])
def test_what_is_no_frequency_is_refused(wrong: object) -> None:
    with pytest.raises(UsageError, match='Expected: "auto"'):
        Schedule(wrong)  # type: ignore[arg-type]  # on purpose
