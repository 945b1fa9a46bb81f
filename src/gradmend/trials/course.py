"""The training of the unchanged model, as the rules about whole trainings read it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import keras

from gradmend.findings import look_after_pays
from gradmend.measure import measure
from gradmend.measure.loss import evaluate_data_loss
from gradmend.records import Course, Measurements
from gradmend.trials.arms import Clinic
from gradmend.trials.budget import Budget
from gradmend.trials.rows import Rows, scored
from gradmend.trials.training import Trainee

PARTS = 8  # of the training; each has four stretches
# Measured, agreement by SimpleRNN: all seeds learn over 50 and 100 steps, six of ten over 200.
LOTTERY_STEPS = 100


def course_of(
    clinic: Clinic, train: Rows, *, budget: Budget, batch_size: int, seed: int | None = None
) -> tuple[Course, keras.Model]:
    """Train a copy of the model and return how its loss went.

    A look at one batch finds nothing wrong with steps that are ten thousand times too short, or
    with frozen layers: it takes a training that leads nowhere.

    Args:
        clinic: Builds the unchanged model.
        train: Rows to train on; some of them are what the end is measured by.
        budget: Steps of the training; its time is not exceeded.
        batch_size: Rows per step.
        seed: Draws fresh weights; None leaves those that the model has.

    Returns:
        The course, and the copy as the training has left it.
    """
    known = scored(train)

    def build(given: int) -> keras.Model:
        return clinic.as_given() if seed is None else clinic.build((), given, fresh=True)

    trainee = Trainee(build, train, known, batch_size)
    run = trainee.start(seed or 0)
    for part in range(1, PARTS + 1):
        until = max(budget.steps * part // PARTS, 1)
        run = trainee.advance(run, until, lambda: budget.over, lambda _: None)
    broken = [s for s, loss in zip(run.steps, run.losses, strict=True) if not math.isfinite(loss)]
    end = evaluate_data_loss(trainee.model, known.x, known.y, known.sample_weight)
    course = Course(
        steps=run.steps,
        losses=run.losses,
        epochs=max(budget.steps * batch_size // len(train), 1),
        total_steps=run.steps[-1] if run.steps else 0,
        trivial=trainee.trivial,
        final_data_loss=end,
        final_trivial=trainee.trivial,
        first_nonfinite_step=broken[0] if broken else None,
    )
    return course, trainee.model


def looked_after(
    found: Measurements, trained: keras.Model, x: Any, y: Any = None, sample_weight: Any = None
) -> Measurements:
    """Look at the trained model's way through time, where its training disappointed.

    A recurrent network may start with a long memory and lose it while it is trained: no batch
    shows that before.

    Args:
        found: What was measured before, with the `course` of the training.
        trained: The model as that training left it.
        x: The rows it was trained on, in any form; some of them are measured.
        y: Targets.
        sample_weight: As in `fit`.
    """
    if not look_after_pays(found):
        return found
    after = measure(trained, x, y, sample_weight, through_time=True)
    return replace(found, times_after=after.times)


def with_courses(
    found: Measurements, clinic: Clinic, train: Rows, *, budget: Budget, batch_size: int, seeds: int
) -> Measurements:
    """Add how a training of the unchanged model goes, from the weights it has.

    Over long sequences recurrences learn from some seeds and not from others: there up to
    `seeds` trainings are made, until one disappoints.
    """
    long = any(t.real_steps >= LOTTERY_STEPS for t in found.times)
    for seed in range(seeds if long else 1):
        course, model = course_of(
            clinic, train, budget=budget, batch_size=batch_size, seed=seed or None
        )
        found = replace(found, course=course)
        again = looked_after(found, model, train.x, train.y, train.sample_weight)
        if again is not found or budget.over:
            return again
    return found


def mended_times(model: keras.Model, before: Measurements, train: Rows) -> Measurements | None:
    """Measure the mended model, still untrained, as the recurrent one was that came in.

    None where there is no recurrence, or it cannot be measured: it is a picture, no proof.
    """
    if not before.times:
        return None
    exact = any(t.unrolled is not None for t in before.times)
    try:
        return measure(model, train.x, train.y, train.sample_weight, through_time=exact)
    except Exception:  # noqa: BLE001 - a picture may be missing, a mended model may not
        return None
