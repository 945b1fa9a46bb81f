"""What the published rules ask for, out of one stored case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any

from gradmend.records import LayerCall, Measurements, Visit, WeightSignal
from gradmend.records.codec import decode


@dataclass(frozen=True, kw_only=True)
class Look:
    """Layers and weights at one moment of a training."""

    calls: tuple[LayerCall, ...]
    weights: tuple[WeightSignal, ...]

    @property
    def kernels(self) -> tuple[WeightSignal, ...]:
        """Kernels with a gradient, from input to output."""
        return tuple(
            w
            for w in self.weights
            if w.role in ("kernel", "recurrent_kernel") and w.gradient_norm is not None
        )


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One case: three looks, the losses, and the skill after each epoch."""

    first: Measurements
    looks: tuple[Look, ...]
    skills: tuple[float, ...]

    @property
    def losses(self) -> tuple[float, ...]:
        """The windows of the training loss."""
        return self.first.course.losses if self.first.course is not None else ()

    @property
    def nonfinite(self) -> bool:
        """Whether a loss, a weight or a gradient is NaN or infinite."""
        losses = (self.first.loss.total, *self.losses)
        return any(not isfinite(loss) for loss in losses) or any(
            w.nonfinite or w.gradient_nonfinite for look in self.looks for w in look.weights
        )


def seen_in(record: dict[str, Any]) -> Seen | None:
    """Return what the rules may look at, None where nothing could be measured."""
    first = decode(record["visit"], Visit).measurements
    if first is None:
        return None
    looks = [Look(calls=first.calls, weights=first.weights)]
    if first.rehearsal is not None:
        looks.append(Look(calls=first.rehearsal.calls, weights=first.rehearsal.weights))
    if record["last"] is not None:
        last = decode(record["last"], Measurements)
        looks.append(Look(calls=last.calls, weights=last.weights))
    return Seen(first=first, looks=tuple(looks), skills=tuple(record["skills"]))


def hidden_relu(look: Look) -> Iterator[LayerCall]:
    """ReLU calls before the last weighted one."""
    weighted = [c.index for c in look.calls if c.weights]
    end = weighted[-1] if weighted else len(look.calls)
    for call in look.calls:
        relu = call.activation == "relu" or call.class_name == "ReLU"
        if relu and call.index < end and call.forward is not None:
            yield call


def saturated(look: Look, share: float) -> bool:
    """Whether a bounded layer has this share of outputs beyond the softer bound."""
    return any(
        c.forward is not None
        and c.forward.saturated_soft is not None
        and c.forward.saturated_soft > share
        for c in look.calls[:-1]
    )


def mean_size(weight: WeightSignal) -> float:
    """The mean |gradient| of normal entries with this RMS: RMS·sqrt(2/π)."""
    return (weight.gradient_rms or 0.0) * sqrt(2.0 / 3.141592653589793)
