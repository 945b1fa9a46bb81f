"""Synthetic measurements: small, healthy networks, and ways to make them sick."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import sqrt
from typing import Any

from gradmend.records import (
    BackwardSignal,
    Course,
    ForwardSignal,
    LayerCall,
    LossFacts,
    Measurements,
    ModelFacts,
    OptimizerFacts,
    OutputFacts,
    Rehearsal,
    TensorFacts,
    TimeSignal,
    WeightSignal,
)

BATCH = 128
UNITS = 64
FITTING = {"relu": sqrt(2.0), "tanh": 1.0, "sigmoid": 1.0, "linear": 1.0}


def tensor(name: str = "x", **changes: Any) -> TensorFacts:
    """A standardised float tensor."""
    facts = TensorFacts(
        name=name,
        shape=(BATCH, UNITS),
        dtype="float32",
        mean=0.0,
        std=1.0,
        rms=1.0,
        smallest=-3.0,
        largest=3.0,
        nonfinite=0,
        integer_valued=False,
        distinct=1001,
    )
    return replace(facts, **changes)


def labels(classes: int = 10, **changes: Any) -> TensorFacts:
    """Whole class numbers from 0 to classes - 1."""
    middle = (classes - 1) / 2
    facts = tensor(
        "y",
        shape=(BATCH,),
        dtype="int64",
        mean=middle,
        std=classes / 3.5,
        rms=middle * 1.2,
        smallest=0.0,
        largest=classes - 1.0,
        integer_valued=True,
        distinct=classes,
    )
    return replace(facts, **changes)


def classifier_head(**changes: Any) -> OutputFacts:
    """Softmax over ten classes with sparse categorical cross-entropy."""
    facts = OutputFacts(
        name="head",
        layer="head",
        activation="softmax",
        units=10,
        shape=(BATCH, 10),
        loss="sparse_categorical_crossentropy",
        from_logits=False,
        smallest=0.02,
        largest=0.3,
        mean=0.1,
        std=0.05,
        nonfinite=0,
        row_sum_error=1e-7,
        target=labels(),
        trivial_loss=2.3,
    )
    return replace(facts, **changes)


def regression_head(**changes: Any) -> OutputFacts:
    """One linear unit with mean squared error on standardised targets."""
    facts = classifier_head(
        activation="linear",
        units=1,
        shape=(BATCH, 1),
        loss="mean_squared_error",
        from_logits=None,
        smallest=-1.0,
        largest=1.0,
        mean=0.0,
        std=0.4,
        row_sum_error=None,
        target=tensor("y", shape=(BATCH, 1)),
        trivial_loss=1.0,
    )
    return replace(facts, **changes)


def forward(**changes: Any) -> ForwardSignal:
    """The output of a healthy layer."""
    signal = ForwardSignal(
        shape=(BATCH, UNITS),
        rms=1.0,
        mean=0.1,
        std=1.0,
        largest=4.0,
        zero_share=0.0,
        nonfinite=0,
        units=UNITS,
        dead_units=0,
    )
    return replace(signal, **changes)


def backward(norm: float = 1e-2, flow: float | None = None, **changes: Any) -> BackwardSignal:
    """The gradient at a layer's output."""
    signal = BackwardSignal(
        rms=norm / sqrt(UNITS),
        norm=norm,
        largest=norm,
        zero_share=0.0,
        nonfinite=0,
        flow=norm if flow is None else flow,
    )
    return replace(signal, **changes)


def call(index: int, path: str, role: str = "dense", **changes: Any) -> LayerCall:
    """One layer call that reads the call before it."""
    signal = LayerCall(
        index=index,
        path=path,
        call=1,
        class_name=role.capitalize(),
        role=role,
        inputs=(index - 1,) if index else (),
        forward=forward(),
        backward=backward(),
    )
    return replace(signal, **changes)


def kernel(layer: str, gain: float = 1.0, **changes: Any) -> WeightSignal:
    """A square kernel with a healthy gradient and update."""
    rms = gain / sqrt(UNITS)
    signal = WeightSignal(
        path=f"{layer}/kernel",
        layer=layer,
        role="kernel",
        shape=(UNITS, UNITS),
        trainable=True,
        norm=rms * UNITS,
        rms=rms,
        mean=0.0,
        largest=3 * rms,
        zero_share=0.0,
        nonfinite=0,
        fan_in=UNITS,
        gain=gain,
        gradient_norm=1e-2,
        gradient_rms=1e-2 / UNITS,
        gradient_largest=1e-3,
        gradient_zero_share=0.0,
        gradient_nonfinite=0,
        relative_gradient=1e-3,
        update_norm=1e-3 * rms * UNITS,
        update_ratio=1e-3,
    )
    return replace(signal, **changes)


def bias(layer: str, mean: float = 0.0) -> WeightSignal:
    """A constant bias."""
    weight = kernel(layer, path=f"{layer}/bias", role="bias", shape=(UNITS,), mean=mean)
    return replace(weight, rms=abs(mean), fan_in=None, gain=None)


def network(calls: Iterable[LayerCall], **changes: Any) -> Measurements:
    """Measurements around some calls; everything else is healthy."""
    m = Measurements(
        backend="jax",
        keras_version="3.15.1",
        batch_size=BATCH,
        batches=1,
        model=ModelFacts(
            name="patient",
            kind="Sequential",
            layers=3,
            parameters=10_000,
            trainable_parameters=10_000,
            frozen_layers=0,
            precision="float32",
        ),
        loss=LossFacts(total=2.4, data=2.4, penalty=0.0, trivial=2.3),
        calls=tuple(calls),
        inputs=(tensor(),),
        outputs=(classifier_head(),),
        optimizer=OptimizerFacts(name="Adam", learning_rate=1e-3, epsilon=1e-7),
    )
    return replace(m, **changes)


def mlp(
    depth: int = 8,
    activation: str = "relu",
    *,
    gain: float | None = None,
    fall: float = 0.0,
    flow_fall: float | None = None,
    **changes: Any,
) -> Measurements:
    """A plain network whose gradient falls by `fall` decades per layer toward the input."""
    width = FITTING[activation] if gain is None else gain
    down = fall if flow_fall is None else flow_fall
    calls = [
        call(
            i,
            f"dense_{i}",
            activation=activation,
            backward=backward(
                1e-2 * 10 ** (-fall * (depth - 1 - i)),
                flow=1e-2 * 10 ** (-down * (depth - 1 - i)),
            ),
        )
        for i in range(depth)
    ]
    calls.append(call(depth, "head", activation="softmax", class_name="Dense"))
    weights = [kernel(c.path, 1.0 if c.path == "head" else width) for c in calls]
    return replace(network(calls, weights=tuple(weights)), **changes)


def with_calls(m: Measurements, change: Callable[[LayerCall], LayerCall]) -> Measurements:
    """The same measurements with every call changed."""
    return replace(m, calls=tuple(change(c) for c in m.calls))


def with_weights(m: Measurements, change: Callable[[WeightSignal], WeightSignal]) -> Measurements:
    """The same measurements with every weight changed."""
    return replace(m, weights=tuple(change(w) for w in m.weights))


def rehearsed(m: Measurements, *losses: float, **changes: Any) -> Measurements:
    """The same measurements after a second look with these losses."""
    return replace(m, rehearsal=Rehearsal(losses=losses, **changes))


def followed(m: Measurements, *losses: float, trivial: float = 2.3, **changes: Any) -> Measurements:
    """The same measurements with a whole training of 200 steps behind them."""
    count = max(len(losses), 1)
    course = Course(
        steps=tuple(200 * (i + 1) // count for i in range(len(losses))),
        losses=losses,
        epochs=10,
        total_steps=200,
        trivial=trivial,
        final_data_loss=losses[-1] if losses else None,
        final_trivial=trivial,
    )
    return replace(m, course=replace(course, **changes))


def recurrence(**changes: Any) -> TimeSignal:
    """A healthy orthogonal SimpleRNN over 50 steps."""
    signal = TimeSignal(
        layer="rnn",
        call=1,
        cell="SimpleRNN",
        activation="tanh",
        units=32,
        steps=50,
        real_steps=50.0,
        gradient_norms=(0.4, 0.6, 1.0),
        decades_per_step=0.008,
        memory_length=54.0,
        spectral_radius=1.0,
    )
    return replace(signal, **changes)


def codes(findings: Sequence[Any]) -> list[str]:
    """The codes of findings, in order."""
    return [finding.code for finding in findings]
