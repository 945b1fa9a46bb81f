"""What one layer call, one weight and one recurrent layer did on the measured batch.

Sizes are plain floats in the units of the tensor; `share` fields lie in 0..1.
Statistics run over the finite entries only; the others are counted apart.
A field that could not be measured is `None`, never a made-up number.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from gradmend.records.unrolled import Unrolled


@dataclass(frozen=True, kw_only=True, slots=True)
class ForwardSignal:
    """The output of one layer call, seen over the whole batch.

    `gain` is the RMS of the output over the RMS of the layer's input.
    `saturated_soft` and `saturated_hard` are shares of entries near the bounds of a
    tanh (beyond 0.9 and 0.99) or a sigmoid (outside 0.1..0.9 and 0.01..0.99); None
    for other activations. `dead_units` counts units that are zero or less on every
    sample and position. `similarity` is the mean cosine between outputs of
    different samples; 1.0 means the layer no longer tells samples apart.
    `preactivation_rms` is the RMS just before a fused activation.
    `attention_one_hot` is the share of the queries of an attention layer that give more than 0.99
    of their weight to one key, of those that may look at two or more; None for other layers. It
    is counted over all heads, on a part of the samples and queries.
    """

    shape: tuple[int, ...]
    rms: float
    mean: float
    std: float
    largest: float
    zero_share: float
    nonfinite: int
    units: int
    dead_units: int
    gain: float | None = None
    similarity: float | None = None
    saturated_soft: float | None = None
    saturated_hard: float | None = None
    preactivation_rms: float | None = None
    attention_one_hot: float | None = None

    @property
    def dead_share(self) -> float:
        """Share of units that never rise above zero on this batch."""
        return self.dead_units / self.units if self.units else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class BackwardSignal:
    """The gradient of the loss with respect to the output of one layer call.

    `norm` is the root mean square over samples of the per-sample L2 norm; `rms` is
    per element. `flow` is the mean over samples of ‖h‖·‖dL/dh‖, the surrogate of
    the gradient scale coefficient (Philipp et al. 2017). All are unscaled: a loss
    scale is divided out.
    """

    rms: float
    norm: float
    largest: float
    zero_share: float
    nonfinite: int
    flow: float


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerCall:
    """One call of one layer, in the order of the forward pass.

    `path` is unique to the layer within the model ("block_1/dense"); a shared layer
    appears once per call with `call` = 1, 2, ... `role` is one of dense, conv,
    projection (a layer of the user's own class with one matrix), recurrent, embedding,
    attention, norm, activation, merge, pool, dropout, reshape, composite, other. `inputs`
    holds the indices of the calls whose outputs it reads, as far as they could be
    followed. `forward` is None when the inside could not be seen; `hidden` then says why.
    `backward` is None when no gradient path leads from the loss to this output.
    """

    index: int
    path: str
    call: int
    class_name: str
    role: str
    activation: str | None = None
    trainable: bool = True
    weights: tuple[str, ...] = ()
    inputs: tuple[int, ...] = ()
    forward: ForwardSignal | None = None
    backward: BackwardSignal | None = None
    hidden: str | None = None

    @property
    def label(self) -> str:
        """The path, with the call number when a shared layer is called again."""
        return self.path if self.call == 1 else f"{self.path}#{self.call}"

    @property
    def has_kernel(self) -> bool:
        """Whether the layer multiplies its input by one matrix, and that is its work."""
        return self.role in ("dense", "conv", "projection")


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightSignal:
    """One weight of the model, its gradient, and one optimizer step taken on a copy.

    `role` is kernel, recurrent_kernel, bias, embeddings, scale or other. `fan_in`
    counts the inputs that one output of a kernel sums over. `gain` is
    RMS(weight)·sqrt(fan_in): 1.0 keeps the variance of a linear layer (LeCun),
    sqrt(2) that of a ReLU layer (He). `relative_gradient` is ‖g‖/‖W‖, `update_ratio`
    is ‖new - old‖/‖old‖; both are None for a zero weight. `constraint` is the class of what is
    applied to the weight after every step.
    """

    path: str
    layer: str
    role: str
    shape: tuple[int, ...]
    trainable: bool
    norm: float
    rms: float
    mean: float
    largest: float
    zero_share: float
    nonfinite: int
    fan_in: int | None = None
    gain: float | None = None
    gradient_norm: float | None = None
    gradient_rms: float | None = None
    gradient_largest: float | None = None
    gradient_zero_share: float | None = None
    gradient_nonfinite: int | None = None
    relative_gradient: float | None = None
    update_norm: float | None = None
    update_ratio: float | None = None
    constraint: str | None = None

    @property
    def glorot_gain(self) -> float | None:
        """The gain of a kernel of this shape as Keras' default initializer draws it."""
        if not self.fan_in or not self.shape:
            return None
        places = self.fan_in / self.shape[-2] if len(self.shape) > 1 and self.shape[-2] else 1.0
        return sqrt(2.0 * self.fan_in / (self.fan_in + self.shape[-1] * places))


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeSignal:
    """What one call of a recurrent layer does to the gradient through time.

    `gradient_norms[t]` is the per-sample L2 norm (RMS over samples) of dL/dx_t at the
    layer's input; empty when there is no gradient path. `decades_per_step` is the slope
    of log10 of that curve toward the past (positive = shrinks into the past), over
    the steps that are real, and `memory_length` the number of steps over which the
    gradient falls to 1/e (None when it does not fall). `spectral_radius` is the
    largest |eigenvalue| of the recurrent kernel (None for gated or custom cells).
    `unrolled` holds the exact gradients of the states, when they were asked for.
    """

    layer: str
    call: int
    cell: str
    activation: str | None
    units: int
    steps: int
    real_steps: float
    gradient_norms: tuple[float, ...] = ()
    decades_per_step: float | None = None
    memory_length: float | None = None
    spectral_radius: float | None = None
    unrolled: Unrolled | None = None
