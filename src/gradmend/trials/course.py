"""The training of the unchanged model, as the rules about whole trainings read it."""

from __future__ import annotations

import math

from gradmend.measure.loss import evaluate_data_loss
from gradmend.records import Course
from gradmend.trials.arms import Clinic
from gradmend.trials.budget import Budget
from gradmend.trials.rows import Rows, scored
from gradmend.trials.training import Trainee

PARTS = 8  # of the training; each has four stretches


def course_of(clinic: Clinic, train: Rows, *, budget: Budget, batch_size: int) -> Course:
    """Train the unchanged model from the first seed, and return how its loss went.

    A look at one batch finds nothing wrong with steps that are ten thousand times too short, or
    with frozen layers: it takes a training that leads nowhere.

    Args:
        clinic: Builds the unchanged model.
        train: Rows to train on; some of them are what the end is measured by.
        budget: Steps of the training; its time is not exceeded.
        batch_size: Rows per step.
    """
    known = scored(train)
    trainee = Trainee(lambda seed: clinic.build((), seed), train, known, batch_size)
    run = trainee.start(0)
    for part in range(1, PARTS + 1):
        until = max(budget.steps * part // PARTS, 1)
        run = trainee.advance(run, until, lambda: budget.over, lambda _: None)
    broken = [s for s, loss in zip(run.steps, run.losses, strict=True) if not math.isfinite(loss)]
    end = evaluate_data_loss(trainee.model, known.x, known.y, known.sample_weight)
    return Course(
        steps=run.steps,
        losses=run.losses,
        epochs=max(budget.steps * batch_size // len(train), 1),
        total_steps=run.steps[-1] if run.steps else 0,
        trivial=trainee.trivial,
        final_data_loss=end,
        final_trivial=trainee.trivial,
        first_nonfinite_step=broken[0] if broken else None,
    )
