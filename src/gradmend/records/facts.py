"""What is known about data, loss, outputs and optimizer beside the signals."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class TensorFacts:
    """One input or target tensor of the batch.

    Moments are over the finite entries. `distinct` counts different values, capped
    at 1001. `constant_share` is the share of features (entries of a sample) that do not
    vary over the batch, `spread` the ratio of the largest to the smallest standard
    deviation of the varying features of a table (None with fewer than two).
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    mean: float
    std: float
    rms: float
    smallest: float
    largest: float
    nonfinite: int
    integer_valued: bool
    distinct: int
    constant_share: float = 0.0
    spread: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputFacts:
    """One output of the model beside the loss and the target that judge it.

    `loss` is the snake_case name Keras uses ("categorical_crossentropy"), or the
    name of a custom function; None when the output has no loss. `activation` is
    that of the last layer. `row_sum_error` is the largest |sum over the last axis - 1|,
    near zero for probabilities. `pairing` is near zero where a loss of the user's own stays the
    same when targets change places; None where that was not tried.
    """

    name: str
    layer: str | None
    activation: str | None
    units: int
    shape: tuple[int, ...]
    loss: str | None
    from_logits: bool | None
    smallest: float
    largest: float
    mean: float
    std: float
    nonfinite: int
    row_sum_error: float | None
    target: TensorFacts | None
    trivial_loss: float | None = None
    pairing: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LossFacts:
    """The loss of the batch: `total` = `data` + `penalty`.

    `penalty` sums regularizers and `add_loss` terms. `trivial` is the data loss of
    the best constant prediction (class prior, mean or median), None where no such
    prediction could be formed.
    """

    total: float
    data: float
    penalty: float
    trivial: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OptimizerFacts:
    """The settings that decide the size of a step. Unknown ones are None."""

    name: str
    learning_rate: float | None
    iterations: int = 0
    momentum: float | None = None
    epsilon: float | None = None
    weight_decay: float | None = None
    clipnorm: float | None = None
    clipvalue: float | None = None
    global_clipnorm: float | None = None
    loss_scale: float | None = None
    accumulation_steps: int | None = None
    scheduled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFacts:
    """The model as a whole. `kind` is Sequential, Functional or Subclassed."""

    name: str
    kind: str
    layers: int
    parameters: int
    trainable_parameters: int
    frozen_layers: int
    precision: str
    custom_train_step: bool = False
