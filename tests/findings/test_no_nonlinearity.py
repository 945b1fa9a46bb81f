from __future__ import annotations

from dataclasses import replace

from gradmend.findings import diagnose
from gradmend.findings.no_nonlinearity import check
from gradmend.records import Cause, Measurements, Severity
from tests.findings.records import call, followed, mlp, network


def linear(depth: int = 3) -> Measurements:
    m = mlp(depth)
    return replace(m, calls=(*(replace(c, activation=None) for c in m.calls[:-1]), m.calls[-1]))


def test_names_the_layers_when_the_training_stays_at_a_constant() -> None:
    (finding,) = check(followed(linear(), 2.4, 2.31, 2.3))
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.ACTIVATION)
    assert finding.where == ("dense_0", "dense_1", "dense_2")


def test_it_explains_that_nothing_was_learned() -> None:
    root, folded = diagnose(followed(linear(), 2.4, 2.31, 2.3))
    assert (root.code, folded.code, folded.explained_by) == ("A105", "T102", "A105")


def test_a_note_before_a_training_and_after_one_that_learns() -> None:
    (before,) = check(linear())
    (after,) = check(followed(linear(), 2.4, 0.4, 0.2))
    assert before.severity is after.severity is Severity.NOTE


def test_one_activation_is_enough_wherever_it_stands() -> None:
    m = linear()
    assert not list(check(mlp(3)))
    assert not list(check(replace(m, calls=(replace(m.calls[0], activation="relu"), *m.calls[1:]))))


def test_a_single_linear_layer_is_a_model_of_its_own() -> None:
    assert not list(check(network([call(0, "head", activation="softmax")])))


def test_what_hides_between_the_layers_is_taken_for_nonlinear() -> None:
    m = linear()
    unseen = replace(m.calls[1], inputs=())
    custom = replace(m.calls[1], role="other", class_name="Square")
    pooled = replace(m.calls[1], role="pool", class_name="MaxPooling2D")
    for odd in (unseen, custom, pooled):
        assert not list(check(replace(m, calls=(m.calls[0], odd, *m.calls[2:]))))
