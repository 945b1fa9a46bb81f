"""Everything `measure` found on one batch. The waist of the whole design."""

from __future__ import annotations

from dataclasses import dataclass

from gradmend.records.course import Course
from gradmend.records.facts import (
    LossFacts,
    ModelFacts,
    OptimizerFacts,
    OutputFacts,
    TensorFacts,
)
from gradmend.records.rehearsal import Rehearsal
from gradmend.records.signals import LayerCall, TimeSignal, WeightSignal
from gradmend.records.unrolled import ReachSignal


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurements:
    """One batch seen forward and backward, and one optimizer step on copies.

    `calls` run in the order of the forward pass. `batch_size` counts the samples
    measured, `fit_batch_size` those of one training step where that is known,
    `batches` how many batches were combined (by the median). `notes` say aloud what
    could not be seen. `rehearsal` is present when a second look was taken, `course`
    when a whole training was followed. `reaches` is filled when the gradient was followed
    through time; `lag` is how many steps back the user says that the answer lies.
    `sample_weights` are those of the batch, one tensor per output that has its own.
    `batch_variety` is the variance of the targets within a batch over that of all rows, known
    where `fit` takes arrays in their order. `times_after` is `times` once more, of the model as the
    training that `course` tells has left it: filled where that training disappointed.
    """

    backend: str
    keras_version: str
    batch_size: int
    batches: int
    fit_batch_size: int | None = None
    model: ModelFacts
    loss: LossFacts
    calls: tuple[LayerCall, ...] = ()
    weights: tuple[WeightSignal, ...] = ()
    times: tuple[TimeSignal, ...] = ()
    inputs: tuple[TensorFacts, ...] = ()
    outputs: tuple[OutputFacts, ...] = ()
    optimizer: OptimizerFacts | None = None
    notes: tuple[str, ...] = ()
    rehearsal: Rehearsal | None = None
    course: Course | None = None
    reaches: tuple[ReachSignal, ...] = ()
    lag: int | None = None
    batch_variety: float | None = None
    sample_weights: tuple[TensorFacts, ...] = ()
    times_after: tuple[TimeSignal, ...] = ()

    @property
    def targets(self) -> tuple[TensorFacts, ...]:
        """The targets, one per output that has one."""
        return tuple(output.target for output in self.outputs if output.target is not None)
