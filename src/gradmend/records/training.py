"""One training as `GradientMonitor` recorded it: sampled steps, epochs, and what happened.

Norms are L2 norms in float64. Gradients are those before clipping, with any loss scale
divided out; with gradient accumulation, the mean that the update is made of.
"""

from __future__ import annotations

from dataclasses import dataclass

from gradmend.records.measurements import Measurements


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainedWeight:
    """One trainable weight: its path in the model, its shape, and its share in the samples.

    `size` is the number of its entries.
    """

    path: str
    shape: tuple[int, ...]
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightSample:
    """One weight in one sampled step. `weight_norm` is that after the step.

    `gradient_zeros` and `gradient_nonfinite` count entries. `update_norm` is the norm of the
    change that the step made; `update_ratio` divides it by `weight_norm` (None for a
    weight of zeros).
    """

    path: str
    gradient_norm: float
    gradient_largest: float
    gradient_zeros: int
    gradient_nonfinite: int
    weight_norm: float
    update_norm: float

    @property
    def update_ratio(self) -> float | None:
        """Size of the update relative to the weight."""
        return self.update_norm / self.weight_norm if self.weight_norm > 0 else None


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerSample:
    """The output of one layer call after one sampled step, over the batch of that step.

    `path` carries the number of the call when a shared layer is called again ("dense#2").
    Sizes and shares are over the finite entries; `nonfinite` counts the others. `saturated` is
    the share of entries beyond 0.99 for tanh or outside 0.01..0.99 for sigmoid, None for
    other activations, and for gates and recurrent layers, which saturate to do their work.
    `dead_units` counts units of a ReLU that are zero on the whole batch, of `units`; None for
    other activations. Both are None for the output of the model. `seen` is the number of
    samples and positions that one unit was seen on.
    """

    path: str
    rms: float
    largest: float
    zero_share: float
    saturated: float | None = None
    dead_units: int | None = None
    units: int | None = None
    nonfinite: int = 0
    seen: int = 0

    @property
    def dead_share(self) -> float | None:
        """Share of units that are zero on the whole batch."""
        return self.dead_units / self.units if self.dead_units is not None and self.units else None


@dataclass(frozen=True, kw_only=True, slots=True)
class StepSample:
    """One sampled step. `step` counts from 1 within the `fit`, `epoch` from 0 as in Keras.

    `seconds` is the time since training began. `loss` is what the logs said (the mean
    over the epoch so far), None when they said nothing. `grad_norm` is the global norm before
    clipping, `update_ratio` the norm of the whole update over that of all weights,
    `clipped_share` the share of gradients that were clipped (None: no clipping).
    `updated` is false for a step that only accumulated its gradient.
    """

    step: int
    epoch: int
    seconds: float
    loss: float | None
    grad_norm: float
    update_ratio: float | None
    clipped_share: float | None
    loss_scale: float = 1.0
    updated: bool = True
    weights: tuple[WeightSample, ...] = ()
    layers: tuple[LayerSample, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LogValue:
    """One number of the logs at the end of an epoch, by the name Keras gave it."""

    name: str
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class EpochLogs:
    """The logs of one epoch. `step` is the number of steps taken when it ended."""

    epoch: int
    step: int
    logs: tuple[LogValue, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """Something that happened in a training.

    `kind` is one of: nonfinite (a step gave NaN or infinity; `file` is its capsule),
    skipped, note (something could not be recorded), error (the exception that ended it).
    """

    kind: str
    step: int
    message: str
    file: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """A full check-up of the `probe` batch, made at the end of an epoch."""

    epoch: int
    step: int
    measurements: Measurements


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingRun:
    """Everything a run store holds on one `fit`.

    `started` is the time it began (UTC, ISO 8601). `finished` is false while it goes on, and
    for a run that was killed. `steps` is the number of steps known to have been taken.
    `clip` and `clip_limit` say how the optimizer clips ("global_clipnorm", 1.0).
    """

    name: str
    started: str
    finished: bool
    backend: str
    keras_version: str
    model: str
    optimizer: str
    learning_rate: float | None
    clip: str | None
    clip_limit: float | None
    update_freq: str
    steps: int
    weights: tuple[TrainedWeight, ...] = ()
    samples: tuple[StepSample, ...] = ()
    epochs: tuple[EpochLogs, ...] = ()
    incidents: tuple[Incident, ...] = ()
    probes: tuple[Probe, ...] = ()
