"""Where units are saturated or dead, one row per layer call that can be."""

from __future__ import annotations

from gradmend.records import ForwardSignal, LayerCall, Measurements
from gradmend.report.blocks import UnitRow, UnitStrip
from gradmend.report.words import plain

# Zero or less on every sample is the death of a unit only where what follows cannot bring it back.
RECTIFIED = frozenset({"relu", "relu6"})


def unit_strip(m: Measurements) -> UnitStrip | None:
    """Return the strip, None where no layer has bounds to saturate at or a zero to die at."""
    rows = tuple(
        UnitRow(
            label=plain(call.label),
            saturated=call.forward.saturated_soft,
            dead=_dead(call, call.forward),
        )
        for call in m.calls
        if call.forward is not None
    )
    if all(row.saturated is None and row.dead is None for row in rows):
        return None
    return UnitStrip(caption="saturated and dead units, input first", rows=rows)


def _dead(call: LayerCall, forward: ForwardSignal) -> float | None:
    rectified = call.activation in RECTIFIED or call.class_name == "ReLU"
    return forward.dead_share if rectified and forward.units else None
