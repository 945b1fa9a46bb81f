from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings.dead_units import check
from gradmend.records import Cause, Measurements, OptimizerFacts, Severity, WeightSignal
from tests.findings.records import UNITS, bias, call, forward, mlp, tensor, with_calls


def dying(share: float, activation: str = "relu", **changes: object) -> Measurements:
    """A network in which every hidden layer has this share of dead units."""
    signal = forward(dead_units=round(share * UNITS), rms=0.0 if share == 1.0 else 0.3)
    return with_calls(
        mlp(5, "relu", **changes),
        lambda c: replace(c, forward=signal, activation=activation) if c.path != "head" else c,
    )


def with_bias(m: Measurements, mean: float) -> Measurements:
    biases: list[WeightSignal] = [bias(f"dense_{i}", mean) for i in range(5)]
    return replace(m, weights=(*m.weights, *biases))


def test_biases_at_minus_three_kill_a_layer() -> None:
    (finding,) = check(with_bias(dying(1.0), -3.0))
    assert finding.message == (
        "100 % of the units of 'dense_0' are zero on all 128 samples and positions (limit 60 %); "
        "5 of 5 ReLU layers are beyond it"
    )
    assert (finding.cause, finding.certain) == (Cause.BIAS, True)


@pytest.mark.parametrize(
    ("m", "cause"),
    [
        (with_bias(dying(0.8), 0.0), Cause.INITIALIZER),
        (dying(0.8, inputs=(tensor(rms=40.0),)), Cause.INPUT_SCALE),
        (
            dying(0.8, optimizer=OptimizerFacts(name="Adam", learning_rate=0.1, iterations=50)),
            Cause.LEARNING_RATE,
        ),
    ],
)
def test_cause(m: Measurements, cause: Cause) -> None:
    (finding,) = check(m)
    assert finding.cause is cause
    assert finding.severity is Severity.WARNING


def test_is_silent_below_half() -> None:
    assert not list(check(dying(0.3)))


@pytest.mark.parametrize("activation", ["linear", "leaky_relu", "tanh", "gelu"])
def test_is_silent_on_activations_that_do_not_die(activation: str) -> None:
    assert not list(check(dying(0.8, activation)))


def test_is_silent_on_a_batch_too_small_to_tell() -> None:
    assert not list(check(dying(0.8, batch_size=8)))


def test_is_silent_on_a_relu_head() -> None:
    m = mlp(5)
    head = replace(m.calls[-1], activation="relu", forward=forward(dead_units=UNITS))
    assert not list(check(replace(m, calls=(*m.calls[:-1], head))))


def test_is_silent_on_a_residual_branch_at_rest() -> None:
    m = dying(0.8)
    sums = [call(10 + i, f"add_{i}", "merge", class_name="Add", inputs=(i,)) for i in range(5)]
    assert not list(check(replace(m, calls=(*m.calls[:-1], *sums, m.calls[-1]))))


def test_one_of_many_layers_is_no_cause_where_the_whole_network_fades() -> None:
    m = with_calls(
        mlp(23, "relu", fall=0.21),
        lambda c: (
            replace(c, forward=forward(dead_units=round(0.62 * UNITS)))
            if c.path == "dense_11"
            else c
        ),
    )
    (finding,) = check(m)
    assert finding.severity is Severity.NOTE
    alone = with_calls(m, lambda c: replace(c, backward=mlp(1).calls[0].backward))
    (finding,) = check(alone)
    assert finding.severity is Severity.WARNING
