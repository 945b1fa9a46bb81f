from __future__ import annotations

from dataclasses import replace

from gradmend.findings.gradient_shrinks_with_depth import check
from gradmend.records import Cause, OptimizerFacts, Severity
from tests.findings.healthy import transformer
from tests.findings.records import backward, call, followed, forward, mlp, network, rehearsed


def test_thirty_sigmoid_layers() -> None:
    (finding,) = check(mlp(30, "sigmoid", fall=0.626))
    assert finding.message == (
        "gradient shrinks 16.9 decades from 'dense_29' back to 'dense_0' (limit 2.5 decades)"
    )
    assert (finding.severity, finding.cause) == (Severity.ERROR, Cause.ACTIVATION)
    slope = next(evidence for evidence in finding.evidence if evidence.name == "slope")
    assert abs(slope.value - 0.626) < 1e-6


def test_five_sigmoid_layers_are_a_warning_until_training_fails() -> None:
    (warning,) = check(mlp(6, "sigmoid", fall=0.6))
    (error,) = check(followed(mlp(6, "sigmoid", fall=0.6), 2.31, 2.30))
    assert (warning.severity, error.severity) == (Severity.WARNING, Severity.ERROR)


def test_cause_is_the_initializer_when_weights_are_small() -> None:
    (finding,) = check(mlp(10, "tanh", gain=0.4, fall=0.4))
    assert finding.cause is Cause.INITIALIZER


def test_cause_is_depth_when_nothing_else_is_off() -> None:
    (finding,) = check(mlp(100, "tanh", fall=0.06))
    assert finding.cause is Cause.DEPTH


def test_a_flat_product_is_another_finding() -> None:
    assert not list(check(mlp(30, "relu", gain=1.0, fall=0.164, flow_fall=0.008)))


def test_is_silent_on_two_layers_and_on_models_that_hold() -> None:
    assert not list(check(mlp(2, "sigmoid", fall=4.0)))
    assert not list(check(mlp(30, "tanh", fall=0.017)))
    assert not list(check(transformer()))


def test_gates_that_squeeze_an_image_do_not_count() -> None:
    image = forward(shape=(32, 8, 8, 16))
    calls = []
    for i in range(0, 12, 2):
        calls.append(call(i, f"conv_{i}", "conv", activation="relu", forward=image))
        gate = {"activation": "sigmoid", "forward": forward(shape=(32, 1, 1, 16))}
        calls.append(call(i + 1, f"gate_{i}", "conv", backward=backward(1e-9), **gate))
    calls.append(call(12, "conv_12", "conv", activation="relu", forward=image))
    calls.append(call(13, "head", activation="softmax"))
    assert not list(check(network(calls)))
    first = replace(calls[0], backward=backward(1e-9))
    assert list(check(network([first, *calls[1:]])))


def test_a_rehearsal_that_learns_nothing_confirms_four_decades() -> None:
    steep, mild = mlp(8, "sigmoid", fall=0.62), mlp(6, "sigmoid", fall=0.62)
    (confirmed,) = check(rehearsed(steep, 2.5, 2.4, 2.3))
    (learning,) = check(rehearsed(steep, 2.5, 2.4, 2.1))
    (too_mild,) = check(rehearsed(mild, 2.5, 2.4, 2.3))
    assert confirmed.severity is Severity.ERROR
    assert (learning.severity, too_mild.severity) == (Severity.WARNING, Severity.WARNING)


def test_plain_sgd_does_not_make_up_for_a_small_gradient() -> None:
    sgd = OptimizerFacts(name="SGD", learning_rate=0.01)
    three = mlp(4, "sigmoid", fall=0.62, optimizer=sgd)
    (warning,) = check(rehearsed(three, 2.5, 2.4, 2.3))
    (error,) = check(rehearsed(mlp(6, "sigmoid", fall=0.62, optimizer=sgd), 2.5, 2.4, 2.3))
    assert (warning.severity, error.severity) == (Severity.WARNING, Severity.ERROR)
    assert not list(check(mlp(4, "sigmoid", fall=0.62)))


def test_all_layers_of_the_stretch_are_named() -> None:
    (finding,) = check(mlp(30, "sigmoid", fall=0.626))
    assert finding.where == tuple(f"dense_{i}" for i in range(30))


def test_a_side_road_with_little_gradient_is_no_vanishing() -> None:
    m = followed(mlp(8, fall=0.4), 2.3, 2.3)
    assert list(check(m))
    embedding = call(0, "embedding", role="embedding", backward=backward(1e-2))
    behind = [replace(c, index=c.index + 1, inputs=(c.index,)) for c in m.calls]
    assert not list(check(replace(m, calls=(embedding, *behind))))
