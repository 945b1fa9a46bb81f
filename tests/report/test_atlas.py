"""What a page shows beside the story: every picture that was measured, and every number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gradmend.records import ForwardSignal, LayerCall, Measurements, Severity
from gradmend.report.atlas import atlas_of
from gradmend.report.blocks import Block, ModelGraph, Table, Tone
from gradmend.report.model_graph import model_graph
from gradmend.report.recipe import recipe_of
from gradmend.report.tables import table_of
from gradmend.report.units import unit_strip
from gradmend.report.weights import weight_profile
from tests.report.patients import (
    PATIENTS,
    dead_relu,
    deep_sigmoid,
    exploding_rnn,
    healthy,
    measured,
    unknown,
)


def kinds(blocks: Iterable[Block]) -> list[str]:
    return [type(block).__name__ for block in blocks if not isinstance(block, Table)]


def of(name: str) -> Measurements:
    found = PATIENTS[name]().measurements
    assert found is not None
    return found


def test_the_pictures_of_a_visit() -> None:
    assert kinds(atlas_of(deep_sigmoid())) == [
        "DepthProfile", "Curve", "WeightProfile", "ModelGraph", "Recipe",
    ]  # fmt: skip
    assert "TimeProfile" in kinds(atlas_of(exploding_rnn()))
    assert "DepthProfile" in kinds(atlas_of(healthy()))  # the terminal leaves it out
    assert atlas_of(unknown()) == ()


def test_every_call_and_weight_is_in_the_raw_tables() -> None:
    tables = {b.caption: b for b in atlas_of(deep_sigmoid()) if isinstance(b, Table)}
    assert len(tables["layers"].rows) == 30
    assert len(tables["weights"].rows) == 30
    for table in tables.values():
        assert all(len(row) == len(table.columns) for row in table.rows)
    row = dict(zip(tables["layers"].columns, tables["layers"].rows[0], strict=True))
    assert (row["layer call"], row["output RMS"], row["gain"]) == ("dense", "0.5", "")


def with_activation(name: str, activation: str, **forward: object) -> LayerCall:
    call = measured({name: 1.0}).calls[0]
    assert isinstance(call.forward, ForwardSignal)
    return replace(call, activation=activation, forward=replace(call.forward, **forward))  # type: ignore[arg-type]  # names


def test_dead_units_count_only_where_a_zero_is_death() -> None:
    calls = (
        with_activation("a", "relu", dead_units=16),
        with_activation("b", "tanh", saturated_soft=0.25, dead_units=16),
        with_activation("c", "linear", dead_units=16),
    )
    strip = unit_strip(replace(of("healthy"), calls=calls))
    assert strip is not None
    assert table_of(strip).rows == (("a", "", "25 %"), ("b", "25 %", ""), ("c", "", ""))
    assert unit_strip(of("healthy")) is None


def test_the_graph_takes_the_worst_finding_of_a_layer() -> None:
    visit = dead_relu()
    note = replace(visit.findings[0], code="X100", severity=Severity.NOTE)
    graph = model_graph(of("dead_relu"), (note, *visit.findings))
    assert isinstance(graph, ModelGraph)
    sick = [node for node in graph.nodes if node.tone is Tone.BAD]
    assert [(node.label, node.word) for node in sick] == [("dense_2", "Z101, X100")]
    assert {node.tone for node in graph.nodes} == {Tone.BAD, Tone.GOOD}


def test_the_graph_keeps_what_reads_what() -> None:
    calls = of("healthy").calls
    joined = replace(of("healthy"), calls=(*calls[:2], replace(calls[2], inputs=(0, 1, 99))))
    graph = model_graph(joined, ())
    assert graph is not None
    assert graph.nodes[2].reads == (0, 1)
    assert table_of(graph).rows[2][2] == "dense, dense_1"


def test_frozen_weights_take_no_step_and_stand_in_no_profile() -> None:
    m = of("healthy")
    frozen = replace(m, weights=tuple(replace(w, trainable=False) for w in m.weights))
    assert weight_profile(m, None) is not None
    assert weight_profile(replace(frozen, weights=()), None) is None


def test_the_recipe_repeats_what_was_typed() -> None:
    m = of("healthy")
    assert recipe_of(m, "gradmend run t.py").lines == ("KERAS_BACKEND=jax gradmend run t.py",)
    assert "batch_size=32" in recipe_of(m).lines[-1]
    assert recipe_of(replace(m, batches=0)).facts[-1][1].startswith("no batch")
