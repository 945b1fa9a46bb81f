from __future__ import annotations

from gradmend.records import Arm, Outcome, Run, Trial
from gradmend.report.mending import spent, text

EARLY = Trial(
    arms=(
        Arm(name="placebo", runs=(Run(seed=0, score=1.0),), score=1.0),
        Arm(name="cure", treatments=("cure",), runs=(Run(seed=0, score=0.2),), score=0.2),
    ),
    outcome=Outcome.BETTER,
    reason="it helps.",
    winner="cure",
    budget_steps=400,
    proven_at=100,
    seconds=12.4,
    trained_on=(Run(seed=0, steps=(400,), score=0.98), Run(seed=0, steps=(400,), score=0.05)),
)


def test_an_early_proof_says_what_it_took_and_what_became_of_it() -> None:
    said = "proven after 100 of 400 steps, 12 s; the first seed after 400: 0.050, unchanged 0.980"
    assert spent(EARLY) == said
    assert said in text(EARLY, ())
