"""The gradient's way through depth: which calls to read, and how it falls or grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from statistics import fmean, median

from gradmend.findings._layers import WEIGHTED, hidden_calls, positions
from gradmend.records.measurements import Measurements
from gradmend.records.signals import BackwardSignal, LayerCall

MIN_CALLS = 3  # a line through two points fits always
CARRYING = WEIGHTED | {"activation", "merge", "norm"}


@dataclass(frozen=True, kw_only=True, slots=True)
class DepthProfile:
    """`decades` is positive when the gradient shrinks on its way back to the first layers.

    `slope` is decades per call and `r2` how well one slope fits. `flow_decades` is
    the same fall for ‖h‖·‖dL/dh‖, None where it is zero somewhere at the ends, and
    `forward_decades` how far the RMS of the output falls from first to last call.
    """

    calls: tuple[LayerCall, ...]
    decades: float
    slope: float
    r2: float
    flow_decades: float | None
    forward_decades: float | None

    @property
    def first(self) -> LayerCall:
        """The call nearest to the input."""
        return self.calls[0]

    @property
    def last(self) -> LayerCall:
        """The last hidden call."""
        return self.calls[-1]


def slope_and_fit(values: Sequence[float]) -> tuple[float, float]:
    """The least-squares slope of values over their index, and R².

    Example:
        >>> slope_and_fit([1.0, 2.0, 3.0])
        (1.0, 1.0)
    """
    middle, mean = (len(values) - 1) / 2, fmean(values)
    spread = sum((i - middle) ** 2 for i in range(len(values)))
    total = sum((value - mean) ** 2 for value in values)
    slope = sum((i - middle) * value for i, value in enumerate(values)) / spread
    return slope, (slope**2 * spread / total if total else 1.0)


def _on_the_trunk(calls: Sequence[LayerCall]) -> list[LayerCall]:
    """Leave out gates that squeeze an image to one place while the trunk goes on."""
    kept: list[LayerCall] = []
    widest_behind = 1
    for call in reversed(calls):
        places = positions(call)
        if places > 1 or widest_behind == 1:
            kept.append(call)
        widest_behind = max(widest_behind, places)
    return kept[::-1]


def chain(m: Measurements) -> tuple[LayerCall, ...]:
    """The hidden calls that carry weights or activations, with a gradient, forward order."""
    carrying = [
        call
        for call in hidden_calls(m)
        if call.role in CARRYING and call.backward is not None and call.backward.nonfinite == 0
    ]
    return tuple(call for call in _on_the_trunk(carrying) if _size(call.backward) > 0.0)


def _size(backward: BackwardSignal | None) -> float:
    return backward.norm if backward is not None else 0.0


def _fall(values: Sequence[float]) -> float | None:
    """Decades from the last to the first value, by the median of a few at each end."""
    ends = max(1, min(3, len(values) // 10))
    first, last = median(values[:ends]), median(values[-ends:])
    return log10(last) - log10(first) if first > 0.0 and last > 0.0 else None


def decades_around(m: Measurements, profile: DepthProfile) -> float:
    """How many decades more gradient arrives before the profile's first call than at it.

    The queries of attention get little gradient at first, and what stands before them gets its
    own through the values: then nothing has vanished. 0.0 where there is no such road.
    """
    before = [c for c in hidden_calls(m) if c.index < profile.first.index]
    most = max((_size(call.backward) for call in before), default=0.0)
    least = _size(profile.first.backward)
    return max(log10(most / least), 0.0) if most > 0.0 and least > 0.0 else 0.0


def depth_profile(m: Measurements) -> DepthProfile | None:
    """Return the profile of the gradient over depth, None with too few calls to judge."""
    calls = chain(m)
    if len(calls) < MIN_CALLS:
        return None
    norms = [call.backward.norm for call in calls if call.backward is not None]
    flows = [call.backward.flow for call in calls if call.backward is not None]
    outputs = [call.forward.rms for call in calls if call.forward is not None]
    decades, outward = _fall(norms), _fall(outputs)
    slope, r2 = slope_and_fit([log10(norm) for norm in norms])
    return DepthProfile(
        calls=calls,
        decades=decades if decades is not None else 0.0,
        slope=slope,
        r2=r2,
        flow_decades=_fall(flows),
        forward_decades=-outward if outward is not None else None,
    )
