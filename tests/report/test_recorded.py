"""A recorded training told: what went wrong is pinned where it began; silence is no health."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from gradmend.records.training import Probe
from gradmend.report.blocks import Curve, HeatMap
from gradmend.report.forms import FORMS
from gradmend.report.recorded import heat_maps, recorded
from tests.report.patients import deep_sigmoid
from tests.report.trainings import broken, learning, stuck


def test_a_training_that_learns_is_healthy() -> None:
    head = recorded(learning()).head.lines
    assert head[0] == ("healthy", "run-1: loss 1.900 → 0.2570")
    assert head[1][1] == "nothing found in 40 sampled steps; 40 steps, 0 epochs, finished"


def test_silence_of_the_rules_is_not_health() -> None:
    document = recorded(stuck())
    assert document.head.lines[0][0] == "unknown"
    assert "gradmend check" in document.head.lines[-1][1]


def test_what_broke_is_pinned_where_it_began() -> None:
    document = recorded(broken())
    assert document.head.lines[0][0] == "sick"
    curves = [block for block in document.atlas if isinstance(block, Curve)]
    assert [curve.quantity for curve in curves] == ["loss", "gradient norm"]
    for curve in curves:
        assert [step for step, _ in curve.pins] == [41]


def test_a_probe_is_diagnosed_and_prescribed_for() -> None:
    measurements = deep_sigmoid().measurements
    assert measurements is not None
    calls = tuple(replace(c, activation="sigmoid") for c in measurements.calls)
    probe = Probe(epoch=0, step=40, measurements=replace(measurements, calls=calls, course=None))
    document = recorded(replace(stuck(), probes=(probe,)))
    assert "V101" in FORMS[".txt"]([document])
    assert "what to try" in FORMS[".md"]([document])


def test_cells_keep_the_largest_of_their_stretch() -> None:
    run = learning(400)
    spiked = replace(
        run.samples[123],
        weights=tuple(replace(w, gradient_norm=99.0) for w in run.samples[0].weights),
    )
    run = replace(run, samples=(*run.samples[:123], spiked, *run.samples[124:]))
    heat = next(heat_maps(run, columns=20))
    assert len(heat.steps) == 20
    assert [row.label for row in heat.rows] == ["a/kernel", "b/kernel"]
    assert heat.rows[0].values[123 // 20] == 99.0
    assert heat.rows[0].values.count(0.5) == 19


def test_what_is_not_finite_wins_its_cell() -> None:
    heat = next(heat_maps(broken(), columns=10))
    assert math.isnan(heat.rows[0].values[-1] or 0.0)
    assert math.isinf(heat.rows[1].values[-1] or 0.0)


def test_layers_have_maps_of_their_own() -> None:
    captions = [heat.caption for heat in heat_maps(learning())]
    assert captions == [
        "gradient norm of each weight through training",
        "step of each weight through training, as a share of it",
        "dead units through training",
    ]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_it(form: str) -> None:
    text = FORMS[form]([recorded(broken())])
    assert "M" in text
    assert "step 41" in text
    assert "bad.npz" in text


def test_a_page_of_a_long_run_is_light() -> None:
    run = learning(20_000)
    document = recorded(replace(run, samples=run.samples))
    assert any(isinstance(block, HeatMap) for block in document.atlas)
    assert len(FORMS[".html"]([document]).encode()) < 3_000_000


def test_an_empty_run_says_so() -> None:
    document = recorded(learning(0, weights=(), finished=False))
    assert document.head.lines[0][1].startswith("run-1: no step was sampled")
    assert FORMS[".html"]([document])
