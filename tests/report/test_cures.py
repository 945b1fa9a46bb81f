"""What to try: three in full, the others in a line, the root cause first."""

from dataclasses import replace

from gradmend.records import Grade, Prescription, Visit
from gradmend.report.blocks import Changes
from gradmend.report.cures import cures_of
from tests.report.patients import dead_relu, deep_sigmoid


def cure(title: str, answers: str = "V101", **more: object) -> Prescription:
    facts = {"treatment": title, "title": title, "grade": Grade.ADVICE, "answers": answers}
    return Prescription(**{**facts, **more})  # type: ignore[arg-type]  # built from names


def shown(*prescriptions: Prescription, visit: Visit | None = None) -> list[Changes]:
    base = visit or deep_sigmoid()
    blocks = cures_of(replace(base, prescriptions=prescriptions))
    return [block for block in blocks if isinstance(block, Changes)]


def test_three_in_full_the_others_in_one_line() -> None:
    blocks = shown(*(cure(f"cure {i}", after=("x = 1",)) for i in range(5)))
    assert [bool(block.lines) for block in blocks] == [True, True, True, False, False]
    assert [block.title for block in blocks][3:] == ["4. cure 3", "5. cure 4"]
    assert blocks[4].remark == ""


def test_the_root_comes_first_and_codes_tell_two_roots_apart() -> None:
    blocks = shown(cure("other", "S102"), cure("own"))
    assert [block.title for block in blocks] == ["1. own (V101)", "2. other (S102)"]


def test_a_place_is_told_only_where_the_finding_did_not() -> None:
    visit = dead_relu()
    same = cure("a", "Z101", where=("dense_2",))
    other = cure("b", "Z101", where=("head",))
    assert [b.title for b in shown(same, other, visit=visit)] == ["1. a", "2. b, in head"]


def test_a_line_that_stays_is_shown_only_beside_an_addition() -> None:
    swap = cure("a", before=("Dense(1, relu)", "compile(mse)"), after=("Dense(1)", "compile(mse)"))
    added = cure("b", before=("Dense(5)",), after=("Dense(5)", "BatchNormalization()"))
    first, second = shown(swap, added)
    assert first.lines == (("- ", "Dense(1, relu)"), ("+ ", "Dense(1)"))
    assert second.lines == (("  ", "Dense(5)"), ("+ ", "BatchNormalization()"))


def test_no_cure_no_heading() -> None:
    assert shown() == []
    assert list(cures_of(replace(deep_sigmoid(), prescriptions=()))) == []
