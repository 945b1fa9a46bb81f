from __future__ import annotations

from gradmend.records import Cause, Grade
from gradmend.treatments.shuffle_rows import prescribe
from tests.findings.records import mlp
from tests.treatments.findings import finding


def test_rows_that_come_sorted_are_mixed() -> None:
    (advice,) = prescribe(mlp(2, batch_variety=0.02), finding("D105", Cause.DATA))
    assert advice.grade is Grade.ADVICE
    assert advice.after == ("model.fit(x, y)",)


def test_other_troubles_with_the_data_are_not_answered() -> None:
    assert not list(prescribe(mlp(2), finding("D103", Cause.DATA)))
