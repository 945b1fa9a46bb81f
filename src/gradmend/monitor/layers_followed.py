"""What the layers did while an attended `fit` ran, and what it adds to the visit.

The batch that was examined before the first step is looked at again, now and then. No step
is instrumented for it: a second compiled step would cost seconds per `fit`, and on TensorFlow
draw other random numbers.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any

import keras

from gradmend.findings.over_time import diagnose_run
from gradmend.monitor.looks import Looks, layer_samples
from gradmend.records import Cause, Finding, Measurements, Severity, Verdict, Visit
from gradmend.records.training import LayerSample, StepSample, TrainingRun

MOST_SHARE = 0.03  # of the time; the check-up before the first step takes more
FAILED = frozenset({"T101", "T102", "T103"})  # what the loss alone says
NOTE = Severity.NOTE


class LayersFollowed:
    """Looks at one batch through one `fit`. `began` is when that was (`perf_counter`)."""

    def __init__(self, model: Any, began: float) -> None:
        self._looks = Looks(model, "auto", lambda reason: None, share=MOST_SHARE)
        self._model, self._began = model, began
        self._samples: list[StepSample] = []

    def before(self, measurements: Measurements) -> None:
        """Take what the check-up saw before the first step as the first look."""
        heads = {output.layer for output in measurements.outputs}
        at = [call.index for call in measurements.calls if call.path in heads]
        self._add(0, 0, layer_samples(measurements.calls, at))

    def after(self, x: Any, result: Any, step: int, epoch: int) -> None:
        """Look at the batch `x` with the weights after a step, if it is time to."""
        if self._looks.due(step, time.perf_counter() - self._began):
            self._add(step, epoch, self._looks.look(x, result, step))

    def findings(self) -> tuple[Finding, ...]:
        """Return what the rules over a training say about its layers."""
        return diagnose_run(self._run()) if len(self._samples) > 1 else ()

    def _add(self, step: int, epoch: int, layers: tuple[LayerSample, ...]) -> None:
        if not layers:
            return
        self._samples.append(
            StepSample(
                step=step,
                epoch=epoch,
                seconds=time.perf_counter() - self._began,
                loss=None,
                grad_norm=math.nan,
                update_ratio=None,
                clipped_share=None,
                layers=layers,
            )
        )

    def _run(self) -> TrainingRun:
        return TrainingRun(
            name=self._model.name,
            started="",
            finished=True,
            backend=keras.backend.backend(),
            keras_version=keras.__version__,
            model=self._model.name,
            optimizer="",
            learning_rate=None,
            clip=None,
            clip_limit=None,
            update_freq="",
            steps=self._samples[-1].step,
            samples=tuple(self._samples),
        )


def with_findings(visit: Visit, found: tuple[Finding, ...]) -> Visit:
    """Return the visit with findings about its layers over time.

    They judge no second time: a training that goes well makes notes of them, and where it has
    failed they stand before what only the loss says, as its cause, or behind what else was found.
    Units that die under a penalty above the data loss are its work.
    """
    if not found:
        return visit
    if visit.verdict is Verdict.HEALTHY:
        notes = tuple(replace(finding, severity=Severity.NOTE) for finding in found)
        return replace(visit, findings=(*visit.findings, *notes))
    if visit.verdict is Verdict.UNKNOWN:
        return replace(
            visit,
            verdict=Verdict.WATCH,
            certainty="possible",
            reason=found[0].message,
            findings=(*found, *visit.findings),
        )
    roots = [f for f in visit.findings if f.explained_by is None and f.severity is not NOTE]
    known = [f for f in roots if f.code not in FAILED or f.cause is Cause.REGULARIZATION]
    if not known and roots:
        return _as_their_cause(visit, found)
    return replace(visit, findings=(*visit.findings, *_below(known, found)))


def _as_their_cause(visit: Visit, found: tuple[Finding, ...]) -> Visit:
    first, *others = found
    folded = [
        replace(f, explained_by=first.code, explains=()) if f.severity is not NOTE else f
        for f in (*visit.findings, *others)
    ]
    codes = tuple(dict.fromkeys(f.code for f in folded if f.explained_by == first.code))
    worst = Severity.ERROR if visit.verdict is Verdict.SICK else first.severity
    root = replace(first, explains=codes, severity=worst)
    return replace(visit, findings=(root, *folded), reason=f"{visit.reason}; {first.message}")


def _below(known: list[Finding], found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Fold each finding under the first known one of the same cause, or under a penalty."""
    parents = {f.cause: f.code for f in reversed(known)}
    drowned = parents.get(Cause.REGULARIZATION)
    return tuple(replace(f, explained_by=parents.get(f.cause, drowned)) for f in found)
