"""The record of one `fit`: kept in memory, and in a run store when a folder was given."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
from keras.src.utils import io_utils

from gradmend.monitor.capsule import write_capsule
from gradmend.monitor.first_aid import bad_step_message
from gradmend.monitor.guard import BadStep
from gradmend.monitor.reading import Reading
from gradmend.monitor.sample import trained_weights
from gradmend.monitor.steps import Steps
from gradmend.monitor.steps.update import clip_of
from gradmend.monitor.store import RunStore
from gradmend.monitor.undisturbed import undisturbed
from gradmend.monitor.words import one_line
from gradmend.records.codec import encode
from gradmend.records.training import (
    EpochLogs,
    Incident,
    LayerSample,
    LogValue,
    Probe,
    StepSample,
    TrainedWeight,
    TrainingRun,
)

ACTIONS = {
    "stop": "training stops; the weights from before it are in the model",
    "skip": "its batch is skipped",
    "warn": "training goes on with what it left behind",
}


class Record:
    """Collects what a watch sees, as records."""

    def __init__(self, model: Any, folder: Path | None, update_freq: object) -> None:
        started = datetime.now(UTC)
        self._model_name = model.name
        self._folder = folder
        self._about = _about(model, started, update_freq)
        self._weights: tuple[TrainedWeight, ...] = ()
        self._layers: tuple[str, ...] = ()
        self._samples: list[StepSample] = []
        self._epochs: list[EpochLogs] = []
        self._incidents: list[Incident] = []
        self._probes: list[Probe] = []
        self._steps, self._finished = 0, False
        self._model = model
        self._store = None if folder is None else RunStore(folder, started, self._about)

    @property
    def file(self) -> Path | None:
        """The run store, None when there is none."""
        return None if self._store is None else self._store.file

    def run(self) -> TrainingRun:
        """Return the record so far."""
        return TrainingRun(
            name=self.file.stem if self.file else self._about["started"],
            **self._about,
            finished=self._finished,
            steps=self._steps,
            weights=self._weights,
            samples=tuple(self._samples),
            epochs=tuple(self._epochs),
            incidents=tuple(self._incidents),
            probes=tuple(self._probes),
        )

    def keep(self, reading: Reading) -> None:
        """Add a sampled step."""
        trouble = reading.sampled.layout.trouble
        if trouble is not None:
            self.note(f"some gradients could not be read: {trouble}")
        update = reading.update
        if update is None:
            return
        if not self._weights:
            self._weights = trained_weights(reading.sampled)
            self._tell_store(weights=[{"path": w.path, "shape": w.shape} for w in self._weights])
        sample = StepSample(
            step=reading.step,
            epoch=reading.epoch,
            seconds=reading.seconds,
            loss=_number(reading.loss),
            grad_norm=update.grad_norm,
            update_ratio=update.update_ratio,
            clipped_share=update.clipped_share,
            loss_scale=update.loss_scale,
            updated=update.updated,
            weights=update.weights,
            layers=self._of_known_layers(reading.layers),
        )
        self._samples.append(sample)
        self._steps = max(self._steps, sample.step)
        if self._store is not None:
            self._store.sample(sample)

    def _of_known_layers(self, layers: tuple[LayerSample, ...]) -> tuple[LayerSample, ...]:
        """Return the layers if they are those of the first look: rows are stored without names."""
        paths = tuple(layer.path for layer in layers)
        if paths and not self._layers:
            self._layers = paths
            self._tell_store(layers=paths)
        return layers if paths == self._layers else ()

    def epoch(self, epoch: int, taken: int, logs: Mapping[str, Any]) -> None:
        """Add the logs of an epoch."""
        numbers = {name: _number(value) for name, value in logs.items()}
        known = {name: value for name, value in numbers.items() if value is not None}
        values = tuple(LogValue(name=name, value=value) for name, value in known.items())
        self._epochs.append(EpochLogs(epoch=epoch, step=taken, logs=values))
        self._steps = max(self._steps, taken)
        if self._store is not None:
            self._store.epoch(epoch, taken, known)

    def probe(self, epoch: int, taken: int, data: Any) -> None:
        """Examine a batch, and add what was measured."""
        from gradmend.measure import measure

        try:
            with undisturbed():
                measurements = measure(self._model, *data)
        except Exception as error:  # noqa: BLE001  # nothing of ours may end a training
            self.note(f"the probe could not be examined: {one_line(error)}")
            return
        self._probes.append(Probe(epoch=epoch, step=taken, measurements=measurements))
        if self._store is not None:
            self._store.probe(epoch, taken, encode(measurements))

    def note(self, message: str) -> None:
        """Add something that could not be recorded, once."""
        if all(incident.message != message for incident in self._incidents):
            self._happened("note", self._steps, message, None)

    def failed(self, error: BaseException, taken: int) -> None:
        """Add the exception that ended the training."""
        self._happened("error", taken, one_line(error), None)

    def nonfinite(self, bad: BadStep, action: str, steps: Steps) -> str:
        """Write a capsule of a bad step, say so, and return the text of an error about it."""
        with undisturbed():
            file = self._capsule(bad, steps)
        kind = "skipped" if action == "skip" else "nonfinite"
        what = f"step {bad.step} gave NaN or infinity"
        if not bad.found:
            what = f"a step after step {bad.step - 1} gave NaN or infinity"
        self._happened(kind, bad.step, f"{what}: {ACTIONS[action]}", file)
        replay = f" See why: gradmend replay {file} {self._model_name}.keras" if file else ""
        io_utils.print_msg(f"\ngradmend: {what}; {ACTIONS[action]}.{replay}")
        return bad_step_message(bad, self._model_name, file)

    def finish(self, taken: int) -> None:
        """Note that the training came to its end, and say aloud when nothing was seen."""
        self._finished = True
        self._steps = taken
        self._tell_store(finished=True, steps=taken)
        if taken and not self._samples:
            message = "no gradient of this training reached a Keras optimizer: nothing was captured"
            self.note(message)
            warnings.warn(f"gradmend: {message}.", stacklevel=2)

    def close(self) -> None:
        """Let go of the model, and close the file."""
        self._model = None
        if self._store is not None:
            self._store.close()

    def _capsule(self, bad: BadStep, steps: Steps) -> str | None:
        if bad.batch is None or bad.good is None:
            return None
        file = (self._folder or Path.cwd()) / f"nonfinite-step-{bad.step}.npz"
        about = {**self._about, "step": bad.step, "model": self._model_name}
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_capsule(file, batch=bad.batch, weights=dict(steps.weights(bad.good)), about=about)
        except Exception as error:  # noqa: BLE001  # nothing of ours may end a training
            self.note(f"the capsule could not be written: {one_line(error)}")
            return None
        return str(file)

    def _happened(self, kind: str, step: int, message: str, file: str | None) -> None:
        incident = Incident(kind=kind, step=step, message=message, file=file)
        self._incidents.append(incident)
        if self._store is not None:
            self._store.incident(incident)

    def _tell_store(self, **facts: Any) -> None:
        if self._store is not None:
            self._store.about(facts)


def _about(model: Any, started: datetime, update_freq: object) -> dict[str, Any]:
    optimizer = model.optimizer
    clip = None if optimizer is None else clip_of(optimizer)
    return {
        "started": started.isoformat(timespec="seconds"),
        "backend": keras.backend.backend(),
        "keras_version": keras.__version__,
        "model": model.name,
        "optimizer": "none" if optimizer is None else optimizer.name,
        "learning_rate": _learning_rate(optimizer),
        "clip": clip.kind if clip else None,
        "clip_limit": clip.limit if clip else None,
        "update_freq": str(update_freq),
    }


def _learning_rate(optimizer: Any) -> float | None:
    return None if optimizer is None else _number(optimizer.learning_rate)


def _number(value: Any) -> float | None:
    if value is None:
        return None
    try:
        if keras.ops.is_tensor(value):
            value = keras.ops.convert_to_numpy(value)
        return float(value)
    except (TypeError, ValueError):
        return None
