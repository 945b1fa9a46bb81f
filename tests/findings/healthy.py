"""Networks that train well, each with something that naive rules stumble over."""

from __future__ import annotations

from dataclasses import replace

from gradmend.records import LayerCall, LossFacts, Measurements, WeightSignal
from tests.findings.records import (
    BATCH,
    UNITS,
    backward,
    call,
    forward,
    kernel,
    labels,
    mlp,
    network,
    recurrence,
    regression_head,
    rehearsed,
    with_calls,
    with_weights,
)


def transformer() -> Measurements:
    """Two pre-norm blocks with narrow weights (N(0, 0.02)), as such models have them."""
    roles = ("norm", "attention", "merge", "norm", "dense", "dense", "merge")
    calls = [call(0, "tokens", "embedding")]
    for block in range(2):
        for role in roles:
            index = len(calls)
            activation = "gelu" if role == "dense" and roles.index(role) == index % 7 else None
            calls.append(call(index, f"{role}_{block}_{index}", role, activation=activation))
    calls.append(call(len(calls), "head", activation="softmax", class_name="Dense"))
    dense = [kernel(c.path, 0.16) for c in calls if c.role == "dense"]
    return network(calls, weights=tuple(dense), inputs=(labels(1000, name="tokens"),))


def fresh_resnet() -> Measurements:
    """Convolutions with batch normalization: gradients grow 2.2 decades, ratios far above 1."""
    calls: list[LayerCall] = []
    for i in range(40):
        size = backward(1e-2 * 10 ** (0.055 * (39 - i)))
        image = forward(shape=(BATCH, 8, 8, UNITS))
        role = "conv" if i % 2 == 0 else "norm"
        calls.append(call(i, f"{role}_{i}", role, backward=size, forward=image))
    calls.append(call(40, "head", activation="softmax", class_name="Dense"))
    convs = [kernel(c.path, 1.41, update_ratio=6.7) for c in calls if c.role == "conv"]
    m = network(calls, weights=(*convs, kernel("head")))
    return rehearsed(m, 2.9, 2.2, 1.6, 1.2)


def healthy_records() -> dict[str, Measurements]:
    """Networks that train, with what naive rules stumble over."""
    relu = mlp(30, "relu", gain=1.41, fall=0.017)
    latch = mlp(2, times=(recurrence(decades_per_step=0.13),))
    trained = LossFacts(total=0.1, data=0.1, penalty=0.0, trivial=0.7)
    return {
        "relu with he_normal": relu,
        "tanh with glorot": mlp(30, "tanh", fall=0.017),
        "eight tanh layers on iris": mlp(8, "tanh", fall=0.11),
        "regression": mlp(3, outputs=(regression_head(),)),
        "orthogonal recurrence": mlp(2, times=(recurrence(),)),
        "trained latch": replace(latch, loss=trained),
        "transformer": transformer(),
        "fresh resnet": fresh_resnet(),
        "half of the outputs of ReLU are zero": with_calls(
            relu, lambda c: replace(c, forward=forward(zero_share=0.5, dead_units=17))
        ),
        "converged": replace(
            with_weights(relu, lambda w: replace(w, update_ratio=1e-8, gradient_norm=0.0)),
            loss=LossFacts(total=1e-6, data=1e-6, penalty=0.0, trivial=2.3),
        ),
        "sum-reduced loss": with_gradients_times(relu, 1e5),
        "loss in the millionths": with_gradients_times(relu, 1e-3),
    }


def with_gradients_times(m: Measurements, factor: float) -> Measurements:
    """The same measurements with the loss rescaled."""

    def grown(c: LayerCall) -> LayerCall:
        if c.backward is None:
            return c
        b = c.backward
        sizes = {name: getattr(b, name) * factor for name in ("rms", "norm", "largest", "flow")}
        return replace(c, backward=replace(b, **sizes))

    def weight(w: WeightSignal) -> WeightSignal:
        norm, rms = w.gradient_norm, w.gradient_rms
        return replace(
            w,
            gradient_norm=None if norm is None else norm * factor,
            gradient_rms=None if rms is None else rms * factor,
        )

    return with_weights(with_calls(m, grown), weight)
