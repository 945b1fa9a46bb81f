from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.orthogonal_recurrence import prescribe
from tests.findings.records import call, network, recurrence
from tests.treatments.findings import finding

TIME = finding("R101", Cause.RECURRENT_EXPLOSION, "rnn")
RNN = call(0, "rnn", "recurrent", class_name="SimpleRNN", activation="linear")


def test_a_relu_recurrence_gets_tanh_and_an_orthogonal_kernel() -> None:
    relu = call(0, "rnn", "recurrent", class_name="SimpleRNN", activation="relu")
    (cure,) = prescribe(network((relu,), times=(recurrence(activation="relu"),)), TIME)
    assert cure.before == ('SimpleRNN(32, activation="relu")',)
    assert cure.after == ('SimpleRNN(32, activation="tanh", recurrent_initializer="orthogonal")',)


def test_a_linear_recurrence_stays_linear() -> None:
    (cure,) = prescribe(network((RNN,), times=(recurrence(activation="linear"),)), TIME)
    assert cure.before == ("SimpleRNN(32)",)
    assert cure.after == ("SimpleRNN(32, recurrent_initializer=Orthogonal(gain=0.9))",)


def test_is_not_for_gated_cells() -> None:
    assert not list(prescribe(network((RNN,), times=(recurrence(cell="LSTM"),)), TIME))


def test_is_not_offered_where_it_would_change_nothing() -> None:
    forgets = finding("R108", Cause.RECURRENT_MEMORY, "rnn")
    simple = call(0, "rnn", "recurrent", class_name="SimpleRNN", activation="tanh")
    narrow = network((simple,), times=(recurrence(spectral_radius=0.3),))
    assert not list(prescribe(network((simple,), times=(recurrence(),)), forgets))
    assert len(list(prescribe(narrow, forgets))) == 1
