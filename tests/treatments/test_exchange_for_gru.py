from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gradmend.records import Cause
from gradmend.treatments.exchange_for_gru import prescribe, units_of
from tests.findings.records import mlp, recurrence
from tests.treatments.findings import finding

MEMORY = finding("R102", Cause.RECURRENT_MEMORY, "rnn")


def test_a_simple_cell_becomes_a_gru_of_about_the_same_size() -> None:
    (cure,) = prescribe(mlp(1, times=(recurrence(cell="SimpleRNNCell"),)), MEMORY)
    assert cure.before == ("SimpleRNN(32)",)
    assert cure.after[0] == 'GRU(18, name="rnn")  # about as many parameters'
    assert cure.after[1] == "b = numpy.log(numpy.random.uniform(1, 49, 18))"


def test_the_memory_is_that_of_the_lag_that_was_named() -> None:
    m = replace(mlp(1, times=(recurrence(cell="SimpleRNNCell"),)), lag=20)
    assert "uniform(1, 19, 18)" in next(iter(prescribe(m, MEMORY))).after[1]


def test_the_recurrent_kernels_have_about_as_many_entries() -> None:
    keras = pytest.importorskip("keras")
    units = units_of(recurrence(units=32))
    sizes = []
    for layer in (keras.layers.SimpleRNN(32), keras.layers.GRU(units)):
        layer.build((None, 9, 16))
        sizes.append(np.prod(layer.cell.recurrent_kernel.shape))
    assert sizes[1] == pytest.approx(sizes[0], rel=0.1)


def test_gated_nested_and_other_layers_are_left_alone() -> None:
    for changes in ({"cell": "LSTMCell"}, {"layer": "other"}):
        assert not list(prescribe(mlp(1, times=(recurrence(**changes),)), MEMORY))
    nested = mlp(1, times=(recurrence(cell="SimpleRNNCell", layer="block/rnn"),))
    assert not list(prescribe(nested, finding("R102", Cause.RECURRENT_MEMORY, "block/rnn")))
