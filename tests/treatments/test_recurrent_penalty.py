from __future__ import annotations

from dataclasses import replace

from gradmend.records import Cause, LayerCall
from gradmend.treatments.recurrent_penalty import prescribe
from tests.findings.records import mlp, recurrence
from tests.treatments.findings import finding

EXPLODES = finding("R101", Cause.RECURRENT_EXPLOSION, "rnn")
CALL = LayerCall(
    index=9, path="rnn", call=1, class_name="SimpleRNN", role="recurrent", activation="linear"
)


def test_the_kernel_of_the_recurrence_is_penalized() -> None:
    healthy = mlp(1, times=(recurrence(activation="linear"),))
    (cure,) = prescribe(replace(healthy, calls=(*healthy.calls, CALL)), EXPLODES)
    assert cure.before == ("SimpleRNN(32)",)
    assert cure.after == ("SimpleRNN(32, recurrent_regularizer=keras.regularizers.L2(0.01))",)


def test_other_layers_are_left_alone() -> None:
    assert not list(prescribe(mlp(1, times=(recurrence(layer="other"),)), EXPLODES))
