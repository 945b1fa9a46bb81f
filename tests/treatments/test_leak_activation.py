from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.records import Cause
from gradmend.treatments.leak_activation import TREATMENT, prescribe
from tests.findings.records import mlp, with_calls
from tests.treatments.findings import finding

RELU = mlp(3, "relu")
HIDDEN = [call.label for call in RELU.calls if call.activation == "relu"]


def test_leaks_in_the_layer_named_and_in_those_that_are_silent() -> None:
    silent = with_calls(
        RELU,
        lambda c: (
            replace(c, forward=replace(c.forward, zero_share=1.0))
            if c.label == HIDDEN[2] and c.forward
            else c
        ),
    )
    (cure,) = prescribe(silent, finding("A104", Cause.ACTIVATION, HIDDEN[0]))
    assert cure.where == (HIDDEN[0], HIDDEN[2])
    assert cure.after == ('Dense(64, activation="leaky_relu")',)


def test_is_not_for_layers_that_are_no_relu() -> None:
    tanh = mlp(3, "tanh")
    assert not list(prescribe(tanh, finding("Z101", Cause.ACTIVATION, HIDDEN[0])))


@pytest.mark.parametrize(
    ("code", "cause"),
    [("V101", Cause.ACTIVATION), ("A101", Cause.BIAS), ("A105", Cause.ACTIVATION)],
)
def test_is_not_for_what_silences_the_units(code: str, cause: Cause) -> None:
    found = finding(code, cause, HIDDEN[0])
    assert not (TREATMENT.answers(found) and list(prescribe(RELU, found)))
