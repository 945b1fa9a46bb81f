"""From findings to what is worth trying, the root cause first."""

from __future__ import annotations

from collections.abc import Sequence

from gradmend.records.finding import Finding, Severity
from gradmend.records.measurements import Measurements
from gradmend.records.prescription import Prescription
from gradmend.treatments._treatment import Treatment
from gradmend.treatments.installed import installed_treatments


def prescribe(
    measurements: Measurements,
    findings: Sequence[Finding],
    *,
    treatments: Sequence[Treatment] | None = None,
) -> tuple[Prescription, ...]:
    """Name the treatments for the root causes among the findings.

    Consequences get none: they go away with their cause. Neither do notes.

    Args:
        measurements: What was measured, for the lines to change.
        findings: Ranked, root cause first, as `gradmend.findings.diagnose` returns them.
        treatments: Treatments to consider, cheapest first; all that are installed when None.

    Returns:
        The prescriptions in the order in which they are worth trying; each treatment once
        per place.

    Example:
        >>> from gradmend.records import LossFacts, Measurements, ModelFacts
        >>> m = Measurements(
        ...     backend="jax", keras_version="3", batch_size=32, batches=1,
        ...     model=ModelFacts(name="m", kind="Sequential", layers=1, parameters=1,
        ...         trainable_parameters=1, frozen_layers=0, precision="float32"),
        ...     loss=LossFacts(total=0.7, data=0.7, penalty=0.0))
        >>> prescribe(m, ())
        ()
    """
    known = installed_treatments() if treatments is None else treatments
    chosen: dict[tuple[str, tuple[str, ...]], Prescription] = {}
    for finding in findings:
        if finding.explained_by is not None or finding.severity is Severity.NOTE:
            continue
        for treatment in known:
            if not treatment.answers(finding):
                continue
            for prescription in treatment.prescribe(measurements, finding):
                chosen.setdefault((prescription.treatment, prescription.where), prescription)
    return tuple(chosen.values())
