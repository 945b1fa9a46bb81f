"""Workers in real processes, one of which is killed."""

from __future__ import annotations

from typing import Any

import keras
import pytest

import gradmend
from gradmend.trials.hiring import executor_for
from gradmend.trials.in_turn import InTurn
from gradmend.trials.processes import ProcessSeat, environment, hire
from gradmend.trials.spread import Spread
from gradmend.trials.worker import packed
from tests.trials.parallel import JUDGED, STEPS, TRAIN, clinic, network, trial

pytestmark = pytest.mark.filterwarnings("ignore:You are using a softmax over axis")


@pytest.mark.slow
def test_the_result_is_that_of_one_process_although_a_worker_is_killed() -> None:
    patient, seats = clinic(), []

    def hired(parcel: bytes) -> ProcessSeat:
        seats.append(hire(2)(parcel))
        if len(seats) == 2:  # at its first order it is gone
            seats[1].process.kill()
        return seats[-1]

    runner = Spread(hired, 2, packed(patient, TRAIN, JUDGED, 32), lambda: None)
    result, weights = trial(patient, runner)
    expected, its = trial(patient)
    assert result.arms == expected.arms
    assert all((a == b).all() for a, b in zip(weights, its, strict=True))
    assert len(seats) == 3
    runner.close()
    assert all(seat.process.poll() is not None for seat in seats)


def test_threads_are_bounded_and_the_backend_is_ours() -> None:
    found = environment(2)
    assert found["OMP_NUM_THREADS"] == found["NPROC"] == "2"
    assert found["KERAS_BACKEND"] == keras.backend.backend()


@keras.saving.register_keras_serializable("tests")
class Nameless(keras.layers.Layer):
    def call(self, x: Any) -> Any:
        return x


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (lambda: network(lambda a, b: keras.ops.mean((a - b) ** 2)), "it uses a lambda"),
        (lambda: network("mse", Nameless()), "Nameless"),
    ],
)
def test_what_cannot_be_sent_runs_in_turn_and_says_why(model: Any, why: str) -> None:
    Nameless.__module__ = "__main__"  # as in a script
    patient = clinic(model())
    runner, note = executor_for(
        patient, TRAIN, JUDGED, 32, budget=gradmend.trials.Budget(steps=STEPS), workers=2
    )
    assert isinstance(runner, InTurn)
    assert note.startswith("The arms ran one after another, for the model cannot be sent")
    assert why in note
    assert note.count(".") == 1


@pytest.mark.parametrize("workers", [0, -1, 1.5, True, "2"])
def test_a_number_of_workers_that_cannot_be_meant_is_refused(workers: Any) -> None:
    with pytest.raises(gradmend.UsageError, match=r"whole number from 1[\s\S]*cpu_count"):
        gradmend.mend(network(), TRAIN.x, TRAIN.y, workers=workers)


def test_an_executor_that_is_not_known_is_refused() -> None:
    with pytest.raises(gradmend.UsageError, match=r"'ray' \(a cluster\)"):
        gradmend.mend(network(), TRAIN.x, TRAIN.y, executor="dask")
