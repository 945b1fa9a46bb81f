"""Consequences stand beneath their root, no finding is lost, no place is told twice."""

from dataclasses import replace

from gradmend.records import Cause, Finding, Symptom, Verdict, Visit
from gradmend.report.blocks import FindingBlock
from gradmend.report.folding import blocks_of, roots
from tests.report.patients import finding


def made(code: str, by: str | None = None, where: tuple[str, ...] = ()) -> Finding:
    one = finding(code, "n", Symptom.VANISHING, Cause.DEPTH, f"message {code}", where=where)
    return replace(one, explained_by=by)


def folded(*findings: Finding, verdict: Verdict = Verdict.SICK) -> tuple[FindingBlock, ...]:
    return blocks_of(Visit(verdict=verdict, reason="r", findings=findings))


def test_a_chain_folds_under_its_first_link() -> None:
    (block,) = folded(made("A"), made("B", "A"), made("C", "B"))
    assert block.code == "A"
    assert block.consequences == ("B message B", "C message C")


def test_a_consequence_of_something_absent_stands_alone() -> None:
    assert [block.code for block in folded(made("B", "A"))] == ["B"]


def test_a_circle_keeps_every_finding() -> None:
    blocks = folded(made("A", "B"), made("B", "A"), made("C", "C"))
    assert [block.code for block in blocks] == ["A", "C"]
    assert blocks[0].consequences == ("B message B",)


def test_order_is_kept_and_twins_are_both_shown() -> None:
    found = [made("B"), made("A"), made("A")]
    assert [f.code for f in roots(found)] == ["B", "A", "A"]


def test_the_place_of_the_first_root_stands_in_the_headline_alone() -> None:
    found = made("A", where=("dense",)), made("B", where=("dense_1",))
    place = "where", "dense_1; cause: depth of the network"
    assert [block.facts for block in folded(*found)] == [(), (place,)]
    first, _ = folded(*found, verdict=Verdict.HEALTHY)
    assert first.facts == (("where", "dense; cause: depth of the network"),)
