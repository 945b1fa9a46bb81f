"""From findings to the answer in one word, with the reason and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from gradmend.findings._outcome import course_learned
from gradmend.records.checkup import Verdict
from gradmend.records.finding import Finding, Severity
from gradmend.records.measurements import Measurements

_COURSE_CODES = frozenset({"T101", "T102", "T103", "T106", "T107"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A verdict, one readable sentence why, and "certain", "likely" or "possible"."""

    verdict: Verdict
    reason: str
    certainty: str


def judge(findings: tuple[Finding, ...], measurements: Measurements) -> Judgement:
    """Weigh the findings of one visit.

    Sick needs a certainty, or two kinds of evidence that agree: a rule speaks of an
    error only then, and a warning becomes one when it explains a training that failed.

    Args:
        findings: What `diagnose` returned, root cause first.
        measurements: The same measurements.

    Returns:
        The judgement. `Verdict.UNKNOWN` when no layer and no training could be seen.

    Example:
        >>> from gradmend.records import LossFacts, Measurements, ModelFacts
        >>> m = Measurements(
        ...     backend="jax", keras_version="3", batch_size=32, batches=1,
        ...     model=ModelFacts(name="m", kind="Sequential", layers=1, parameters=1,
        ...         trainable_parameters=1, frozen_layers=0, precision="float32"),
        ...     loss=LossFacts(total=0.7, data=0.7, penalty=0.0))
        >>> judge((), m).verdict
        <Verdict.UNKNOWN: 'unknown'>
    """
    errors = [f for f in findings if f.severity is Severity.ERROR]
    warnings = [f for f in findings if f.severity is Severity.WARNING]
    if errors:
        return Judgement(
            verdict=Verdict.SICK, reason=_sentence(errors[0]), certainty=_certainty(errors)
        )
    if not _anything_seen(measurements):
        return Judgement(
            verdict=Verdict.UNKNOWN, reason=_why_unknown(measurements), certainty="certain"
        )
    if warnings:
        return Judgement(verdict=Verdict.WATCH, reason=_sentence(warnings[0]), certainty="possible")
    return _healthy(measurements)


def needs_second_look(findings: tuple[Finding, ...], measurements: Measurements) -> bool:
    """Whether a few steps on copies could confirm or dismiss something.

    Example:
        >>> from gradmend.records import LossFacts, Measurements, ModelFacts
        >>> m = Measurements(
        ...     backend="jax", keras_version="3", batch_size=32, batches=1,
        ...     model=ModelFacts(name="m", kind="Sequential", layers=1, parameters=1,
        ...         trainable_parameters=1, frozen_layers=0, precision="float32"),
        ...     loss=LossFacts(total=0.7, data=0.7, penalty=0.0))
        >>> needs_second_look((), m)
        False
    """
    if measurements.rehearsal is not None:
        return False
    return any(f.severity is not Severity.NOTE and not f.certain for f in findings)


def _sentence(finding: Finding) -> str:
    text = finding.message[:1].upper() + finding.message[1:]
    return f"{text}; cause: {finding.cause.value.replace('-', ' ')}."


def _certainty(errors: list[Finding]) -> str:
    if any(finding.certain for finding in errors):
        return "certain"
    alone = all(finding.code in _COURSE_CODES for finding in errors)
    return "possible" if alone else "likely"


def _anything_seen(m: Measurements) -> bool:
    followed = m.course is not None and m.course.total_steps > 0
    return followed or any(call.forward is not None for call in m.calls)


def _why_unknown(m: Measurements) -> str:
    return "Nothing could be measured: " + (
        "; ".join(m.notes) if m.notes else "no layer could be seen and no training was followed."
    )


def _healthy(m: Measurements) -> Judgement:
    if course_learned(m.course):
        reason, certainty = (
            "The training ends well below the loss of a constant prediction.",
            "certain",
        )
    else:
        seen = sum(call.forward is not None for call in m.calls)
        reason, certainty = f"No limit is exceeded in {seen} layer calls.", "likely"
    return Judgement(verdict=Verdict.HEALTHY, reason=reason, certainty=certainty)
