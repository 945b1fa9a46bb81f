from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.findings.dropout_drops_nearly_all import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import BATCH, call, followed, forward, mlp, network, rehearsed


def dropping(rate: float, zeros_before: float = 0.0) -> Measurements:
    zeros = zeros_before + (1 - zeros_before) * rate
    return network(
        [
            call(0, "dense", activation="relu", forward=forward(zero_share=zeros_before)),
            call(
                1,
                "dropout",
                "dropout",
                class_name="Dropout",
                forward=forward(zero_share=zeros),
            ),
            call(2, "head", activation="softmax", class_name="Dense"),
        ]
    )


def test_names_the_layer_and_the_share() -> None:
    (finding,) = check(dropping(0.95))
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.REGULARIZATION)
    assert finding.message == "dropout 'dropout' sets 95 % of its input to zero (limit 85 %)"


@pytest.mark.parametrize("rate", [0.0, 0.5, 0.8])
def test_is_silent_on_usual_rates(rate: float) -> None:
    assert not list(check(dropping(rate)))


def test_zeros_of_relu_are_not_dropped() -> None:
    assert not list(check(dropping(0.5, zeros_before=0.9)))
    assert list(check(dropping(0.9, zeros_before=0.5)))


def test_an_error_when_nothing_is_learned() -> None:
    (finding,) = check(rehearsed(dropping(0.95), 2.4, 2.5, 2.6))
    assert finding.severity is Severity.ERROR


def test_too_few_entries_prove_nothing() -> None:
    few = dropping(0.95)
    small = tuple(replace(c, forward=forward(shape=(2, 8), zero_share=0.95)) for c in few.calls)
    assert not list(check(replace(few, calls=small)))
    assert not list(check(mlp(batch_size=BATCH)))


def twice(rate: float) -> Measurements:
    calls = [
        call(0, "dense_0"),
        call(1, "dropout_0", role="dropout", forward=forward(zero_share=rate)),
        call(2, "dense_1"),
        call(3, "dropout_1", role="dropout", forward=forward(zero_share=rate)),
    ]
    return network(calls)


def test_two_high_rates_count_together_where_nothing_is_learned() -> None:
    (finding,) = check(followed(twice(0.8), 2.6, 2.4))
    assert finding.message == (
        "dropout 'dropout_0', 'dropout_1' together keep 4 % of the signal (limit 10 %)"
    )
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.REGULARIZATION)


def test_together_they_are_silent_where_something_is_learned_or_enough_is_kept() -> None:
    assert not list(check(followed(twice(0.8), 2.6, 0.4)))
    assert not list(check(followed(twice(0.5), 2.6, 2.4)))
