"""What training itself says: the few steps of a rehearsal, or the course of a whole fit."""

from __future__ import annotations

from math import inf, isfinite

from gradmend.records.course import Course
from gradmend.records.measurements import Measurements

FALLS_BELOW = 0.9  # of the first loss: more than the noise of dropout on one batch
# Of the trivial loss after a rehearsal of 20 steps: ten chaotic tanh layers that never generalise
# reach 0.91 on the batch they see, healthy networks well below 0.8.
LEARNS_BELOW = 0.8
BEATS_TRIVIAL = 0.98  # of the trivial loss: below it something was learned after a jump
RISES_ABOVE = 1.5  # of the first loss after one step
# Of the first loss at any step. Of 19 trainings on digits with Adam 0.05 and 0.1, the 12 beyond it
# (1.25 to 4.0) end at accuracy 0.10-0.52 after 8 epochs, although 9 had memorised one batch;
# the 7 below it (at most 1.13) end at 0.50-0.93.
THROWN_UP = 1.2
ENDS_ABOVE = 1.2  # of the first loss after the last step; raw digits with SGD 0.2 end at 1.43
# Of the trivial loss, at the best step of a rehearsal: below it the early layers, or at least the
# late ones, hear something. Six sigmoid layers stay above 1.0 and reach half of the accuracy.
BEYOND_TRIVIAL = 0.95
# Of the trivial loss at the end of a rehearsal that moves no more: worse than a constant, stuck.
# Raw pixels in 0..255 stick at 2.7 to 6.4 and reach accuracy 0.10-0.30; fresh he_normal networks
# start at up to 1.49, and move.
STUCK_ABOVE = 1.5
STUCK_WITHIN = 0.01  # of the loss in the middle of the rehearsal
# Of the trivial loss at the end of a training: Adam 0.1 on ten tanh layers ends at 0.58 with half
# of the skill of its twin, constant weights at 0.69 with a fifth.
LEARNED_BELOW = 0.5
# Shares of the trivial loss. With a cause in sight, a training that ends above the first failed.
HARDLY_LEARNED = 0.85
STAYS_ABOVE = 0.95  # of the trivial loss: whoever is not 5 % better than a constant has not learned
# Of 70 healthy trainings on the development half of the benchmark none ended above 0.58.
DISAPPOINTS = 0.65
LATE = 0.1  # of the steps
# Of the mean of the late windows: what lies nearer is luck. A last window of 6 to 13 steps lies up
# to 5 % off where targets in the thousands leave the loss at 0.95 to 1.02 of the constant's.
LUCK = 0.25
ENOUGH_STEPS = 60  # a training of this length had its time: what looked bad before it was bad
MIN_STEPS = 20  # a training shorter than this proves nothing


def over_trivial(loss: float, trivial: float, first: float | None = None) -> float | None:
    """How a loss compares with that of a constant prediction: below 1.0 it is better.

    The plain ratio where zero is the least a loss can be. A Poisson loss or a log-likelihood
    of a density goes below zero: there the distance from the constant counts, in units of its
    size or of the way that leads from the first loss to it. None without a scale.
    """
    if trivial > 0.0 and loss >= 0.0:
        return loss / trivial
    scale = max(abs(trivial), abs((trivial if first is None else first) - trivial))
    return 1.0 - (trivial - loss) / scale if scale > 0.0 else None


def _rehearsed_over_trivial(m: Measurements, loss: float) -> float:
    """As `over_trivial`, for a loss of the rehearsal; 0.0 where no constant is known."""
    first = None if m.rehearsal is None else m.rehearsal.losses[0]
    trivial = m.loss.trivial
    ratio = None if trivial is None else over_trivial(loss, trivial, first)
    return 0.0 if ratio is None else ratio


def rehearsal_falls(m: Measurements) -> bool:
    """Whether the steps on copies brought the loss well down, and below the trivial one."""
    if m.rehearsal is None or m.rehearsal.steps < 1:
        return False
    first, last = m.rehearsal.losses[0], m.rehearsal.losses[-1]
    if not (isfinite(first) and isfinite(last)) or last >= first - (1 - FALLS_BELOW) * abs(first):
        return False
    return _rehearsed_over_trivial(m, last) < LEARNS_BELOW


def rehearsal_rises(m: Measurements) -> bool:
    """Whether the steps on copies threw the loss up, or to where nothing was learned."""
    if m.rehearsal is None or m.rehearsal.steps < 1:
        return False
    first, second, last = (m.rehearsal.losses[i] for i in (0, 1, -1))
    if not isfinite(first):
        return False
    if not all(isfinite(loss) for loss in m.rehearsal.losses):
        return True
    size = abs(first)
    jumped = second > first + (RISES_ABOVE - 1) * size
    not_better = last > first - (1 - FALLS_BELOW) * size
    at_trivial = _rehearsed_over_trivial(m, last) >= BEATS_TRIVIAL
    ends_high = last > first + (ENDS_ABOVE - 1) * size
    ends_high = ends_high and (m.loss.trivial is None or at_trivial)
    return ends_high or (jumped and (not_better or at_trivial))


def rehearsal_throws_up(m: Measurements) -> bool:
    """Whether the loss stood well above its start at some step on copies, even if it fell later."""
    if m.rehearsal is None or not isfinite(m.rehearsal.losses[0]):
        return False
    first = m.rehearsal.losses[0]
    return not max(m.rehearsal.losses) <= first + (THROWN_UP - 1) * abs(first)


def rehearsal_beats_trivial(m: Measurements) -> bool:
    """Whether any step on copies brought the loss below that of a constant prediction."""
    if m.rehearsal is None or m.loss.trivial is None:
        return False
    return any(_rehearsed_over_trivial(m, loss) < BEYOND_TRIVIAL for loss in m.rehearsal.losses)


def rehearsal_sticks_high(m: Measurements) -> bool:
    """Whether the steps on copies end stuck far above the loss of a constant prediction."""
    trivial = m.loss.trivial
    if m.rehearsal is None or m.rehearsal.steps < 2 or not trivial:
        return False
    middle, last = m.rehearsal.losses[m.rehearsal.steps // 2], m.rehearsal.losses[-1]
    if not (isfinite(middle) and isfinite(last)) or rehearsal_stands_still(m):
        return False
    stuck = abs(last - middle) <= STUCK_WITHIN * abs(middle)
    return _rehearsed_over_trivial(m, last) > STUCK_ABOVE and stuck


def rehearsal_stands_still(m: Measurements) -> bool:
    """Whether the steps on copies left the loss where it was, to a thousandth."""
    if m.rehearsal is None or m.rehearsal.steps < 1:
        return False
    first, last = m.rehearsal.losses[0], m.rehearsal.losses[-1]
    return isfinite(first) and isfinite(last) and abs(last - first) <= 1e-3 * abs(first)


def best_ratio_to_trivial(course: Course) -> float | None:
    """The better of the two end losses over its trivial loss, None when neither is known.

    The loss in inference mode suffers from young moving averages of batch
    normalization, the loss in training mode from dropout and penalties: a training
    has failed only when both say so.
    """
    return min((ratio for _, _, ratio in ends(course)), default=None)


def ends(course: Course) -> list[tuple[float, float, float]]:
    """The loss at the end, the trivial loss beside it and their ratio, for each end loss known."""
    first = course.losses[0] if course.losses else None
    pairs = [(course.final_data_loss, course.final_trivial)]
    pairs.append((_late_loss(course), course.trivial))
    found = []
    for end, trivial in pairs:
        if end is None or not trivial:
            continue
        ratio = over_trivial(end, trivial, first)
        found.append((end, trivial, ratio if ratio is not None and isfinite(ratio) else inf))
    return found


def _late_loss(course: Course) -> float | None:
    """The last window of the training loss, or the mean of the last tenth where they are close."""
    if not course.losses:
        return None
    last, end = course.losses[-1], course.steps[-1]
    late, before = [], 0
    for step, loss in zip(course.steps, course.losses, strict=True):
        if step > (1 - LATE) * end:
            late.append((step - before, loss))
        before = step
    steps = sum(width for width, _ in late)
    if steps <= 0:
        return last
    mean = sum(width * loss for width, loss in late) / steps
    return mean if abs(last - mean) <= LUCK * abs(mean) else last


def course_diverged(course: Course | None) -> bool:
    """Whether the loss became non-finite on the way."""
    if course is None:
        return False
    if course.first_nonfinite_step is not None:
        return True
    return any(not isfinite(loss) for loss in course.losses)


def course_learned(course: Course | None) -> bool:
    """Whether the training ended well below the trivial loss."""
    if course is None or course_diverged(course):
        return False
    ratio = best_ratio_to_trivial(course)
    return ratio is not None and ratio < LEARNED_BELOW


def course_failed(course: Course | None) -> bool:
    """Whether the training blew up, or never left the trivial loss behind."""
    if course is None:
        return False
    if course_diverged(course):
        return True
    ratio = best_ratio_to_trivial(course)
    return course.total_steps >= MIN_STEPS and ratio is not None and ratio > STAYS_ABOVE


def learned_before(m: Measurements) -> bool:
    """Whether the model as measured is already well below the trivial loss."""
    trivial = m.loss.trivial
    ratio = None if not trivial else over_trivial(m.loss.data, trivial)
    return ratio is not None and ratio < LEARNED_BELOW


def outcome_fails(m: Measurements) -> bool:
    """Whether a whole training, or else a rehearsal, shows that next to nothing is learned."""
    if m.course is not None:
        ratio = best_ratio_to_trivial(m.course)
        hardly = ratio is not None and ratio > HARDLY_LEARNED
        return course_diverged(m.course) or (m.course.total_steps >= MIN_STEPS and hardly)
    return m.rehearsal is not None and m.rehearsal.steps > 0 and not rehearsal_falls(m)


def course_arrives(course: Course | None) -> bool:
    """Whether a training had its time, and ended below `DISAPPOINTS` times the trivial loss."""
    if course is None or course.total_steps < ENOUGH_STEPS or course_diverged(course):
        return False
    ratio = best_ratio_to_trivial(course)
    return ratio is not None and ratio < DISAPPOINTS


def course_disappoints(course: Course | None, limit: float = DISAPPOINTS) -> bool:
    """Whether a training had its time, and ended above `limit` times the trivial loss."""
    if course is None or course.total_steps < ENOUGH_STEPS or course_diverged(course):
        return False
    ratio = best_ratio_to_trivial(course)
    return ratio is not None and ratio >= limit
