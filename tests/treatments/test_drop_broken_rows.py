from __future__ import annotations

from gradmend.records import Cause
from gradmend.treatments.drop_broken_rows import prescribe
from tests.findings.records import mlp
from tests.treatments.findings import finding


def test_shows_how_to_find_the_rows() -> None:
    (cure,) = prescribe(mlp(), finding("N101", Cause.DATA, "x"))
    assert cure.where == ("x",)
    assert cure.after[-1] == "model.fit(x[whole], y[whole])"


def test_is_no_answer_to_other_troubles_of_the_data() -> None:
    assert not list(prescribe(mlp(), finding("D103", Cause.DATA, "y")))
