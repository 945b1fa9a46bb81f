"""A clinic that behaves as badly as it may, and the records it hands out."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from gradmend.monitor.clinic import Clinic
from gradmend.records import LossFacts, Measurements, ModelFacts, Verdict, Visit


@dataclass
class ClumsyClinic:
    """Draws from every random generator there is, makes layers, and keeps what it saw."""

    seen: list[Any] = field(default_factory=list)
    weights_seen: list[Any] = field(default_factory=list)
    measurements: list[Measurements] = field(default_factory=list)
    error: BaseException | None = None
    verdict: Verdict = Verdict.HEALTHY

    def clinic(self) -> Clinic:
        return Clinic(
            examine=self.examine,
            conclude=self.conclude,
            trivial_loss=lambda model, y, shapes, sample_weight=None: 0.5,
            data_loss=self.data_loss,
            rounding=lambda model, x: 1e-6,
        )

    def examine(self, model: Any, x: Any, y: Any, weight: Any, *, fit_batch_size: int) -> Any:
        if self.error is not None:
            raise self.error
        disturb()
        self.seen.append((x, y, weight, fit_batch_size))
        self.weights_seen.append([np.array(w) for w in model.get_weights()])
        model(x, training=False)
        return measurements()

    def conclude(self, found: Measurements) -> Visit:
        disturb()
        self.measurements.append(found)
        return Visit(verdict=self.verdict, reason="as found", measurements=found)

    def data_loss(self, model: Any, x: Any, y: Any, weight: Any) -> float:
        disturb()
        model(x, training=False)
        return 0.25


def measurements() -> Measurements:
    return Measurements(
        backend=keras.backend.backend(),
        keras_version=keras.__version__,
        batch_size=8,
        batches=1,
        model=ModelFacts(
            name="m",
            kind="Sequential",
            layers=1,
            parameters=1,
            trainable_parameters=1,
            frozen_layers=0,
            precision="float32",
        ),
        loss=LossFacts(total=1.0, data=1.0, penalty=0.0, trivial=0.7),
    )


def disturb() -> None:
    """Draw and name whatever can be drawn and named."""
    np.random.default_rng()
    random.random()  # noqa: S311 - to disturb
    np.random.random()
    keras.random.uniform((2,))
    keras.layers.Dense(1)
    if "torch" in sys.modules:
        sys.modules["torch"].rand(2)
    if keras.backend.backend() == "tensorflow":
        sys.modules["tensorflow"].random.uniform((3, 5, 7))


def drawn_next() -> list[Any]:
    """What each generator would give next: it tells whether one was disturbed."""
    drawn: list[Any] = [
        random.random(),  # noqa: S311 - to compare
        np.random.random(),
        float(keras.random.uniform(())),
    ]
    if "torch" in sys.modules:
        drawn.append(float(sys.modules["torch"].rand(())))
    if keras.backend.backend() == "tensorflow":
        drawn.append(float(sys.modules["tensorflow"].random.uniform(())))
    return [*drawn, keras.layers.Dense(1).name]
