"""A mending as a document: the outcome first, every seed shown, the words those of the terminal."""

from __future__ import annotations

from dataclasses import replace

from gradmend.mending import Mending
from gradmend.records import Arm, Change, Grade, Outcome, Run, Trial
from gradmend.report import mending
from gradmend.report.blocks import TrialTable
from gradmend.report.forms import FORMS
from gradmend.report.html import page
from gradmend.report.mending_document import mending_document
from tests.report.patients import deep_sigmoid, healthy


def arm(name: str, *scores: float, **more: object) -> Arm:
    runs = tuple(Run(seed=i, score=score, held_out=score) for i, score in enumerate(scores))
    mean = sum(scores) / len(scores) if scores else float("inf")
    return Arm(name=name, runs=runs, score=mean, spread=0.012, **more)  # type: ignore[arg-type]  # names


TRIAL = Trial(
    arms=(
        arm("placebo", 1.01, 1.02, 1.0),
        arm("swap-activation", 0.31, 0.28, 0.33, beats_trivial=True),
        arm("add-residual", float("inf")),
        arm("reset-bias", error="it has no bias"),
    ),
    outcome=Outcome.BETTER,
    reason="swap-activation comes to 0.307 of the trivial loss on held-out data.",
    winner="swap-activation",
    margin=0.03,
    budget_steps=800,
    seconds=41.0,
)
CHANGE = Change(
    treatment="swap-activation",
    title="use ReLU in the hidden layers",
    grade=Grade.CHANGES_FUNCTION,
    before=('Dense(64, activation="sigmoid")',),
    after=('Dense(64, activation="relu")',),
)


def test_the_outcome_comes_first_and_the_cause_is_kept() -> None:
    document = mending_document(deep_sigmoid(), TRIAL, (CHANGE,), title="m.keras")
    labels = dict(document.head.lines)
    assert "0.307" in labels["better"]
    assert "vanishes" in labels["before"]
    assert labels["changed"] == "use ReLU in the hidden layers"
    assert document.sure == "proven: better by more than 0.030 on 3 seeds"


def test_all_forms_show_the_arms_with_the_words_of_the_terminal() -> None:
    document = mending_document(deep_sigmoid(), TRIAL, (CHANGE,))
    printed = mending.text(TRIAL, (CHANGE,))
    for form in FORMS.values():
        text = form([document])
        for part in ("swap-activation", "0.307", "1.010", "0.012", "not finite", "it has no bias"):
            assert part in printed
            assert part in text


def test_a_remark_on_the_trial_stands_in_all_forms() -> None:
    trial = replace(TRIAL, note="the arms ran one after another: it uses a lambda.")
    told = mending_document(deep_sigmoid(), trial, (CHANGE,))
    silent = mending_document(deep_sigmoid(), TRIAL, (CHANGE,))
    for form in FORMS.values():
        assert "it uses a lambda" in form([told])
        assert "it uses a lambda" not in form([silent])


def test_the_page_has_a_dot_for_every_finite_seed() -> None:
    text = page([mending_document(deep_sigmoid(), TRIAL, (CHANGE,))])
    wide = text.partition('class="chart wide"')[2].partition('class="chart narrow"')[0]
    assert wide.count(": one seed ") == 6
    assert "<del>- Dense(64, activation=&#34;sigmoid&#34;)</del>" in text


def test_nothing_tried_is_no_table() -> None:
    nothing = Trial(arms=(), outcome=Outcome.NOTHING_HELPED, reason="the model is healthy.")
    document = mending_document(healthy(), nothing, ())
    assert not [block for block in document.pictures if isinstance(block, TrialTable)]
    assert "The model is healthy" in page([document])


def test_nothing_proven_says_so() -> None:
    trial = replace(TRIAL, outcome=Outcome.NO_DIFFERENCE, winner=None)
    assert "nothing was proven" in mending_document(deep_sigmoid(), trial, ()).sure


def test_a_mending_shows_itself_and_saves_itself(tmp_path) -> None:  # type: ignore[no-untyped-def]  # fixture
    done = Mending(object(), (CHANGE,), TRIAL, deep_sigmoid())
    assert "swap-activation" in done._repr_html_()
    assert done.save(tmp_path / "mending.html").read_text().startswith("<!DOCTYPE html>")
    assert done.save(tmp_path / "mending.md").read_text().startswith("### better")
