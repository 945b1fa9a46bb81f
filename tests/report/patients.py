"""Visits made up by hand, as measuring and diagnosing would give them."""

from __future__ import annotations

import math
from dataclasses import replace

from gradmend.records import (
    BackwardSignal,
    Cause,
    Course,
    Evidence,
    Finding,
    ForwardSignal,
    Grade,
    LayerCall,
    LossFacts,
    Measurements,
    ModelFacts,
    OptimizerFacts,
    Prescription,
    Severity,
    Symptom,
    TimeSignal,
    Verdict,
    Visit,
    WeightSignal,
)


def call(
    index: int, path: str, norm: float | None, rms: float = 0.5, nonfinite: int = 0
) -> LayerCall:
    forward = ForwardSignal(
        shape=(32, 64),
        rms=rms,
        mean=0.0,
        std=rms,
        largest=3 * rms,
        zero_share=0.0,
        nonfinite=0,
        units=64,
        dead_units=0,
    )
    backward = norm is not None and BackwardSignal(
        rms=norm / 8, norm=norm, largest=norm, zero_share=0.0, nonfinite=nonfinite, flow=norm
    )
    return LayerCall(
        index=index,
        path=path,
        call=1,
        class_name="Dense",
        role="dense",
        forward=forward,
        backward=backward or None,
    )


def weight(path: str, update_ratio: float) -> WeightSignal:
    return WeightSignal(
        path=f"{path}/kernel",
        layer=path,
        role="kernel",
        shape=(64, 64),
        trainable=True,
        norm=1.0,
        rms=0.1,
        mean=0.0,
        largest=0.3,
        zero_share=0.0,
        nonfinite=0,
        update_ratio=update_ratio,
    )


def measured(norms: dict[str, float | None], **more: object) -> Measurements:
    facts: dict[str, object] = {
        "backend": "jax",
        "keras_version": "3.15.1",
        "batch_size": 32,
        "batches": 1,
        "model": ModelFacts(
            name="sequential",
            kind="Sequential",
            layers=len(norms),
            parameters=123_456,
            trainable_parameters=123_456,
            frozen_layers=0,
            precision="float32",
        ),
        "loss": LossFacts(total=2.3071, data=2.3071, penalty=0.0, trivial=2.3026),
        "calls": tuple(call(i, path, norm) for i, (path, norm) in enumerate(norms.items())),
        "weights": tuple(weight(path, 1.2e-3) for path in norms),
        "optimizer": OptimizerFacts(name="adam", learning_rate=0.001),
    }
    return Measurements(**{**facts, **more})  # type: ignore[arg-type]  # built from names


def finding(
    code: str, name: str, symptom: Symptom, cause: Cause, message: str, **more: object
) -> Finding:
    return Finding(
        code=code,
        name=name,
        symptom=symptom,
        cause=cause,
        message=message,
        **{"severity": Severity.ERROR, **more},  # type: ignore[arg-type]  # built from names
    )


def deep_sigmoid(depth: int = 30) -> Visit:
    names = ["dense"] + [f"dense_{i}" for i in range(1, depth)]
    norms = {name: 10 ** (-1 - 0.626 * (depth - 1 - i)) for i, name in enumerate(names)}
    root = finding(
        "V101",
        "gradient-shrinks-with-depth",
        Symptom.VANISHING,
        Cause.ACTIVATION,
        f"sigmoid activations shrink it {0.626 * depth:.1f} decades over {depth} layers",
        where=tuple(names[3:]),
        evidence=(
            Evidence(name="shrinkage", value=0.626 * depth, unit="decades"),
            Evidence(name="flow_ratio", value=7.2e-19, unit="of the last layer's"),
        ),
        explains=("C101",),
    )
    result = finding(
        "C101",
        "samples-collapse",
        Symptom.SATURATED,
        Cause.ACTIVATION,
        "'dense_29' gives the same output for every sample (mean cosine 1.000)",
        severity=Severity.WARNING,
        where=("dense_29",),
        explained_by="V101",
    )
    cure = Prescription(
        treatment="swap-activation",
        title="use relu with he_normal instead of sigmoid in the hidden layers",
        grade=Grade.CHANGES_FUNCTION,
        answers="V101",
        where=tuple(names[3:]),
        expected="the gradient of the first layer comes within 3 decades of the last",
        before=('layers.Dense(64, activation="sigmoid")',),
        after=('layers.Dense(64, activation="relu", kernel_initializer="he_normal")',),
    )
    return Visit(
        verdict=Verdict.SICK,
        reason="the gradient vanishes, and training stayed at the trivial loss",
        certainty="certain",
        findings=(root, result),
        prescriptions=(cure,),
        measurements=activated(measured(norms, course=at_chance()), "sigmoid"),
    )


def at_chance() -> Course:
    return Course(
        steps=tuple(range(10, 310, 10)),
        losses=tuple(2.303 + 0.004 * math.cos(i) for i in range(30)),
        epochs=5,
        total_steps=300,
        trivial=2.3026,
        final_data_loss=2.3031,
        final_trivial=2.3021,
    )


def activated(m: Measurements, activation: str) -> Measurements:
    return replace(m, calls=tuple(replace(call, activation=activation) for call in m.calls))


def dead_relu() -> Visit:
    norms = {"flatten": 0.0, "dense": 0.0, "dense_1": 0.0, "dense_2": 0.0, "head": 0.3}
    root = finding(
        "Z101",
        "gradient-exactly-zero",
        Symptom.ZERO_GRADIENT,
        Cause.BIAS,
        "'dense_2' blocks it: all 64 units are below zero on every sample (bias mean -3.0)",
        where=("dense_2",),
        evidence=(Evidence(name="dead share", value=1.0, unit="of units"),),
        certain=True,
    )
    cure = Prescription(
        treatment="reset-bias",
        title="start the biases of dense_2 at zero",
        grade=Grade.CHANGES_FUNCTION,
        answers="Z101",
        where=("dense_2",),
        before=('layers.Dense(64, activation="relu", bias_initializer=Constant(-3.0))',),
        after=('layers.Dense(64, activation="relu")',),
    )
    return Visit(
        verdict=Verdict.SICK,
        reason="no gradient reaches the layers before 'dense_2'",
        certainty="certain",
        findings=(root,),
        prescriptions=(cure,),
        measurements=measured(norms, notes=("1 of 2 branches was not seen",)),
    )


def exploding_rnn() -> Visit:
    norms: dict[str, float | None] = {"embedding": 3e14, "simple_rnn": 2.0, "head": 0.5}
    root = finding(
        "R101",
        "gradient-explodes-through-time",
        Symptom.EXPLODING,
        Cause.RECURRENT_EXPLOSION,
        "it grows 14.2 decades over 100 steps back through 'simple_rnn'",
        where=("simple_rnn",),
        evidence=(Evidence(name="spectral radius", value=1.43, unit="(1 keeps the size)"),),
    )
    time = TimeSignal(
        layer="simple_rnn",
        call=1,
        cell="SimpleRNNCell",
        activation="tanh",
        units=32,
        steps=100,
        real_steps=100.0,
        gradient_norms=tuple(10 ** (14.2 - 0.142 * t) for t in range(100)),
        decades_per_step=-0.142,
        spectral_radius=1.43,
    )
    course = Course(
        steps=(1, 2, 3, 4),
        losses=(0.7, 35.0, 4e5, math.nan),
        epochs=1,
        total_steps=4,
        trivial=0.693,
        first_nonfinite_step=4,
    )
    return Visit(
        verdict=Verdict.SICK,
        reason="the loss turned nan at step 4",
        certainty="certain",
        findings=(root,),
        measurements=measured(norms, times=(time,), course=course),
    )


def healthy() -> Visit:
    norms: dict[str, float | None] = {"dense": 0.11, "dense_1": 0.2, "head": 0.3}
    course = Course(
        steps=tuple(range(1, 80)),
        losses=tuple(2.4 * 0.96**i for i in range(79)),
        epochs=5,
        total_steps=79,
        trivial=2.3026,
        final_data_loss=0.21,
        final_trivial=2.2953,
    )
    return Visit(
        verdict=Verdict.HEALTHY,
        reason="no rule found anything",
        measurements=measured(norms, course=course),
    )


def unknown() -> Visit:
    return Visit(verdict=Verdict.UNKNOWN, reason="the script never called fit")


def very_deep() -> Visit:
    return deep_sigmoid(600)


def hostile() -> Visit:
    """Names that are markup, control characters, right-to-left marks and wide letters."""
    names = ["[red]a[/red]", "b\x1b[31m\nc", "d\u202ee", "層" * 40, "[/]", ":smile:"]
    visit = dead_relu()
    assert visit.measurements is not None
    root = replace(visit.findings[0], where=tuple(names), message=f"blocked at '{names[1]}'")
    return replace(
        visit,
        reason=names[0],
        findings=(root,),
        measurements=measured({name: 10.0**-i for i, name in enumerate(names)}),
    )


PATIENTS = {
    make.__name__: make
    for make in (deep_sigmoid, dead_relu, exploding_rnn, healthy, unknown, very_deep, hostile)
}
