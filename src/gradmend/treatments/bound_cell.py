"""Give the cell of an LSTM or GRU its tanh back.

## What it changes
The activation of the cell: "tanh", which is the default. Gates and weights stay.

## When it helps
An LSTM or GRU with ReLU, as many examples on the web have it, or with a sigmoid. Nothing bounds
what ReLU adds to the state at every step; a sigmoid only adds, and cannot take back.

## When it harms
Trained weights mean nothing under another activation. On a GPU tanh is the fast way too: cuDNN
knows no other.

## References
Hochreiter & Schmidhuber (1997), Long short-term memory, Neural Computation 9(8). Keras
documentation, `keras.layers.LSTM`: requirements for cuDNN.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._keras_lines import calls_named, distinct, layer_line
from gradmend.treatments._treatment import Treatment

GATED = ("LSTM", "GRU")


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription for the gated recurrences named that have another activation."""
    odd = {
        times.layer
        for times in m.times
        if any(kind in times.cell for kind in GATED) and times.activation not in (None, "tanh")
    }
    layers = [call for call in calls_named(m, finding.where) if call.path in odd]
    if not layers:
        return
    yield TREATMENT.prescription(
        finding,
        expected="the state stays between -1 and 1, and can be taken back",
        where=[call.path for call in layers],
        before=distinct(layer_line(m, call) for call in layers),
        after=distinct(layer_line(m, call, activation='"tanh"') for call in layers),
    )


TREATMENT = Treatment(
    name="bound-cell",
    title="use tanh inside the recurrent cell",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset(
        {Cause.RECURRENT_MEMORY, Cause.RECURRENT_EXPLOSION, Cause.ACTIVATION, Cause.INITIALIZER}
    ),
)
