"""What the model answers is decided by the rounding of its inputs.

## What it means
A float32 holds seven digits. The ones that matter are gone before the network sees them, or it
takes a difference of numbers that are nearly equal: what is left is noise, and nobody can learn it.

## How it is measured
After a training that did not get far, 32 samples are answered again with every input moved to the
next float32. The change of the answers, over their standard deviation between samples, is 1e-7 to
1e-4 for usual networks and about 1 where rounding decides; limit `MOST`.

## When it is wrong
A recurrence or a deep stack that explodes magnifies any change: E101 and R101 go before it. It is
not measured where the training arrived, where no input is a float32, or where a model answers at
random.

## What to try
Subtract the origin before the cast to float32: `(t - t[0]).astype("float32")`, a date as days since
the first. Finite differences want a step of about 1e-2 in float32, not 1e-4: the second difference
loses 2e-7 / h^2. Or take the derivative by autograd, or `keras.config.set_floatx("float64")`.

## References
Goldberg (1991), What every computer scientist should know about floating-point arithmetic,
section 1.4. Measured: a 45 s cycle read from Unix time 1.02, a second difference with h = 1e-4
1.05; 40 other trainings at most 3e-6.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.findings import gradient_explodes_through_time, gradient_grows_with_depth
from gradmend.findings._course import part
from gradmend.findings._outcome import DISAPPOINTS, best_ratio_to_trivial, course_diverged
from gradmend.findings._rule import Rule
from gradmend.findings._wording import percent
from gradmend.records.course import Course
from gradmend.records.finding import Cause, Evidence, Finding, Severity, Symptom
from gradmend.records.measurements import Measurements

MOST = 0.1  # of the spread of the answers: five decades above what usual networks show
FELL = 0.5  # of the loss in the first third, where no constant is known: then it learned something


def check(m: Measurements) -> Iterator[Finding]:
    """Yield at most one finding about a training that was seen to its end."""
    course = m.course
    if course is None or course.rounding is None or course.rounding < MOST or _got_far(course):
        return
    if any(_magnifies(m)):
        return
    yield RULE.found(
        Severity.ERROR,
        Symptom.NOT_LEARNING,
        Cause.PRECISION,
        f"the answers change by {percent(course.rounding)} of their spread when every input moves "
        f"to the next float32 (limit {percent(MOST)}): rounding decides them",
        evidence=[Evidence(name="change by rounding", value=course.rounding, unit="share")],
    )


def _got_far(course: Course) -> bool:
    if course_diverged(course):
        return True  # there is more to say of it than this
    ratio = best_ratio_to_trivial(course)
    if ratio is not None:
        return ratio < DISAPPOINTS
    first, last = part(course, 0.0, 1 / 3), part(course, 2 / 3, 1.0)
    return first is None or last is None or last.mean < FELL * first.mean


def _magnifies(m: Measurements) -> Iterator[Finding]:
    """What says that the network itself makes any change large, whatever its inputs."""
    yield from gradient_grows_with_depth.check(m)
    yield from gradient_explodes_through_time.check(m)


RULE = Rule(
    code="N107",
    name="rounding-decides-answers",
    check=check,
    explains=frozenset({"D101", "S101", "S102", "S103", "T102", "T103", "T106"}),
    unless=frozenset({"N101", "N102", "N106"}),
)
