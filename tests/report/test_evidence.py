"""The numbers that matter, each once."""

from gradmend.records import Cause, Evidence, Symptom
from gradmend.report.evidence import evidence_of
from tests.report.patients import finding


def told(message: str, *evidence: Evidence) -> str:
    return evidence_of(
        finding("A1", "n", Symptom.EXPLODING, Cause.BIAS, message, evidence=evidence)
    )


def number(name: str, value: float, unit: str) -> Evidence:
    return Evidence(name=name, value=value, unit=unit)


def test_a_number_of_the_message_is_not_repeated() -> None:
    rate = number("learning rate", 0.1, "per step")
    assert told("learning rate is 0.1", rate) == ""
    assert told("learning rate is 0.2", rate) == "learning rate 0.1 per step"
    assert told("95 % of the units", number("dead units", 0.9512, "share")) == ""
    assert told("8.5 times too wide", number("times too wide", 8.531, "times")) == ""
    assert told("5.4 decades", number("flow", 5.34, "decades")) == "flow 5.34 decades"


def test_at_most_four_and_none_of_the_minor_ones() -> None:
    many = [number(f"n{i}", float(i), "") for i in range(6)]
    minor = number("fit of one slope", 0.99, "of the variance explained")
    assert told("m", minor, *many) == "n0 0, n1 1, n2 2, n3 3"


def test_units_read_well() -> None:
    assert told("m", number("row sum error", 4.29, "1")) == "row sum error 4.29"
    assert told("m", number("radius", 1.43, "1 per step")) == "radius 1.43 per step"
    assert told("m", number("loss before", 2.0, "loss")) == "loss before 2"
    assert told("m", number("share", float("nan"), "share")) == "share nan"
