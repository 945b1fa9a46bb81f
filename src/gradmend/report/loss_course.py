"""The loss through one training, beside the loss of the best constant prediction."""

from __future__ import annotations

import math

from gradmend.records import Course
from gradmend.report.blocks import Curve
from gradmend.report.words import loss, plain, plural

SAME = 0.3  # of the loss: the noise of one batch


def curve_of(course: Course) -> Curve | None:
    """Return the curve, or None when no loss was seen."""
    if not course.losses:
        return None
    return Curve(
        caption=_caption(course),
        steps=course.steps,
        values=course.losses,
        level=course.trivial,
        level_name="a constant prediction has",
        pins=_pins(course),
    )


def _pins(course: Course) -> tuple[tuple[int, str], ...]:
    broken = course.first_nonfinite_step
    return () if broken is None else ((broken, "no longer finite"),)


def _caption(course: Course) -> str:
    first, last = loss(course.losses[0]), loss(course.losses[-1])
    length = f"{plural(course.epochs, 'epoch')}, {plural(course.total_steps, 'step')}"
    text = f"loss {first} → {last} in {length}"
    if course.first_nonfinite_step is not None:
        text += f"; not finite from step {course.first_nonfinite_step:,} on"
    return text


def remarks_of(course: Course) -> tuple[str, ...]:
    """Return what else is known about the end of the training, one line each."""
    remarks = []
    if course.final_data_loss is not None and not _as_before(course):
        trivial = course.final_trivial
        beside = "" if trivial is None else f"; a constant prediction has {loss(trivial)}"
        final = loss(course.final_data_loss)
        remarks.append(f"after training, the first batch has a data loss of {final}{beside}")
    return (*remarks, *ended_by(course))


def ended_by(course: Course) -> tuple[str, ...]:
    """Return what broke the training off, in no or one line."""
    if course.error is None:
        return ()
    return (f"the training was ended by {plain(course.error)}",)


def _as_before(course: Course) -> bool:
    """Whether the loss after training says what the end of the curve has said."""
    final = course.final_data_loss
    if final is None or not course.losses:
        return False
    last = course.losses[-1]
    if not (math.isfinite(final) and math.isfinite(last)):
        return str(final) == str(last)
    return abs(final - last) <= SAME * abs(last)
