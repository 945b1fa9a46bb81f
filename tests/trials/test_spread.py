"""Spread over workers that sit in this process: who runs an arm changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from gradmend.records import Trial
from gradmend.trials import Clinic
from gradmend.trials.spread import Spread
from gradmend.trials.worker import packed
from tests.trials.parallel import JUDGED, TRAIN, Here, clinic, trial

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")


@pytest.fixture(scope="module")
def patient() -> Clinic:
    return clinic()


@pytest.fixture(scope="module")
def in_turn(patient: Clinic) -> tuple[Trial, list[Any]]:
    return trial(patient)


def spread(patient: Clinic, workers: int, dies: set[int], log: list[Any]) -> Spread:
    parcel = packed(patient, TRAIN, JUDGED, 32)
    return Spread(lambda p: Here(p, dies, log), workers, parcel, lambda: None)


def test_the_arms_and_the_weights_are_those_of_one_after_another(
    patient: Clinic, in_turn: tuple[Trial, list[Any]]
) -> None:
    log: list[Any] = []
    result, weights = trial(patient, spread(patient, 2, set(), log))
    assert result.arms == in_turn[0].arms
    assert all((a == b).all() for a, b in zip(weights, in_turn[1], strict=True))
    assert len(log) > len(result.arms)


def test_a_dead_worker_costs_a_retry_from_the_start(
    patient: Clinic, in_turn: tuple[Trial, list[Any]]
) -> None:
    log: list[Any] = []
    result, weights = trial(patient, spread(patient, 2, {4, 9}, log))
    assert result.arms == in_turn[0].arms
    assert all((a == b).all() for a, b in zip(weights, in_turn[1], strict=True))
    assert log[4][1].path == log[3][1].path


def test_an_arm_whose_worker_dies_twice_is_given_up(patient: Clinic) -> None:
    log: list[Any] = []
    result, _ = trial(patient, spread(patient, 1, {3, 4}, log))
    errors = [arm.error for arm in result.arms]
    assert errors.count("it is gone") == 1
    assert result.arms[1].error is None


def test_an_interruption_ends_who_does_not_answer(patient: Clinic) -> None:
    log: list[Any] = []
    runner = spread(patient, 1, set(), log)
    submit = Here.submit

    def struck(self: Here, what: str, order: Any, keep: Any) -> Any:
        if len(log) == 3:
            raise KeyboardInterrupt
        return submit(self, what, order, keep)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Here, "submit", struck)
        from gradmend.trials import Budget, race_of

        race = race_of(
            patient, TRAIN, JUDGED, budget=Budget(steps=24), batch_size=32, seeds=3,
            executor=runner,
        )  # fmt: skip
        race.run()
    assert race.stopped
    runner.close()
