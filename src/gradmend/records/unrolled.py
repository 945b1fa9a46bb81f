"""What a recurrence shows when it is unrolled: exact gradients of its states, gates, kernels.

Curves run over the real (unmasked) steps only and are aligned at their end: the last
entry is the last real step of every sample, wherever its padding stands.
"""

from __future__ import annotations

from dataclasses import dataclass

# A step is heard when its gradient is at least this share of the largest one (three decades).
USABLE = 1e-3


@dataclass(frozen=True, kw_only=True, slots=True)
class StateCurve:
    """The gradient of the loss with respect to one state, step by step.

    `norms[t]` is the root mean square over samples of the per-sample L2 norm of
    dL/ds_t, the state after step t. `name` is h or c, with the number of the cell in a
    stack ("cell 2 h"), or "state 1" for cells of the user's own.
    """

    name: str
    norms: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class GateSignal:
    """One gate over all real steps.

    `mean` is over steps, samples and units. For the gate that keeps the state (forget
    gate of an LSTM, update gate of a GRU), `keeps` is the share of the state that the
    median unit keeps per step (a geometric mean), `keeps_longest` that of the unit with
    the longest memory; both None for the others.
    """

    name: str
    mean: float
    keeps: float | None = None
    keeps_longest: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class KernelSignal:
    """The recurrent kernel of one gate, or of the whole cell ("recurrent").

    `singular_values` holds the largest ones, falling; `spectral_radius` is the largest
    |eigenvalue|.
    """

    name: str
    spectral_radius: float
    singular_values: tuple[float, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Unrolled:
    """One call of a recurrent layer, unrolled over `samples` samples.

    `norms` joins the states: sqrt(‖dL/dh_t‖² + ‖dL/dc_t‖²). `decades_per_step` is the
    slope of its log10 toward the past (positive = shrinks into the past),
    `memory_length` the steps over which it falls to 1/e, `usable_share` the share of
    real steps at which it is at least `USABLE` of its largest value. `lyapunov` is the
    largest Lyapunov exponent along the trajectory, in nats per step: how fast the effect
    of a small change of the state grows (positive) or fades (negative), whatever the loss
    reads. `saturated` is the share of entries of a tanh state beyond 0.99. `every_step`
    tells that the layer returns all its steps, so that the loss may enter anywhere;
    `handed_on` that its output is no state of it, so that dL/ds_t does not contain what
    the output of step t itself does.
    """

    samples: int
    norms: tuple[float, ...] = ()
    states: tuple[StateCurve, ...] = ()
    gates: tuple[GateSignal, ...] = ()
    kernels: tuple[KernelSignal, ...] = ()
    decades_per_step: float | None = None
    memory_length: float | None = None
    usable_share: float | None = None
    lyapunov: float | None = None
    saturated: float | None = None
    every_step: bool = False
    handed_on: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReachSignal:
    """How far the gradient reaches at an entrance of sequences, whatever layers follow.

    `norms[t]` is the root mean square over samples of ‖dL/dx_t‖ at a model input of
    shape (batch, steps, features), or at the output of an embedding. `through` names the
    kinds of layer behind it that look across steps: recurrent, convolution, attention.
    """

    entrance: str
    through: tuple[str, ...]
    norms: tuple[float, ...]
    usable_share: float | None = None
