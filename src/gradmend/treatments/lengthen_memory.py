"""Start a gated cell with biases that remember for the length of the sequence.

## What it changes
The biases of the forget (LSTM) or update (GRU) gate start at log U(1, T - 1), spread over
the memory lengths the sequence has; a simple cell is exchanged for such an LSTM.

## When it helps
What matters lies far back. Measured over 100 steps: LSTM 0.44-0.50 with Keras' default
biases, 0.98-0.99 with these.

## When it harms
Tasks with a short memory start too sticky. An LSTM without these biases can be worse than
the simple cell it replaces.

## References
Tallec & Ollivier (2018), Can recurrent neural networks warp time?, ICLR.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records.finding import Cause, Finding
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Grade, Prescription
from gradmend.records.signals import TimeSignal
from gradmend.treatments._treatment import Treatment

MIN_STEPS = 4  # log U(1, T - 1) needs room


def prescribe(m: Measurements, finding: Finding) -> Iterator[Prescription]:
    """Yield one prescription per recurrent layer named by the finding."""
    for times in m.times:
        if times.layer not in finding.where or times.call != 1:
            continue
        units, steps = times.units, steps_of(m, times)
        new = "GRU" if "GRU" in times.cell else "LSTM"
        name = times.layer.rpartition("/")[2]
        yield TREATMENT.prescription(
            finding,
            expected=f"the memory length grows toward {steps} steps{_size(times.cell, new)}",
            where=(times.layer,),
            before=(f"{times.cell.removesuffix('Cell')}({units})",),
            after=(
                f'{new}({units}, name="{name}")',
                f"b = numpy.log(numpy.random.uniform(1, {steps - 1}, {units}))",
                f'model.get_layer("{name}").cell.bias.assign({_bias(new, units)})',
            ),
        )


def steps_of(m: Measurements, times: TimeSignal) -> int:
    """Return how long a layer has to remember: the lag that was named, or the sequence."""
    wanted = times.real_steps if m.lag is None else min(float(m.lag), times.real_steps)
    return max(round(wanted), MIN_STEPS)


def _size(old: str, new: str) -> str:
    """What an exchange costs: an LSTM has four kernels where a simple cell has one."""
    return "" if new in old else "; four times the parameters of the simple cell"


def _bias(cell: str, units: int) -> str:
    """The bias of the whole cell, gates in the order of Keras: i, f, c, o or z, r, h."""
    if cell == "LSTM":
        return f"numpy.concatenate([-b, b, numpy.zeros({2 * units})])"
    return gru_bias(units)


def gru_bias(units: int) -> str:
    """The two bias vectors of a GRU, with the array b in the update gate."""
    update = f"numpy.concatenate([b, numpy.zeros({2 * units})])"
    return f"numpy.stack([{update}, numpy.zeros({3 * units})])"


TREATMENT = Treatment(
    name="lengthen-memory",
    title="start gates with long memory (chrono)",
    grade=Grade.CHANGES_FUNCTION,
    prescribe=prescribe,
    causes=frozenset({Cause.RECURRENT_MEMORY}),
)
