from __future__ import annotations

from dataclasses import replace
from math import nan

import pytest

from gradmend.findings import RULES, diagnose, judge, page, rule_named
from gradmend.records import Cause, LossFacts, Measurements, OptimizerFacts, Severity, Verdict
from tests.findings.records import (
    UNITS,
    backward,
    bias,
    classifier_head,
    codes,
    followed,
    forward,
    mlp,
    recurrence,
    regression_head,
    rehearsed,
    tensor,
    with_calls,
    with_weights,
)


def test_causes_stand_before_their_effects() -> None:
    place = {rule.code: position for position, rule in enumerate(RULES)}
    for rule in RULES:
        for code in rule.explains | rule.unless:
            assert code in place, f"{rule.code} names {code}"
        assert all(place[code] > place[rule.code] for code in rule.explains)
        assert all(place[code] < place[rule.code] for code in rule.unless)


def test_rules_are_found_by_code_and_name_and_have_pages() -> None:
    assert rule_named("v101") is rule_named("gradient-shrinks-with-depth")
    assert page("V101").startswith("The gradient loses most of its size")
    with pytest.raises(KeyError):
        rule_named("X999")


def dead_by_bias() -> Measurements:
    """Five ReLU layers killed by biases at -3: no kernel but the head's gets a gradient."""
    m = mlp(5)
    dead = forward(dead_units=UNITS, rms=0.0, zero_share=1.0)
    m = with_calls(
        m, lambda c: c if c.path == "head" else replace(c, forward=dead, backward=backward(0.0))
    )
    m = with_weights(m, lambda w: replace(w, gradient_norm=0.0, update_ratio=0.0))
    biases = tuple(bias(f"dense_{i}", -3.0) for i in range(5))
    return replace(m, weights=(*m.weights, *biases))


def exploding_by_input() -> Measurements:
    """Raw inputs of RMS 7.8 with SGD 0.2."""
    m = mlp(5, inputs=(tensor(rms=7.8),), optimizer=OptimizerFacts(name="SGD", learning_rate=0.2))
    return rehearsed(with_weights(m, lambda w: replace(w, update_ratio=0.3)), 3.0, 80.0, nan)


def exploding_by_target() -> Measurements:
    target = tensor("y", rms=900.0, std=880.0)
    m = mlp(3, outputs=(regression_head(target=target),))
    return rehearsed(with_weights(m, lambda w: replace(w, update_ratio=40.0)), 8e5, 1e12)


def exploding_by_recurrence() -> Measurements:
    linear = recurrence(activation="linear", spectral_radius=1.1, decades_per_step=-0.041)
    m = mlp(1, times=(linear,), outputs=(regression_head(),))
    return rehearsed(with_weights(m, lambda w: replace(w, update_ratio=900.0)), 1e3, 1e9)


def chaotic_tanh() -> Measurements:
    full = forward(saturated_hard=0.75)
    return with_calls(
        mlp(10, "tanh", gain=8.0, fall=-0.333),
        lambda c: replace(c, forward=full) if c.path != "head" else c,
    )


@pytest.mark.parametrize(
    ("m", "cause", "expected"),
    [
        (mlp(30, "sigmoid", fall=0.626), Cause.ACTIVATION, ["V101"]),
        (chaotic_tanh(), Cause.INITIALIZER, ["I101", "A102", "V103"]),
        (dead_by_bias(), Cause.BIAS, ["A101", "Z101"]),
        (exploding_by_input(), Cause.INPUT_SCALE, ["D101", "S102"]),
        (exploding_by_target(), Cause.TARGET_SCALE, ["D102", "S102"]),
        (exploding_by_recurrence(), Cause.RECURRENT_EXPLOSION, ["R101", "S102"]),
        (
            mlp(outputs=(classifier_head(units=1),)),
            Cause.OUTPUT_ACTIVATION,
            ["L101", "L106"],
        ),
    ],
)
def test_the_root_cause_stands_first(m: Measurements, cause: Cause, expected: list[str]) -> None:
    findings = diagnose(m)
    assert codes(findings) == expected
    root, *others = findings
    assert (root.cause, root.severity, root.explained_by) == (cause, Severity.ERROR, None)
    folded = tuple(f.code for f in others if f.explained_by == root.code)
    assert root.explains == folded


def test_a_failed_training_promotes_the_warning_that_explains_it() -> None:
    m = followed(mlp(6, "sigmoid", fall=0.6), 2.35, 2.31, 2.30)
    root, consequence = diagnose(m)
    assert (root.code, root.severity) == ("V101", Severity.ERROR)
    assert (consequence.code, consequence.explained_by) == ("T102", "V101")


def test_the_stronger_suspect_wins() -> None:
    m = followed(mlp(6, "sigmoid", fall=0.6, inputs=(tensor(rms=7.0),)), 2.35, 2.31, 2.30)
    assert codes(diagnose(m)) == ["V101", "T102", "D101"]


def test_a_note_is_no_suspect() -> None:
    m = followed(mlp(3, inputs=(tensor(rms=0.036),)), 2.35, 2.31, 2.30)
    assert codes(diagnose(m)) == ["T102", "D101"]


def test_a_training_that_goes_well_overrules_a_bad_profile() -> None:
    findings = diagnose(followed(mlp(30, "sigmoid", fall=0.626), 2.3, 1.0, 0.3))
    assert [finding.severity for finding in findings] == [Severity.NOTE]


def test_a_training_that_goes_well_does_not_overrule_a_certainty() -> None:
    m = followed(mlp(outputs=(classifier_head(from_logits=True),)), 2.3, 1.0, 0.3)
    assert diagnose(m)[0].severity is Severity.ERROR


def test_a_rehearsal_that_goes_well_leaves_a_warning() -> None:
    findings = diagnose(rehearsed(mlp(30, "sigmoid", fall=0.626), 2.4, 1.9, 1.2))
    assert [finding.severity for finding in findings] == [Severity.WARNING]


def test_nan_in_the_input_prints_one_root() -> None:
    m = mlp(5, inputs=(tensor(nonfinite=3),), loss=LossFacts(total=nan, data=nan, penalty=0.0))
    m = with_calls(m, lambda c: replace(c, forward=forward(nonfinite=1), backward=None))
    m = with_weights(m, lambda w: replace(w, gradient_nonfinite=9))
    findings = diagnose(replace(m, course=followed(m, nan, first_nonfinite_step=1).course))
    assert codes(findings) == ["N101", "N103", "T101"]
    assert [f.explained_by for f in findings] == [None, "N101", "N101"]


def test_rules_can_be_chosen() -> None:
    assert diagnose(mlp(30, "sigmoid", fall=0.626), rules=()) == ()


def test_memorising_a_little_of_the_batch_dismisses_nothing() -> None:
    m = rehearsed(chaotic_tanh(), 2.9, 2.6, 2.3, 2.1)
    assert diagnose(m)[0].severity is Severity.ERROR


def falling(*losses: float) -> Measurements:
    """A layer of dead units, and a training of 540 steps."""
    dead = forward(dead_units=UNITS * 95 // 100, zero_share=0.95)
    m = with_calls(mlp(3), lambda c: c if c.path == "head" else replace(c, forward=dead))
    steps = tuple(60 * (place + 1) for place in range(len(losses)))
    return followed(m, *losses, steps=steps, total_steps=540)


def test_a_training_that_falls_ever_faster_is_watched_whatever_the_network_looks_like() -> None:
    on_its_way = falling(2.30, 2.30, 2.29, 2.28, 2.25, 2.20, 2.12, 2.05, 1.97)
    assert judge(diagnose(on_its_way), on_its_way).verdict is Verdict.WATCH


@pytest.mark.parametrize(
    "losses",
    [
        (2.30, 2.29, 2.28, 2.27, 2.26, 2.25, 2.24, 2.23, 2.22),  # still at the constant
        (2.60, 2.40, 2.25, 2.12, 2.07, 2.04, 2.01, 1.98, 1.95),  # slows down
        (2.30, 2.29, 2.27, 2.26, 2.24, 2.21, 2.18, 2.16, 2.06),  # would take many trainings more
        (2.31, 2.30, 2.30, 2.30, 2.30, 2.30, 2.29, 2.10, 1.80),  # stood at the constant for long
    ],
)
def test_a_training_that_creeps_or_slows_down_excuses_nothing(losses: tuple[float, ...]) -> None:
    assert judge(diagnose(falling(*losses)), falling(*losses)).verdict is Verdict.SICK
