"""Measurements drawn at random: healthy, sick and everything between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from gradmend.records import Course, Measurements, OptimizerFacts, Rehearsal
from tests.findings.records import (
    classifier_head,
    mlp,
    recurrence,
    regression_head,
    tensor,
    with_calls,
    with_weights,
)


def powers(low: float, high: float) -> st.SearchStrategy[float]:
    """Positive numbers between two powers of ten, every size as likely."""
    return st.floats(low, high).map(lambda power: 10.0**power)


HEADS = st.sampled_from(
    [
        classifier_head(),
        classifier_head(activation="linear"),
        classifier_head(activation="relu"),
        classifier_head(from_logits=True),
        regression_head(),
        regression_head(activation="relu"),
        regression_head(activation="sigmoid"),
        regression_head(target=tensor("y", std=300.0, rms=310.0, largest=1e3, smallest=-1e3)),
    ]
)


@st.composite
def measurements(draw: Any) -> Measurements:
    """A plain network with any depth, weights, gradients, data, steps and outcome."""
    m = mlp(
        draw(st.integers(1, 12)),
        draw(st.sampled_from(["relu", "tanh", "sigmoid", "linear"])),
        gain=draw(powers(-2, 1)),
        fall=draw(st.floats(-0.6, 0.7)),
    )
    dead, saturated = draw(st.integers(0, 64)), draw(st.floats(0.0, 1.0))
    m = with_calls(m, lambda c: replace(c, forward=_forward(c, dead, saturated)))
    ratio = draw(powers(-9, 1))
    m = with_weights(m, lambda w: replace(w, update_ratio=ratio, update_norm=ratio * w.norm))
    size = draw(powers(-6, 6))
    facts = tensor(rms=size, std=size, smallest=-3.0 * size, largest=3.0 * size)
    rate = draw(st.sampled_from([0.0, 1e-8, 1e-3, 0.1, 10.0]))
    trivial = 2.3
    return replace(
        m,
        inputs=(facts,),
        outputs=(draw(HEADS),),
        times=draw(st.sampled_from([(), (recurrence(),), (recurrence(decades_per_step=0.2),)])),
        optimizer=OptimizerFacts(name="Adam", learning_rate=rate, epsilon=1e-7),
        rehearsal=draw(st.none() | _losses(trivial).map(lambda ls: Rehearsal(losses=tuple(ls)))),
        course=draw(st.none() | _losses(trivial).map(lambda ls: _course(ls, trivial))),
    )


def _forward(call: Any, dead: int, saturated: float) -> Any:
    bounded = call.activation in ("tanh", "sigmoid")
    return replace(
        call.forward,
        dead_units=dead,
        saturated_soft=saturated if bounded else None,
        saturated_hard=saturated / 2.0 if bounded else None,
    )


def _losses(trivial: float) -> st.SearchStrategy[list[float]]:
    return st.lists(powers(-2, 1).map(lambda x: x * trivial), min_size=3, max_size=8)


def _course(losses: list[float], trivial: float) -> Course:
    count = len(losses)
    return Course(
        steps=tuple(200 * (i + 1) // count for i in range(count)),
        losses=tuple(losses),
        epochs=count,
        total_steps=200,
        trivial=trivial,
        final_data_loss=losses[-1],
        final_trivial=trivial,
    )
