from __future__ import annotations

import numpy as np
import pytest

from gradmend.records import Cause, Grade
from gradmend.treatments.normalize_recurrence import CELL, prescribe
from tests.findings.records import mlp, recurrence
from tests.treatments.findings import finding

MEMORY = finding("R102", Cause.RECURRENT_MEMORY, "rnn")


def test_the_cell_is_written_out_as_advice() -> None:
    (cure,) = prescribe(mlp(1, times=(recurrence(cell="SimpleRNNCell"),)), MEMORY)
    assert cure.grade is Grade.ADVICE
    assert cure.after[-1] == "RNN(NormalizedCell(32))"


def test_the_lines_run_and_hold_the_size_of_the_state() -> None:
    keras = pytest.importorskip("keras")
    names = {"keras": keras}
    exec("\n".join(CELL), names)  # noqa: S102 - our own lines
    layer = keras.layers.RNN(names["NormalizedCell"](8))  # type: ignore[operator]  # made by exec
    model = keras.Sequential([keras.Input((5, 3)), layer])
    x = 1000.0 * np.random.default_rng(0).normal(size=(4, 5, 3))
    small, large = (keras.ops.convert_to_numpy(model(scale * x)) for scale in (1.0, 100.0))
    assert np.allclose(small, large, atol=5e-3)
    copy = keras.Sequential.from_config(model.get_config())
    assert copy.layers[0].cell.units == 8


def test_gated_cells_are_left_alone() -> None:
    assert not list(prescribe(mlp(1, times=(recurrence(cell="LSTMCell"),)), MEMORY))
