from __future__ import annotations

from dataclasses import replace

from gradmend.findings.gradient_exactly_zero import check
from gradmend.records import Cause, LossFacts, Measurements, Severity, WeightSignal
from tests.findings.records import (
    backward,
    call,
    classifier_head,
    followed,
    forward,
    kernel,
    mlp,
    recurrence,
    rehearsed,
    with_calls,
    with_weights,
)

NOTHING = backward(0.0)


def still(weight: WeightSignal) -> WeightSignal:
    return replace(weight, gradient_norm=0.0, gradient_rms=0.0, gradient_zero_share=1.0)


def blocked(layers: int = 3) -> Measurements:
    """Five layers of which the first few receive nothing."""
    behind = {f"dense_{i}" for i in range(layers)}
    m = with_weights(mlp(5), lambda w: still(w) if w.layer in behind else w)
    return with_calls(m, lambda c: replace(c, backward=NOTHING) if c.index < layers - 1 else c)


def zero_head() -> Measurements:
    """All layers below a head that starts at zero."""
    m = with_weights(mlp(5), lambda w: still(w) if w.layer != "head" else replace(w, norm=0.0))
    return with_calls(m, lambda c: replace(c, backward=NOTHING) if c.path != "head" else c)


def test_names_the_layer_that_passes_nothing_on() -> None:
    (finding,) = check(blocked())
    assert finding.message == (
        "gradient is exactly 0 for 3 of 6 trainable kernels (limit 50 %); 'dense_2' passes none on"
    )
    assert (finding.severity, finding.certain) == (Severity.ERROR, True)


def test_a_small_part_is_a_warning() -> None:
    (finding,) = check(blocked(1))
    assert (finding.severity, finding.certain) == (Severity.WARNING, False)


def test_a_head_that_starts_at_zero_waits_for_a_second_look() -> None:
    (finding,) = check(zero_head())
    assert (finding.severity, finding.certain) == (Severity.WARNING, False)
    assert "'head' passes none on" in finding.message


def test_a_head_that_started_at_zero_is_silent_after_some_steps() -> None:
    awake = tuple(kernel(f"dense_{i}") for i in range(5))
    assert not list(check(rehearsed(zero_head(), 2.3, 2.2, weights=awake)))


def test_still_zero_after_some_steps_is_certain() -> None:
    asleep = tuple(still(kernel(f"dense_{i}")) for i in range(5))
    (finding,) = check(rehearsed(zero_head(), 2.3, 2.3, weights=asleep))
    assert finding.certain


def test_is_silent_on_frozen_layers() -> None:
    frozen = with_weights(mlp(5), lambda w: replace(still(w), trainable=w.layer == "head"))
    moving = with_weights(frozen, lambda w: kernel("head") if w.trainable else w)
    assert not list(check(moving))


def test_is_silent_on_embeddings_and_biases() -> None:
    quiet = (still(kernel("tokens", role="embeddings")), still(kernel("dense_0", role="bias")))
    m = mlp(5)
    assert not list(check(replace(m, weights=(*m.weights, *quiet))))


def test_is_silent_on_an_output_without_a_loss() -> None:
    m = mlp(5)
    spare = call(6, "spare", inputs=(4,), backward=None)
    outputs = (*m.outputs, classifier_head(name="spare", layer="spare", loss=None, target=None))
    weights = (*m.weights, still(kernel("spare")))
    assert not list(check(replace(m, calls=(*m.calls, spare), outputs=outputs, weights=weights)))


def test_is_silent_once_converged() -> None:
    done = LossFacts(total=1e-6, data=1e-6, penalty=0.0, trivial=2.3)
    assert not list(check(replace(blocked(), loss=done)))


def test_cause_is_depth_when_sums_of_branches_explode() -> None:
    m = with_calls(blocked(), lambda c: replace(c, forward=forward(rms=10.0**c.index)))
    total = call(6, "add", "merge", class_name="Add", forward=forward(rms=1e5))
    (grown,) = check(replace(m, calls=(*m.calls[:-1], total, m.calls[-1])))
    (plain,) = check(m)
    assert (grown.cause, plain.cause) == (Cause.DEPTH, Cause.INITIALIZER)


def test_what_learns_all_the_same_is_a_warning() -> None:
    (finding,) = check(followed(blocked(), 2.3, 0.1))
    assert (finding.severity, finding.certain) == (Severity.WARNING, False)


def test_nothing_has_come_back_to_a_recurrent_kernel_over_a_single_step() -> None:
    m = mlp(2)
    idle = still(replace(kernel("dense_0"), path="dense_0/recurrent", role="recurrent_kernel"))
    m = replace(m, weights=(*m.weights, idle))
    once = replace(m, times=(recurrence(layer="dense_0", steps=1, real_steps=1.0),))
    again = replace(m, times=(recurrence(layer="dense_0", steps=2, real_steps=2.0),))
    assert not list(check(once))
    assert list(check(again))


def two_factors() -> Measurements:
    """A product of two embeddings of zeros: each gradient is a product with zero."""
    factors = [replace(kernel(name, role="embeddings"), norm=0.0) for name in ("user", "item")]
    calls = [
        call(0, "user", "embedding", backward=NOTHING),
        call(1, "item", "embedding", backward=NOTHING),
        call(2, "dot", "other", inputs=(0, 1)),
    ]
    m = mlp(1)
    return replace(m, calls=tuple(calls), weights=tuple(still(w) for w in factors))


def test_two_embeddings_of_zeros_hold_each_other_at_zero() -> None:
    m = two_factors()
    (waits,) = check(m)
    assert waits.severity is Severity.WARNING
    (finding,) = check(rehearsed(m, 1.0, 1.0, weights=m.weights))
    assert (finding.cause, finding.certain) == (Cause.INITIALIZER, True)
    assert finding.where == ("user", "item")
    assert "2 of 2 trainable kernels and embeddings" in finding.message


def test_an_embedding_of_zeros_before_a_layer_that_answers_is_healthy() -> None:
    table = replace(kernel("tokens", role="embeddings"), norm=0.0)
    m = mlp(5)
    assert not list(check(replace(m, weights=(*m.weights, table))))


def saturated_output(bias: float) -> Measurements:
    """A sigmoid that answers 1 for every sample, so that no layer below it hears anything."""
    head = replace(kernel("head", role="bias"), rms=bias, mean=bias)
    m = with_weights(mlp(2), still)
    m = with_calls(m, lambda c: replace(c, backward=NOTHING))
    return replace(m, weights=(*m.weights, head), outputs=(classifier_head(layer="head"),))


def test_a_bias_that_holds_the_output_at_its_end_is_the_cause() -> None:
    (finding,) = check(saturated_output(55.0))
    assert finding.cause is Cause.BIAS
    (finding,) = check(saturated_output(0.1))
    assert finding.cause is not Cause.BIAS


def test_a_table_of_zeros_is_no_cause_where_the_block_stands_behind_others() -> None:
    m = two_factors()
    words = still(kernel("words", role="embeddings"))
    bare = call(0, "words", "embedding", backward=NOTHING)
    m = replace(m, calls=(bare, *m.calls[1:]), weights=(words, still(m.weights[1])))
    found = list(check(rehearsed(m, 1.0, 1.0, weights=m.weights)))
    assert [finding.cause for finding in found] != [Cause.INITIALIZER]
