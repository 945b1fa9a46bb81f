"""Every rule has a headline of its own, short and in plain words."""

from gradmend.findings import RULES
from gradmend.records import Cause, Severity, Symptom
from gradmend.report.trouble import TROUBLES, trouble_of
from tests.report.patients import finding


def test_every_rule_is_called_by_words() -> None:
    assert set(TROUBLES) == {rule.code for rule in RULES}


def test_the_words_leave_room_for_the_place() -> None:
    too_long = [words for words in TROUBLES.values() if len(words) > 45]
    assert not too_long
    assert len(set(TROUBLES.values())) == len(TROUBLES)


def test_a_rule_without_words_is_told_by_its_symptom() -> None:
    unheard = finding("X999", "n", Symptom.EXPLODING, Cause.DEPTH, "m")
    assert trouble_of(unheard) == "gradient explodes"


def test_a_training_that_may_yet_learn_is_not_given_up() -> None:
    late = finding("T102", "n", Symptom.NOT_LEARNING, Cause.DATA, "m", severity=Severity.WARNING)
    assert trouble_of(late) == "so far no better than a constant"
