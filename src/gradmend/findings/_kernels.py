"""Kernels beside the layers that own them, and how large they are for their activation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradmend.findings._activation_families import fitting_gains
from gradmend.findings._layers import activation_behind, consumers, head_indices, norm_behind
from gradmend.records.measurements import Measurements
from gradmend.records.signals import LayerCall, WeightSignal

KERNEL_ROLES = frozenset({"kernel", "recurrent_kernel"})


def trainable_kernels(weights: tuple[WeightSignal, ...]) -> tuple[WeightSignal, ...]:
    """The kernels that training may change, recurrent ones included."""
    return tuple(w for w in weights if w.trainable and w.role in KERNEL_ROLES)


def calls_by_layer(m: Measurements) -> dict[str, LayerCall]:
    """The first call of each layer, by its path."""
    found: dict[str, LayerCall] = {}
    for call in m.calls:
        found.setdefault(call.path, call)
    return found


def is_constant(weight: WeightSignal) -> bool:
    """Whether all entries are one value; RMS = |mean| only then."""
    return abs(weight.rms - abs(weight.mean)) <= 1e-5 * weight.rms


@dataclass(frozen=True, kw_only=True, slots=True)
class HiddenKernel:
    """A kernel of a hidden dense or convolutional layer and the activation it feeds.

    `times_too_wide` and `times_too_narrow` are 1.0 inside the band that fits or that the
    default initializer gives; `times_below_ideal` ignores the default: a Glorot kernel
    before ReLU is 1.41 below the ideal, and 1.0 times too narrow.
    """

    weight: WeightSignal
    call: LayerCall
    activation: str | None
    times_too_wide: float
    times_too_narrow: float
    times_below_ideal: float


def hidden_kernels(m: Measurements) -> Iterator[HiddenKernel]:
    """Yield the trainable hidden kernels whose scale reaches the activation behind them."""
    calls, readers, heads = calls_by_layer(m), consumers(m), head_indices(m)
    for weight in m.weights:
        call = calls.get(weight.layer)
        if weight.role != "kernel" or not weight.trainable or call is None:
            continue
        if not call.has_kernel or call.index in heads:
            continue
        default = weight.glorot_gain
        if weight.gain is None or default is None or norm_behind(call, readers):
            continue
        activation = activation_behind(call, readers)
        low, high = fitting_gains(activation)
        yield HiddenKernel(
            weight=weight,
            call=call,
            activation=activation,
            times_too_wide=max(weight.gain / max(high, default), 1.0),
            times_too_narrow=max(min(low, default) / weight.gain, 1.0) if weight.gain else 1.0,
            times_below_ideal=max(low / weight.gain, 1.0) if weight.gain else 1.0,
        )


def head_kernels(m: Measurements) -> Iterator[tuple[WeightSignal, float]]:
    """Yield the trainable kernels that form an output, and how much wider than default they are."""
    calls, heads = calls_by_layer(m), head_indices(m)
    for weight in m.weights:
        call = calls.get(weight.layer)
        if weight.role != "kernel" or not weight.trainable or call is None:
            continue
        if call.role != "dense" or call.index not in heads or not weight.gain:
            continue
        if weight.glorot_gain is not None:
            yield weight, weight.gain / max(weight.glorot_gain, 1.0)
