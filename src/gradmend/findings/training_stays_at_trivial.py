"""After training the model is no better than a constant prediction.

## What it means
The best constant (the class frequencies, or the mean) reaches the same loss. Whatever the
network computes from its input, it is of no use for these targets yet.

## How it is measured
The data loss after training, over the trivial loss on the same targets; and the last
window of the training loss over that of the training targets. Both must be above 0.95.
The cause is named by elimination: a penalty above the data loss; a squared error that ended where
one bound of a ReLU, sigmoid or tanh answers every sample, with all targets beyond it; outputs that
grow a hundredfold on their way and begin far above a constant; steps that are too long or short.

## When it is wrong
A task may hold no more than this: noise, or a rare class. A training of few steps, or one
whose loss falls fast enough to beat the constant within two more of its length, has not
failed yet: those are warnings. Targets that never vary leave nothing to beat.

## What to try
Follow the root cause under which this stands. Alone: train on a single batch until the
loss is near zero; if that works, look at the data, else at the learning rate.

## References
Goodfellow, Bengio & Courville (2016), Deep Learning, section 11.5: fit a tiny data set.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from gradmend.findings._course import part
from gradmend.findings._kernels import trainable_kernels
from gradmend.findings._loss_families import canonical
from gradmend.findings._outcome import (
    MIN_STEPS,
    STAYS_ABOVE,
    best_ratio_to_trivial,
    course_diverged,
    ends,
)
from gradmend.findings._rule import Rule
from gradmend.findings._targets import one_answer
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

ENOUGH_STEPS = 50  # a healthy small network has left the trivial loss behind by then
NO_BETTER = 0.995  # to the digits that are shown
STILL_FALLS = 0.02  # of the middle third; 30 sigmoid layers at chance stay within 0.001
PATIENCE = 6.0  # thirds: a fall that needs more than two further trainings of this length is none
SURE = 2.0  # standard errors of the windows
CLEARLY_ABOVE = 1.05  # of the trivial loss: whoever learned from shuffled labels hovers below it
MOVED = 0.05  # of the first loss, in the whole training: SGD 1e-4 on digits moves it by 1 %
FEW_STEPS = 5
NOTHING = 1e-6  # the trivial loss of targets that are all the same, rounding included
BOUNDS = (0.0, 1.0, -1.0)  # of ReLU, sigmoid and tanh, wherever in a model of one's own they stand
AT_BOUND = 0.03  # of the loss that the bound alone has: the mean of another batch is that close
# A stack of attention written with N(0, 1) kernels: 430 times, and a first loss of 7.8 constants.
AMPLIFIED, FAR_OFF = 100.0, 3.0  # times the first output; times the trivial loss, at the first step
UNIT = 5.0  # RMS of an input, the limit of D101
USUAL_UPDATES = (1e-5, 1e-1)  # of the weight per step


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about the end of the training."""
    course = m.course
    if course is None or course.total_steps < FEW_STEPS or course_diverged(course):
        return
    ratio = best_ratio_to_trivial(course)
    if ratio is None or ratio <= STAYS_ABOVE or _nothing_to_beat(m, course):
        return
    cause = _cause(m, course, ratio)
    # a loss that falls because each step is far too short has failed all the same
    hopeful = _on_its_way(m, course) and cause is not Cause.LEARNING_RATE
    done = course.total_steps >= ENOUGH_STEPS and not hopeful
    yield RULE.found(
        Severity.ERROR if done else Severity.WARNING,
        Symptom.NOT_LEARNING,
        cause,
        f"after {_steps(course.total_steps)} {_ended(course, ratio)}",
        evidence=[
            Evidence(name="loss over trivial loss", value=ratio, unit="times"),
            Evidence(name="steps", value=float(course.total_steps), unit="steps"),
        ],
    )


def _steps(count: int) -> str:
    return f"{count} steps" if count >= MIN_STEPS else f"only {count} steps"


def _nothing_to_beat(m: Measurements, course: Course) -> bool:
    """Whether the targets never vary: as losses of zeros or contrastive ones are given them."""
    constant = bool(m.targets) and all(one_answer(target) for target in m.targets)
    return constant and abs(course.trivial or 0.0) < NOTHING


def _ended(course: Course, ratio: float) -> str:
    """The two losses behind the ratio, as a reader would compare them."""
    end, trivial, _ = min(ends(course), key=lambda known: abs(known[2] - ratio))
    better = "no better" if ratio >= NO_BETTER else "hardly better"
    return f"the loss ended at {end:.3g}, {better} than a constant prediction ({trivial:.3g})"


def _on_its_way(m: Measurements, course: Course) -> bool:
    """Whether the last third fell, beyond noise, at a pace that soon beats a constant."""
    middle, last = part(course, 1 / 3, 2 / 3), part(course, 2 / 3, 1.0)
    if middle is None or last is None or course.trivial is None:
        return False
    pace = middle.mean - last.mean
    noise = max(STILL_FALLS * abs(middle.mean), SURE * middle.error(last))
    if pace <= noise or m.loss.penalty > m.loss.data:
        return False  # what falls may be the penalty alone
    return last.mean - STAYS_ABOVE * course.trivial <= PATIENCE * pace


def _cause(m: Measurements, course: Course, ratio: float) -> Cause:
    """By elimination: a penalty above the data loss, steps out of band, or far too short."""
    if m.loss.penalty > m.loss.data > 0.0:
        return Cause.REGULARIZATION
    if _rests_at_bound(m, course):
        return Cause.OUTPUT_ACTIVATION
    if _amplifies(m, course, ratio):
        return Cause.INITIALIZER
    updates = [w.update_ratio for w in trainable_kernels(m.weights) if w.update_ratio is not None]
    low, high = USUAL_UPDATES
    if updates and not low <= median(updates) <= high:
        return Cause.LEARNING_RATE
    first, last = course.losses[0] if course.losses else None, part(course, 2 / 3, 1.0)
    if first is None or last is None or ratio <= CLEARLY_ABOVE:
        return Cause.DATA
    stayed = abs(first - last.mean) < MOVED * abs(first)
    return Cause.LEARNING_RATE if stayed else Cause.DATA


def _amplifies(m: Measurements, course: Course, ratio: float) -> bool:
    """Whether layers whose weights cannot be judged one by one make the signal far too large."""
    trivial = course.trivial
    if not trivial or trivial < 0.0 or not course.losses or ratio <= CLEARLY_ABOVE:
        return False
    sizes = [c.forward.rms for c in m.calls if c.forward is not None and c.forward.rms > 0.0]
    unit = all(fact.rms < UNIT or fact.integer_valued for fact in m.inputs)
    grown = len(sizes) > 1 and max(sizes) > AMPLIFIED * sizes[0]
    return unit and grown and course.losses[0] > FAR_OFF * trivial


def _rests_at_bound(m: Measurements, course: Course) -> bool:
    """Whether the squared error is that of a constant at the edge of a range, targets beyond."""
    if len(m.outputs) != 1 or canonical(m.outputs[0].loss) != "mean_squared_error":
        return False
    output, target = m.outputs[0], m.outputs[0].target
    if target is None or target.nonfinite or output.nonfinite:
        return False
    for bound in BOUNDS:
        above = target.smallest >= bound >= output.largest
        below = target.largest <= bound <= output.smallest
        off = (target.mean - bound) ** 2
        if (above or below) and off > AT_BOUND * target.std**2:
            alone = [(end, trivial + off) for end, trivial, _ in ends(course)]
            if any(abs(end - expected) <= AT_BOUND * expected for end, expected in alone):
                return True
    return False


RULE = Rule(code="T102", name="training-stays-at-trivial", check=check)
