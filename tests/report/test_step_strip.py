"""The strip of steps: words under their steps, before above after, on one scale."""

from __future__ import annotations

from dataclasses import replace

from rich.cells import cell_len

from gradmend.records import Measurements, ReachSignal
from gradmend.report.step_strip import coloured, step_strip, time_scale
from gradmend.report.terminal import strips
from gradmend.report.through_time import time_profiles
from tests.findings.records import mlp, recurrence
from tests.findings.through_time import fading, unrolled


def patient(decades: float = 0.05) -> Measurements:
    seen = recurrence(steps=100, real_steps=100.0, unrolled=fading(decades))
    return mlp(2, times=(seen,))


def test_each_word_stands_under_its_step() -> None:
    norms = [10.0 ** (t - 5) for t in range(6)]
    words = ["Those", "cats", "caught", "a", "fish", "they"]
    line, under = step_strip(norms, words, time_scale([norms]), 80)
    assert under.plain == "  Those cats caught a fish they"
    assert [len(part) for part in line.plain.split()] == [len(word) for word in words]
    assert line.plain.split()[0][0] == "▁"
    assert line.plain.split()[-1] == "████"


def test_long_sentences_take_several_rows_and_fit_the_width() -> None:
    words = [f"word{number}" for number in range(40)]
    rows = list(step_strip([1.0] * 40, words, time_scale([[1.0]]), 50))
    assert len(rows) > 2
    assert all(cell_len(row.plain) <= 50 for row in rows)
    assert " ".join(row.plain.strip() for row in rows[1::3]).split() == words


def test_with_words_too_the_strip_of_before_stands_above() -> None:
    scale = time_scale([[1e-6, 1.0]])
    above, line, under = step_strip([1.0, 1.0], ["cats", "ran"], scale, 60, [1e-6, 1.0])
    assert above.plain == "  before ▁▁▁▁ ███"
    assert line.plain == "  mended ████ ███"
    assert under.plain == "         cats ran"


def test_colours_go_from_lost_to_strong() -> None:
    shades = [span.style for span in coloured("·▁▄█").spans]
    assert shades == ["red", "red", "yellow", "green"]


def test_a_lost_gradient_does_not_press_the_rest_flat() -> None:
    scale = time_scale([[1e-60, 1e-3, 1.0]])
    assert scale(1e-60) == 0.0
    assert scale(1e-3) == 0.75


def test_before_and_after_stand_on_one_scale() -> None:
    text = strips(patient(0.005), before=patient(0.2))
    before, after = (line for line in text.splitlines() if "t=1 " in line)
    assert before.strip().startswith("before")
    assert after.strip().startswith("mended")
    assert "▁" in before
    assert "▁" not in after


def test_the_exact_curve_is_drawn_with_what_it_says() -> None:
    (profile,) = time_profiles(patient(), None)
    assert len(profile.norms) == 100
    assert profile.remark == (
        "memory length 8.69 of 100 steps, 100% of them heard, shrinks 0.05 decades a step back, "
        "Lyapunov exponent -0.01, spectral radius 1"
    )


def test_words_that_are_not_as_many_as_the_steps_are_left_out() -> None:
    (profile,) = time_profiles(patient(), None, words=["too", "few"])
    assert profile.words == ()


def test_models_without_recurrence_show_how_far_their_input_is_heard() -> None:
    reach = ReachSignal(
        entrance="words", through=("attention",), norms=(0.5, 1.0), usable_share=1.0
    )
    m = replace(mlp(2), reaches=(reach,))
    (profile,) = time_profiles(m, None)
    assert (profile.label, profile.remark) == (
        "words (through attention)",
        "over 2 steps, 100% of them heard",
    )


def test_the_layer_of_the_finding_is_marked_without_unrolling_too() -> None:
    plain = recurrence(unrolled=None)
    (profile,) = time_profiles(mlp(2, times=(plain,)), None)
    assert profile.norms == plain.gradient_norms
    assert not profile.marked
    assert unrolled().usable_share == 1.0
