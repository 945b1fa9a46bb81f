"""Learned by heart is watched; sick where own rows are learned well, and others never."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gradmend.findings.diagnose import diagnose
from gradmend.findings.judge import judge
from gradmend.findings.validation_never_beats_trivial import check
from gradmend.records import LossFacts, Measurements, Severity, Verdict
from tests.findings.records import followed, mlp, tensor

AT_CHANCE = (2.4, 2.31, 2.5, 3.0)


def by_heart(*losses: float, **changes: Any) -> Measurements:
    course = {"validation_losses": AT_CHANCE, "validation_trivial": 2.3, **changes}
    return followed(mlp(2), *(losses or (2.4, 2.0, 1.5)), **course)


def test_speaks_of_the_losses_and_of_no_reason() -> None:
    (found,) = check(by_heart())
    assert found.severity is Severity.WARNING
    assert found.message == (
        "the training loss fell to 65 % of that of a constant prediction, and the validation loss "
        "never below 100 % in 4 epochs (a constant: 2.3): what was learned does not carry over"
    )
    assert not {"shuffled", "leak", "overfit"} & set(found.message.split())


@pytest.mark.parametrize("end", [1.7, 1.2, 0.1])
def test_a_few_epochs_are_watched_however_well_it_was_learned(end: float) -> None:
    m = by_heart(2.4, 2.0, end)
    assert judge(diagnose(m), m).verdict is Verdict.WATCH


@pytest.mark.parametrize(
    ("end", "best", "verdict"),
    [
        (0.1, 2.31, Verdict.SICK),
        (1.0, 2.31, Verdict.SICK),
        (1.7, 2.31, Verdict.WATCH),  # little is learned yet, of its own rows too
        (0.1, 2.27, Verdict.WATCH),  # an epoch that was a little better than a constant
    ],
)
def test_many_epochs_in_vain_are_sick(end: float, best: float, verdict: Verdict) -> None:
    m = by_heart(2.4, 2.0, end, validation_losses=(2.4, best, 2.5, 3.0, 3.4))
    judged = judge(diagnose(m), m)
    assert judged.verdict is verdict
    assert judged.certainty == "possible"


@pytest.mark.parametrize(
    "m",
    [
        by_heart(validation_losses=(2.4, 2.0, 2.5, 3.0)),
        by_heart(validation_losses=AT_CHANCE[:2]),
        by_heart(validation_losses=()),
        by_heart(validation_losses=(*AT_CHANCE, float("nan"))),
        by_heart(validation_trivial=None),
        by_heart(validation_trivial=1.2),
        by_heart(2.4, 2.3, 2.2),
        by_heart(final_data_loss=2.4),
        by_heart(final_data_loss=None),
        replace(by_heart(), sample_weights=(tensor("sample_weight"),)),
        replace(by_heart(), loss=LossFacts(total=2.5, data=2.3, penalty=0.2, trivial=2.3)),
    ],
    ids=["beaten once", "two epochs", "none", "not finite", "targets unknown", "other targets",
         "nothing learned", "young averages", "end unknown", "weighted", "penalised"],
)  # fmt: skip
def test_is_silent(m: Measurements) -> None:
    assert not list(check(m))
