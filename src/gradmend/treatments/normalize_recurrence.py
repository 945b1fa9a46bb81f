"""Normalize the sum inside the cell (layer normalization) at every step.

## What it changes
The cell is exchanged for one of your own that normalizes its sum before the activation. Keras
has no such cell, so the class is written out; gradmend does not put it into a model, which
could then not be loaded without it.

## When it helps
States that saturate or die out over many steps, small batches, inputs of changing size.

## When it harms
Batch normalization over time steps in its place. Where the scale of the input is the answer.

## References
Ba, Kiros & Hinton (2016), Layer normalization, arXiv:1607.06450, section 5.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.treatments._treatment import Treatment

CELL = (
    "@keras.saving.register_keras_serializable()",
    "class NormalizedCell(keras.layers.SimpleRNNCell):",
    "    def build(self, shape):",
    "        super().build(shape)",
    "        self.norm = keras.layers.LayerNormalization()",
    "        self.norm.build((None, self.units))",
    "    def call(self, inputs, states, training=False):",
    "        total = inputs @ self.kernel + states[0] @ self.recurrent_kernel",
    "        output = self.activation(self.norm(total))",
    "        return output, [output]",
)


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one piece of advice for the first simple recurrence named by the finding."""
    simple = [
        t
        for t in m.times
        if t.layer in finding.where and t.cell.removesuffix("Cell") == "SimpleRNN"
    ]
    if not simple:
        return
    yield TREATMENT.prescription(
        finding,
        expected="the state keeps its size over the steps, whatever the weights do",
        where=(simple[0].layer,),
        before=(f"SimpleRNN({simple[0].units})",),
        after=(*CELL, f"RNN(NormalizedCell({simple[0].units}))"),
    )


TREATMENT = Treatment(
    name="normalize-recurrence",
    title="normalize inside the cell at every step",
    grade=Grade.ADVICE,
    prescribe=prescribe,
    causes=frozenset({Cause.RECURRENT_MEMORY, Cause.RECURRENT_EXPLOSION}),
)
