from __future__ import annotations

import pytest

from gradmend.records import Cause
from gradmend.treatments.bound_cell import prescribe
from tests.findings.records import call, network, recurrence
from tests.treatments.findings import finding

FORGETS = finding("R102", Cause.RECURRENT_MEMORY, "rnn")


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_a_gated_cell_gets_its_tanh_back(activation: str) -> None:
    lstm = call(0, "rnn", "recurrent", class_name="LSTM", activation=activation)
    times = (recurrence(cell="LSTMCell", activation=activation),)
    (cure,) = prescribe(network((lstm,), times=times), FORGETS)
    assert cure.before == (f'LSTM(32, activation="{activation}")',)
    assert cure.after == ('LSTM(32, activation="tanh")',)


@pytest.mark.parametrize(("cell", "activation"), [("LSTMCell", "tanh"), ("SimpleRNNCell", "relu")])
def test_is_not_for_cells_that_have_it_nor_for_simple_ones(cell: str, activation: str) -> None:
    rnn = call(0, "rnn", "recurrent", class_name="LSTM", activation=activation)
    times = (recurrence(cell=cell, activation=activation),)
    assert not list(prescribe(network((rnn,), times=times), FORGETS))
