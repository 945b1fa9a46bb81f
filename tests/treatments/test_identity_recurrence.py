from __future__ import annotations

from dataclasses import replace

from gradmend.records import Cause, LayerCall, Measurements
from gradmend.treatments.identity_recurrence import prescribe
from tests.findings.records import mlp, recurrence
from tests.treatments.findings import finding

MEMORY = finding("R102", Cause.RECURRENT_MEMORY, "rnn")


def patient(cell: str = "SimpleRNNCell") -> Measurements:
    call = LayerCall(
        index=9, path="rnn", call=1, class_name=cell.removesuffix("Cell"), role="recurrent",
        activation="tanh",
    )  # fmt: skip
    healthy = mlp(1, times=(recurrence(cell=cell),))
    return replace(healthy, calls=(*healthy.calls, call))


def test_relu_the_identity_and_clipping_belong_together() -> None:
    (cure,) = prescribe(patient(), MEMORY)
    assert cure.before[0] == 'SimpleRNN(32, activation="tanh")'
    assert cure.after[0] == 'SimpleRNN(32, activation="relu", recurrent_initializer="identity")'
    assert cure.after[1].endswith("global_clipnorm=1.0)")


def test_gated_cells_and_other_layers_are_left_alone() -> None:
    assert not list(prescribe(patient("LSTMCell"), MEMORY))
    assert not list(prescribe(patient(), finding("R102", Cause.RECURRENT_MEMORY, "other")))
