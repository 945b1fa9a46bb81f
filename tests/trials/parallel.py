"""A small patient, and what its arms come to one after another."""

from __future__ import annotations

import copy
from concurrent.futures import Future
from typing import Any

import keras
import numpy as np
from keras import layers

from gradmend.checkup import check
from gradmend.records import Trial
from gradmend.trials import Budget, Clinic, held_out, race_of, rows_of
from gradmend.trials.executor import Executor
from gradmend.trials.seats import WorkerDied
from gradmend.trials.worker import Worker

X = np.random.default_rng(0).normal(size=(120, 4)).astype("float32")
ROWS, _ = rows_of(X, (X[:, :1] > 0).astype("float32"))
TRAIN, JUDGED = held_out(ROWS)
STEPS = 24


def clinic(model: keras.Model | None = None) -> Clinic:
    model = network() if model is None else model
    return Clinic(model, check(model, TRAIN.x, TRAIN.y).visit, TRAIN)


def network(loss: Any = "mse", *between: Any) -> keras.Model:
    body = [layers.Dense(4, "relu"), layers.Dropout(0.1), *between]
    model = keras.Sequential([keras.Input((4,)), *body, layers.Dense(1, "softmax")])
    model.compile(keras.optimizers.Adam(0.01), loss)
    return model


def trial(patient: Clinic, executor: Executor | None = None) -> tuple[Trial, list[Any]]:
    # a clinic learns of the combinations that were tried: each trial has its own
    patient = copy.copy(patient)
    patient._by_name = dict(patient._by_name)
    race = race_of(
        patient, TRAIN, JUDGED, budget=Budget(steps=STEPS), batch_size=32, seeds=3,
        executor=executor,
    )  # fmt: skip
    race.run()
    return race.result(), race.model_of("repair-head").get_weights()


class Here:
    """A seat in this process, whose worker dies at the orders of these numbers."""

    def __init__(self, parcel: bytes, dies: set[int], log: list[Any]) -> None:
        self.worker, self.dies, self.log, self.closed = Worker(parcel), dies, log, False

    def submit(self, what: str, order: Any, keep: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.log.append((what, order))
        if len(self.log) in self.dies:
            future.set_exception(WorkerDied("it is gone"))
        elif what == "weights":
            future.set_result(self.worker.weights(order))
        else:
            future.set_result(self.worker.advance(order, keep))
        return future

    def interrupt(self) -> None:
        self.closed = True

    def close(self) -> None:
        self.closed = True
