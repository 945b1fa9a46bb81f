from __future__ import annotations

from dataclasses import replace

from gradmend.findings import diagnose, judge, needs_second_look
from gradmend.findings.judge import Judgement
from gradmend.records import Measurements, Verdict
from tests.findings.records import classifier_head, followed, mlp, rehearsed, with_calls


def judged(m: Measurements) -> Judgement:
    return judge(diagnose(m), m)


def test_sick_names_layer_number_and_cause() -> None:
    judgement = judged(mlp(30, "sigmoid", fall=0.626))
    assert judgement == Judgement(
        verdict=Verdict.SICK,
        reason="Gradient shrinks 16.9 decades from 'dense_29' back to 'dense_0' "
        "(limit 2.5 decades); cause: activation.",
        certainty="likely",
    )


def test_a_certain_finding_makes_the_verdict_certain() -> None:
    judgement = judged(mlp(outputs=(classifier_head(units=1, target=None),)))
    assert (judgement.verdict, judgement.certainty) == (Verdict.SICK, "certain")


def test_a_warning_is_to_watch() -> None:
    judgement = judged(mlp(6, "sigmoid", fall=0.6))
    assert (judgement.verdict, judgement.certainty) == (Verdict.WATCH, "possible")


def test_failed_training_with_a_clean_profile_is_possibly_sick() -> None:
    judgement = judged(followed(mlp(3), 2.4, 2.31, 2.3))
    assert (judgement.verdict, judgement.certainty) == (Verdict.SICK, "possible")
    assert judgement.reason.startswith("After 200 steps the loss ended at 2.3, no better than a")


def test_good_training_is_certainly_healthy() -> None:
    judgement = judged(followed(mlp(30, "sigmoid", fall=0.626), 2.3, 0.2))
    assert (judgement.verdict, judgement.certainty) == (Verdict.HEALTHY, "certain")


def test_healthy_says_how_much_was_seen() -> None:
    assert judged(mlp(3)).reason == "No limit is exceeded in 4 layer calls."


def test_unknown_is_said_aloud() -> None:
    unseen = with_calls(mlp(3), lambda c: replace(c, forward=None, backward=None))
    judgement = judged(replace(unseen, notes=("the script never calls fit",)))
    assert judgement.verdict is Verdict.UNKNOWN
    assert judgement.reason == "Nothing could be measured: the script never calls fit"


def test_a_second_look_is_for_what_a_few_steps_can_decide() -> None:
    watch = mlp(6, "sigmoid", fall=0.6)
    certain = mlp(outputs=(classifier_head(units=1, target=None),))
    assert needs_second_look(diagnose(watch), watch)
    assert not needs_second_look(diagnose(certain), certain)
    assert not needs_second_look(diagnose(mlp()), mlp())
    seen = rehearsed(watch, 2.4, 2.39)
    assert not needs_second_look(diagnose(seen), seen)
