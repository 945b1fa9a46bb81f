from __future__ import annotations

from dataclasses import replace

from gradmend.records import Cause, Grade
from gradmend.treatments.shorten_windows import prescribe
from tests.findings.records import mlp, recurrence
from tests.treatments.findings import finding

MEMORY = finding("R102", Cause.RECURRENT_MEMORY, "rnn")
SHORT = recurrence(cell="LSTMCell", steps=200, real_steps=200.0, memory_length=5.0)


def test_the_steps_that_are_heard_are_kept() -> None:
    (cure,) = prescribe(mlp(1, times=(SHORT,)), MEMORY)
    assert cure.grade is Grade.ADVICE
    assert (cure.before, cure.after) == (
        ("x  # 200 steps",),
        ("x = x[:, -35:]  # its last 35 steps",),
    )
    assert "look first whether the answer is in them" in cure.expected


def test_no_advice_where_the_answer_is_known_to_stand_far_back() -> None:
    assert not list(prescribe(replace(mlp(1, times=(SHORT,)), lag=150), MEMORY))


def test_no_advice_where_most_steps_are_heard_or_nothing_is_known() -> None:
    for length in (20.0, None):
        times = (replace(SHORT, memory_length=length),)
        assert not list(prescribe(mlp(1, times=times), MEMORY))
