"""The gradient's way through time at each recurrent layer."""

from __future__ import annotations

from gradmend.records import Finding, Measurements, TimeSignal
from gradmend.report.blocks import TimeProfile
from gradmend.report.words import number, plain, plural


def time_profiles(m: Measurements, root: Finding | None) -> tuple[TimeProfile, ...]:
    """Return one profile per call of a recurrent layer that has a gradient curve."""
    where = root.where if root else ()
    return tuple(
        TimeProfile(
            label=_label(signal),
            norms=signal.gradient_norms,
            remark=_remark(signal),
            marked=signal.layer in where,
        )
        for signal in m.times
        if signal.gradient_norms
    )


def _label(signal: TimeSignal) -> str:
    call = "" if signal.call == 1 else f"#{signal.call}"
    return f"{plain(signal.layer)}{call} ({plain(signal.cell)})"


def _remark(signal: TimeSignal) -> str:
    parts = [_memory(signal), _slope(signal.decades_per_step)]
    if signal.spectral_radius is not None:
        parts.append(f"spectral radius {number(signal.spectral_radius)}")
    return ", ".join(part for part in parts if part)


def _memory(signal: TimeSignal) -> str:
    if signal.memory_length is None:
        return f"over {plural(signal.steps, 'step')}"
    return f"memory length {number(signal.memory_length)} of {plural(signal.steps, 'step')}"


def _slope(decades: float | None) -> str:
    if decades is None or not decades:
        return ""
    return f"{'shrinks' if decades > 0 else 'grows'} {number(abs(decades))} decades a step back"
