from __future__ import annotations

import numpy as np
import pytest

from gradmend.records import Cause
from gradmend.treatments.lengthen_memory import prescribe
from tests.findings.records import mlp, recurrence
from tests.treatments.findings import finding

MEMORY = finding("R102", Cause.RECURRENT_MEMORY, "rnn")


def test_gates_of_an_lstm() -> None:
    lstm = recurrence(cell="LSTM", steps=100, real_steps=100.0)
    (cure,) = prescribe(mlp(1, times=(lstm,)), MEMORY)
    assert cure.before == ("LSTM(32)",)
    assert cure.after == (
        'LSTM(32, name="rnn")',
        "b = numpy.log(numpy.random.uniform(1, 99, 32))",
        'model.get_layer("rnn").cell.bias.assign(numpy.concatenate([-b, b, numpy.zeros(64)]))',
    )


def test_gates_of_a_gru_and_a_simple_cell_that_becomes_an_lstm() -> None:
    (gru,) = prescribe(mlp(1, times=(recurrence(cell="GRU"),)), MEMORY)
    (simple,) = prescribe(mlp(1, times=(recurrence(),)), MEMORY)
    assert "numpy.stack([numpy.concatenate([b, numpy.zeros(64)]), numpy.zeros(96)])" in gru.after[2]
    assert (simple.before, simple.after[0]) == (("SimpleRNN(32)",), 'LSTM(32, name="rnn")')


def test_the_lines_run() -> None:
    keras = pytest.importorskip("keras")
    for cell in ("LSTM", "GRU"):
        signal = recurrence(cell=cell, steps=20, real_steps=20.0)
        (cure,) = prescribe(mlp(1, times=(signal,)), MEMORY)
        layer = eval(cure.after[0], dict(vars(keras.layers)))  # noqa: S307 - our own line
        model = keras.Sequential([keras.Input((20, 2)), layer])
        names = {"numpy": np, "model": model}
        exec("\n".join(cure.after[1:]), names)  # noqa: S102 - our own lines
        bias = keras.ops.convert_to_numpy(layer.cell.bias).ravel()
        gate = bias[32:64] if cell == "LSTM" else bias[:32]
        assert 0.0 <= gate.min() < gate.max() <= np.log(19)
        assert not bias[64:].any()


def test_other_layers_are_left_alone() -> None:
    assert not list(prescribe(mlp(1, times=(recurrence(layer="other"),)), MEMORY))
