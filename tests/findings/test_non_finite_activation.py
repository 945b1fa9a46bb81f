from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings.non_finite_activation import check
from gradmend.records import Cause, Measurements, ModelFacts
from tests.findings.records import forward, mlp, tensor, with_calls


def overflowing(activation: str = "relu", **changes: object) -> Measurements:
    """A network that overflows from the third layer on."""
    sick = mlp(5, "relu", **changes)
    return with_calls(
        sick,
        lambda c: replace(
            c,
            activation=activation if c.path != "head" else c.activation,
            forward=forward(nonfinite=12 if c.index >= 2 else 0),
        ),
    )


def half(m: Measurements) -> ModelFacts:
    return replace(m.model, precision="mixed_float16")


def test_names_the_first_layer_in_forward_order() -> None:
    (finding,) = check(overflowing())
    assert finding.message == (
        "output of 'dense_2' is the first to turn NaN or infinite, 12 entries (limit 0); "
        "3 calls behind it follow"
    )
    assert finding.certain


@pytest.mark.parametrize(
    ("m", "cause"),
    [
        (overflowing(inputs=(tensor(rms=1e6),)), Cause.INPUT_SCALE),
        (overflowing("exponential"), Cause.ACTIVATION),
        (overflowing(gain=30.0), Cause.INITIALIZER),
        (overflowing(), Cause.NUMERICS),
        (overflowing(model=half(mlp())), Cause.PRECISION),
    ],
)
def test_cause(m: Measurements, cause: Cause) -> None:
    (finding,) = check(m)
    assert finding.cause is cause


def test_is_silent_on_finite_and_on_hidden_layers() -> None:
    assert not list(check(mlp()))
    assert not list(check(with_calls(mlp(), lambda c: replace(c, forward=None, hidden="scan"))))
