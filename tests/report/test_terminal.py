"""What the terminal shows: the trouble first, everything once, nothing over the edge."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from gradmend.records import Symptom, Visit
from gradmend.report.document import document_of
from gradmend.report.terminal import render
from tests.report.patients import (
    PATIENTS,
    dead_relu,
    deep_sigmoid,
    exploding_rnn,
    healthy,
    hostile,
    measured,
    unknown,
    very_deep,
)


def shown(visit: Visit, width: int = 80, title: str = "train.py fit 1", **console: object) -> str:
    file = io.StringIO()
    render(document_of(visit, title=title), Console(file=file, width=width, **console))  # type: ignore[arg-type]  # any option
    return file.getvalue()


def head(visit: Visit, width: int = 100) -> list[str]:
    return shown(visit, width).splitlines()[:3]


def test_the_first_three_lines_name_the_trouble() -> None:
    assert head(deep_sigmoid(), 80) == [
        "sick   train.py fit 1: the gradient vanishes toward the first layers",
        "where  27 sigmoid layers, dense_3 … dense_29; cause: activation function (V101)",
        "try    use relu with he_normal instead of sigmoid in the hidden layers",
    ]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (dead_relu, ["sick", "exactly zero", "layer dense_2", "cause: bias", "dense_2 at zero"]),
        (exploding_rnn, ["sick", "explodes", "simple_rnn", "cause: recurrent weights", "R101"]),
        (very_deep, ["sick", "vanishes", "597 sigmoid layers, dense_3 … dense_599", "activation"]),
        (healthy, ["healthy", "nothing found", "2.400 → 0.09940", "2.303", "×2.7"]),
        (unknown, ["unknown", "the script never called fit"]),
    ],
)
def test_every_patient_is_named_in_three_lines(make: Callable[[], Visit], words: list[str]) -> None:
    text = "\n".join(head(make(), 120))
    for word in words:
        assert word in text


@pytest.mark.parametrize("width", [40, 60, 80])
def test_nothing_is_cut_off_in_words(width: int) -> None:
    visit = deep_sigmoid()
    long = replace(visit.findings[1], message="a long message " * 20)
    text = shown(replace(visit, findings=(visit.findings[0], long)), width, title="train.py " * 8)
    before, _, _ = text.partition("the gradient through depth")
    told = " ".join(before.split())
    assert told.count("…") == told.count("dense_3 … dense_29") == 1
    assert told.count("a long message") == 20


@pytest.mark.parametrize("width", [60, 80, 97, 120, 200])
@pytest.mark.parametrize("name", PATIENTS)
def test_no_line_is_wider_than_the_console(name: str, width: int) -> None:
    for line in shown(PATIENTS[name](), width).splitlines():
        assert cell_len(line) <= width


@pytest.mark.parametrize("name", PATIENTS)
def test_a_pipe_gets_no_control_codes_and_no_trailing_blanks(name: str) -> None:
    text = shown(PATIENTS[name]())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert all(line == line.rstrip() for line in text.splitlines())


def test_colour_only_adds_control_codes() -> None:
    coloured = shown(deep_sigmoid(), force_terminal=True, color_system="standard")
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == shown(deep_sigmoid())


def test_each_finding_has_one_block_and_consequences_one_line() -> None:
    text = shown(deep_sigmoid())
    blocks = re.findall(r"^(?:error|warning|note) +(\w+)", text, re.MULTILINE)
    assert blocks == ["V101"]
    assert len(re.findall("C101", text)) == 1
    assert re.search(r"^  └ C101 ", text, re.MULTILINE)


def test_evidence_has_its_unit_and_changes_are_a_diff() -> None:
    text = shown(deep_sigmoid(), 120)
    assert "evidence  flow ratio 7.2e-19 of the last layer's\n" in text
    assert '     - layers.Dense(64, activation="sigmoid")\n     + layers.Dense(64, activ' in text
    assert "(changes the model)" in text


def test_the_depth_picture_marks_the_root_and_says_zero_in_words() -> None:
    lines = shown(dead_relu()).splitlines()
    rows = lines[lines.index("the gradient through depth, input first") + 2 :][:5]
    assert [row.split()[-1] for row in rows[:4]] == ["zero"] * 4
    assert [row.startswith("▶") for row in rows] == [False, False, False, True, False]
    assert "10^-0.5" in rows[4]
    assert "█" in rows[4]
    assert "█" not in "".join(rows[:4])


def test_bars_grow_with_the_gradient() -> None:
    rows = [line for line in shown(deep_sigmoid(), 120).splitlines() if "10^-" in line]
    lengths = [row.count("█") for row in rows]
    assert len(rows) == 15
    assert lengths == sorted(lengths)
    assert lengths[-1] > lengths[0] + 20


def test_nan_and_unseen_layers_are_words() -> None:
    visit = dead_relu()
    visit = replace(visit, findings=(replace(visit.findings[0], where=("b",)),))
    m = measured({"a": 1.0, "b": float("nan"), "c": float("inf"), "d": None, "e": 1.0})
    hidden = replace(m.calls[3], hidden="inside a scan")
    m = replace(m, calls=(*m.calls[:3], hidden, replace(hidden, index=4, path="e", hidden=None)))
    lines = shown(replace(visit, measurements=m)).splitlines()
    words = {
        line.strip("▶ ").split()[0]: line.split("0.5", 1)[1].strip()
        for line in lines
        if "  0.5  " in line
    }
    assert words["b"] == "nan"
    assert words["c"] == "inf"
    assert words["d"] == "not seen"
    assert words["e"] == "does not reach the loss"


def test_many_layers_are_grouped_evenly_and_it_says_so() -> None:
    text = shown(very_deep())
    assert "one row stands for 25 calls" in text
    assert "zero ×9" in text
    assert len(re.findall(r"^[ ▶] dense.* … dense", text, re.MULTILINE)) == 24


def test_time_is_a_strip_with_its_slope() -> None:
    text = shown(exploding_rnn(), 120)
    assert re.search(r"t=1 █[█▇▆▅▄▃▂▁]+▁ t=100", text)
    assert "grows 0.142 decades a step back" in text
    assert "spectral radius 1.43" in text


def test_the_memory_length_is_said() -> None:
    visit = exploding_rnn()
    assert visit.measurements is not None
    time_signal = replace(visit.measurements.times[0], memory_length=4.1, decades_per_step=0.106)
    text = shown(
        replace(visit, measurements=replace(visit.measurements, times=(time_signal,))), 160
    )
    assert "memory length 4.1 of 100 steps, shrinks 0.106 decades a step back" in text


def test_the_loss_is_shown_beside_the_trivial_loss() -> None:
    text = shown(deep_sigmoid())
    assert "loss 2.307 → 2.300 in 5 epochs, 300 steps" in text
    assert "a constant prediction has 2.303" in text
    assert "after training" not in text
    broken = shown(exploding_rnn())
    assert "loss 0.7000 → nan" in broken
    assert "not finite from step 4 on" in broken
    assert re.search(r"^  [▁▂▃▄▅▆▇█]{3}!$", broken, re.MULTILINE)


def test_a_training_that_was_ended_says_by_what() -> None:
    visit = exploding_rnn()
    assert visit.measurements is not None
    assert visit.measurements.course is not None
    course = replace(visit.measurements.course, error="ValueError: bad\x07shape")
    text = shown(replace(visit, measurements=replace(visit.measurements, course=course)))
    assert r"the training was ended by ValueError: bad\x07shape" in text


def test_a_loss_that_differs_after_training_is_told() -> None:
    visit = deep_sigmoid()
    assert visit.measurements is not None
    assert visit.measurements.course is not None
    course = replace(visit.measurements.course, final_data_loss=0.2)
    text = shown(replace(visit, measurements=replace(visit.measurements, course=course)), 160)
    assert "the first batch has a data loss of 0.2000; a constant prediction has 2.302" in text


def test_the_last_lines_hold_the_facts_and_where_to_read_on() -> None:
    facts, more = shown(deep_sigmoid(), 160).splitlines()[-2:]
    for word in [
        "jax",
        "batch of 32",
        "loss 2.307",
        "constant: 2.303",
        "adam, learning rate 0.001",
    ]:
        assert word in facts
    assert more.startswith("`gradmend explain V101`: how this is measured")
    assert more.endswith("a decade is a factor of ten")


def test_healthy_is_two_lines() -> None:
    assert shown(healthy(), 80).splitlines() == [
        "healthy  train.py fit 1: loss 2.400 → 0.09940 (a constant prediction: 2.303)",
        "         nothing found; gradients within ×2.7, a step is 0.12 % of the weights",
    ]


def test_healthy_until_it_was_broken_off() -> None:
    visit = healthy()
    assert visit.measurements is not None
    assert visit.measurements.course is not None
    course = replace(visit.measurements.course, error="KeyboardInterrupt")
    text = shown(replace(visit, measurements=replace(visit.measurements, course=course)))
    assert text.splitlines()[2:] == ["the training was ended by KeyboardInterrupt"]


def test_unknown_is_one_line() -> None:
    assert shown(unknown()) == "unknown  train.py fit 1: the script never called fit\n"


def test_what_could_not_be_judged_still_shows_its_loss() -> None:
    visit = replace(unknown(), measurements=deep_sigmoid().measurements)
    assert shown(visit).splitlines()[1:] == ["loss 2.307 → 2.300 in 5 epochs, 300 steps"]


def test_hostile_names_are_shown_literally() -> None:
    text = shown(hostile(), 120)
    for name in ["[red]a[/red]", r"b\x1b[31m\nc", r"d\u202ee", "[/]", ":smile:"]:
        assert name in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_console_without_unicode_gets_ascii() -> None:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="ascii")
    for make in PATIENTS.values():
        render(document_of(make(), title="été"), Console(file=file, width=70))
    file.flush()
    text = raw.getvalue().decode("ascii")
    assert "dense_3 ... dense_29" in text
    assert "###" in text
    assert r"\xe9t\xe9" in text
    assert max(len(line) for line in text.splitlines()) <= 70


def test_drawing_six_hundred_layers_does_not_grow_out_of_hand() -> None:
    def cost(depth: int) -> float:
        visit = deep_sigmoid(depth)
        start = time.perf_counter()
        shown(visit)
        return time.perf_counter() - start

    shown(deep_sigmoid(30))
    assert cost(3000) < 60 * cost(300) + 1.0


def test_a_reason_that_repeats_the_finding_is_not_printed_twice() -> None:
    visit = deep_sigmoid()
    repeated = visit.findings[0].message.capitalize() + "; cause: activation."
    text = shown(replace(visit, reason=repeated, certainty="likely"), 120)
    assert "what was found (likely)\nerror " in text
    assert text.lower().count("18.8 decades over 30 layers") == 1
    assert "training stayed at the trivial loss" in shown(visit, 120)


def test_nothing_is_made_up_where_no_batch_was_measured() -> None:
    visit = deep_sigmoid()
    assert visit.measurements is not None
    m = replace(visit.measurements, batches=0, calls=(), optimizer=None)
    last = shown(replace(visit, measurements=m), 160).splitlines()[-2]
    assert "no batch measured" in last
    assert "optimizer" not in last


def test_a_picture_is_shown_where_it_points_at_something() -> None:
    caption = "the gradient through depth"
    assert caption in shown(deep_sigmoid())
    visit = deep_sigmoid()
    labels = replace(visit.findings[0], symptom=Symptom.NOT_LEARNING)
    assert caption not in shown(replace(visit, findings=(labels,)))
    elsewhere = replace(visit.findings[0], where=("adam",))
    assert caption not in shown(replace(visit, findings=(elsewhere,)))
    assert caption not in shown(exploding_rnn())
    assert "the gradient through time" in shown(exploding_rnn())
