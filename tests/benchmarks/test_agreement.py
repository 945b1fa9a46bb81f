"""Two backends on the same cases: what agrees is counted, what differs is listed."""

from __future__ import annotations

from benchmarks.detection.agreement import counted, lines, pairs_of

from tests.benchmarks.test_detection import BADLY, BASE, WELL, record

TWIN = BASE | {"backend": "torch"}
SICK = record(BADLY, "real", 0.0)


def test_the_same_record_agrees_with_itself() -> None:
    pairs = pairs_of([BASE, TWIN, SICK, SICK | {"backend": "torch"}], "jax", "torch")
    found = counted(pairs)
    assert found["same verdict"] == {"count": 2, "of": 2, "share": 1.0}
    assert found["same root cause, sick on both"]["share"] == 1.0
    assert len(lines(pairs)) == len(found)


def test_another_verdict_is_counted_and_listed() -> None:
    other = record(WELL, "real", 0.1) | {"backend": "torch"}
    pairs = pairs_of([SICK, other], "jax", "torch")
    assert counted(pairs)["same verdict, trained alike"]["count"] == 0
    assert lines(pairs)[-1].startswith("- real case s0: jax: skill 0.0, sick")


def test_another_training_is_counted_apart() -> None:
    pairs = pairs_of([SICK, record(WELL, "real", 0.9) | {"backend": "torch"}], "jax", "torch")
    assert counted(pairs)["same verdict"]["of"] == 1
    assert counted(pairs)["same verdict, trained alike"]["of"] == 0


def test_a_refused_program_is_not_compared() -> None:
    other = SICK | {"backend": "torch", "error": "ValueError: no", "skills": []}
    pairs = pairs_of([SICK, other], "jax", "torch")
    assert counted(pairs)["refused by a backend"]["count"] == 1
    assert counted(pairs)["same verdict"]["of"] == 0


def test_a_case_of_one_backend_is_left_out_and_the_split_off_part_is_not_listed() -> None:
    assert pairs_of([BASE], "jax", "torch") == []
    hidden = SICK | {"split": "test"}
    other = record(WELL, "real", 0.1, split="test", backend="torch")
    pairs = pairs_of([hidden, other], "jax", "torch")
    assert len(lines(pairs)) == len(counted(pairs))
