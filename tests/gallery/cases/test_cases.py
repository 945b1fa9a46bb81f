"""The real cases: known answers, and programs that can be trained."""

from __future__ import annotations

import pytest

from gradmend.gallery.cases import CASES, RealCase

QUICK = ("so31880720", "so48221692")


def test_names_are_unique_and_each_has_an_answer_and_a_source() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) >= 20
    assert all(case.causes and case.title and case.source for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_is_built_ready_to_train(case: RealCase) -> None:
    program = case.build(0)
    model, x, y = program.compiled()
    assert len(model(x[:4])) == 4
    assert len(x) == len(y) == len(program.truth)


@pytest.mark.parametrize("name", QUICK)
def test_does_not_learn(name: str) -> None:
    program = next(case for case in CASES if case.name == name).build(0)
    model, x, y = program.compiled()
    model.fit(x, y, **program.fit_arguments)
    assert program.skill() < 0.5
