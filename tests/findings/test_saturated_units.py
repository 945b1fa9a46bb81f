from __future__ import annotations

from dataclasses import replace

from gradmend.findings.saturated_units import check
from gradmend.records import Cause, Measurements, OptimizerFacts, Severity
from tests.findings.records import call, forward, mlp, network, tensor, with_calls


def saturated(share: float, **changes: object) -> Measurements:
    """Ten tanh layers with this share of saturated outputs."""
    signal = forward(saturated_hard=share)
    return with_calls(
        mlp(10, "tanh", **changes), lambda c: replace(c, forward=signal) if c.path != "head" else c
    )


def test_speaks_with_share_and_limit() -> None:
    (finding,) = check(saturated(0.75, gain=8.0))
    assert finding.message == (
        "75 % of the outputs of 'dense_0' are saturated (limit 20 %); "
        "10 of 10 tanh layers are beyond it"
    )
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.INITIALIZER)


def test_never_says_that_the_gradient_vanishes() -> None:
    (finding,) = check(saturated(0.75))
    assert finding.symptom.value == "saturated"


def test_cause_is_the_input_or_the_learning_rate_when_weights_fit() -> None:
    (large,) = check(saturated(0.5, inputs=(tensor(rms=30.0),)))
    trained = OptimizerFacts(name="Adam", learning_rate=0.02, iterations=400)
    (late,) = check(saturated(0.5, optimizer=trained))
    assert (large.cause, late.cause) == (Cause.INPUT_SCALE, Cause.LEARNING_RATE)


def test_is_silent_on_a_few() -> None:
    assert not list(check(saturated(0.1)))


def test_is_silent_on_gates_and_cells_and_the_output() -> None:
    full = forward(saturated_hard=0.9)
    gate = call(0, "gate", activation="sigmoid", forward=full)
    product = call(1, "scale", "merge", class_name="Multiply", inputs=(0,))
    cell = call(2, "lstm", "recurrent", activation="tanh", forward=full)
    head = call(3, "head", activation="sigmoid", forward=full)
    assert not list(check(network((gate, product, cell, head))))
