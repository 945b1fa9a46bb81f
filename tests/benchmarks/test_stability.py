"""Answers from several seeds are counted per patient."""

from __future__ import annotations

from benchmarks.stability import answered, counted, visited

from gradmend.gallery import patient_named

SICK = patient_named("one-unit-softmax")
WELL = patient_named("relu-5")


def row(
    name: str, seed: int, verdict: str, cause: str | None, right: bool = True
) -> dict[str, object]:
    return {"name": name, "seed": seed, "verdict": verdict, "cause": cause, "right": right}


def test_a_visit_is_held_against_the_known_answer() -> None:
    told = answered(SICK, visited(SICK, 0))
    assert (told["verdict"], told["cause"], told["right"]) == ("sick", "output-activation", True)
    assert not answered(WELL, visited(SICK, 0))["right"]


def test_a_seed_that_differs_is_named() -> None:
    found = counted(
        [SICK, WELL],
        [
            row(SICK.name, 0, "sick", "output-activation"),
            row(SICK.name, 1, "healthy", None, right=False),
            row(WELL.name, 0, "healthy", None),
            row(WELL.name, 1, "healthy", None),
            row("gone", 0, "sick", "data"),
        ],
    )
    assert (found["patients"], found["visits"]) == (2, 4)
    assert (found["right on every seed"], found["one verdict and cause"]) == (1, 1)
    assert found["differs"] == {SICK.name: {"sick: output-activation": 1, "healthy: nothing": 1}}
    assert found["wrong"] == {SICK.name: [1]}
