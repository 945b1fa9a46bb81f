"""Consequences stand beneath their root, and no finding is lost."""

from dataclasses import replace

from gradmend.records import Cause, Finding, Symptom
from gradmend.report.folding import blocks_of, roots
from tests.report.patients import finding


def made(code: str, by: str | None = None) -> Finding:
    one = finding(code, "n", Symptom.VANISHING, Cause.DEPTH, f"message {code}")
    return replace(one, explained_by=by)


def test_a_chain_folds_under_its_first_link() -> None:
    (block,) = blocks_of([made("A"), made("B", "A"), made("C", "B")])
    assert block.code == "A"
    assert block.consequences == ("B message B", "C message C")


def test_a_consequence_of_something_absent_stands_alone() -> None:
    assert [block.code for block in blocks_of([made("B", "A")])] == ["B"]


def test_a_circle_keeps_every_finding() -> None:
    blocks = blocks_of([made("A", "B"), made("B", "A"), made("C", "C")])
    assert [block.code for block in blocks] == ["A", "C"]
    assert blocks[0].consequences == ("B message B",)


def test_order_is_kept_and_twins_are_both_shown() -> None:
    found = [made("B"), made("A"), made("A")]
    assert [f.code for f in roots(found)] == ["B", "A", "A"]
