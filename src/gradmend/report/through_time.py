"""The gradient's way through time at each recurrent layer."""

from __future__ import annotations

from collections.abc import Sequence

from gradmend.records import Finding, Measurements, ReachSignal, TimeSignal
from gradmend.report.blocks import TimeProfile
from gradmend.report.words import number, plain, plural


def time_profiles(
    m: Measurements,
    root: Finding | None,
    *,
    words: Sequence[str] = (),
    before: Measurements | None = None,
) -> tuple[TimeProfile, ...]:
    """Return one profile per call of a recurrent layer that has a gradient curve.

    Where the layer was unrolled, the curve is the exact ‖dL/dh‖ of every real step; models
    that look across steps by convolution or attention show how far their input is heard.

    Args:
        m: What was measured.
        root: The finding whose layers are marked.
        words: What stands at each step, to be shown under it where the numbers agree.
        before: The same of the model before it was mended, for comparison.
    """
    where = root.where if root else ()
    layers = [
        _profile(signal, words, _before(place, before), marked=signal.layer in where)
        for place, signal in enumerate(m.times)
        if curve_of(signal)
    ]
    others = () if layers else tuple(_reach(reach, words) for reach in m.reaches)
    return (*layers, *others)


def curve_of(signal: TimeSignal) -> tuple[float, ...]:
    """Return the exact curve of the states where there is one, else that of the inputs."""
    exact = signal.unrolled.norms if signal.unrolled is not None else ()
    return exact or signal.gradient_norms


def _before(place: int, m: Measurements | None) -> tuple[float, ...]:
    if m is None or place >= len(m.times):
        return ()
    return curve_of(m.times[place])


def _profile(
    signal: TimeSignal, words: Sequence[str], before: tuple[float, ...], *, marked: bool
) -> TimeProfile:
    curve = curve_of(signal)
    return TimeProfile(
        label=_label(signal),
        norms=curve,
        remark=_remark(signal),
        marked=marked,
        words=_fitting(words, len(curve)),
        before=before,
    )


def _fitting(words: Sequence[str], steps: int) -> tuple[str, ...]:
    return tuple(plain(word) for word in words) if len(words) == steps else ()


def _reach(reach: ReachSignal, words: Sequence[str]) -> TimeProfile:
    through = " and ".join(reach.through)
    share = reach.usable_share
    heard = "" if share is None else f", {share:.0%} of them heard"
    return TimeProfile(
        label=f"{plain(reach.entrance)} (through {through})",
        norms=reach.norms,
        remark=f"over {plural(len(reach.norms), 'step')}{heard}",
        words=_fitting(words, len(reach.norms)),
    )


def _label(signal: TimeSignal) -> str:
    call = "" if signal.call == 1 else f"#{signal.call}"
    return f"{plain(signal.layer)}{call} ({plain(signal.cell)})"


def _remark(signal: TimeSignal) -> str:
    unrolled = signal.unrolled
    if unrolled is None:
        parts = [_memory(signal.memory_length, signal.steps), _slope(signal.decades_per_step)]
    else:
        parts = [
            _memory(unrolled.memory_length, len(unrolled.norms)),
            "" if unrolled.usable_share is None else f"{unrolled.usable_share:.0%} of them heard",
            _slope(unrolled.decades_per_step),
        ]
        parts += [
            f"{gate.name} gate keeps {number(gate.keeps)} per step"
            for gate in unrolled.gates
            if gate.keeps is not None
        ]
        if unrolled.lyapunov is not None:
            parts.append(f"Lyapunov exponent {number(unrolled.lyapunov)}")
    if signal.spectral_radius is not None:
        parts.append(f"spectral radius {number(signal.spectral_radius)}")
    return ", ".join(part for part in parts if part)


def _memory(length: float | None, steps: int) -> str:
    if length is None:
        return f"over {plural(steps, 'step')}"
    return f"memory length {number(length)} of {plural(steps, 'step')}"


def _slope(decades: float | None) -> str:
    if decades is None or not decades:
        return ""
    return f"{'shrinks' if decades > 0 else 'grows'} {number(abs(decades))} decades a step back"
