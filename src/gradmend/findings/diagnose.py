"""From measurements to ranked findings, consequences folded under their root cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradmend.findings._course import on_its_way
from gradmend.findings._outcome import (
    DISAPPOINTS,
    LEARNED_BELOW,
    course_disappoints,
    course_learned,
    learned_before,
    rehearsal_falls,
)
from gradmend.findings._rule import Rule
from gradmend.findings.installed import installed_rules
from gradmend.records.finding import Finding, Severity
from gradmend.records.measurements import Measurements

# A model that has learned already can still be spoiled by its next steps.
ABOUT_STEPS = frozenset({"S101", "S102", "S103"})
# They weigh the rehearsal themselves: a rate that memorises one batch may still be far too high.
WEIGHS_REHEARSAL = frozenset({"S101"})
# With a training that had its time and ended nearer to the constant than to learning, a warning
# about the network or its settings is evidence enough. The scale of the data and the first steps
# are not: on noisy tables healthy networks fed in raw units end at 0.9 of the constant.
NO_PROOF = frozenset({"D101", "D102", "D103", "L104", "S102", "T101", "T102", "T103"})
# Off by themselves, whatever the data: a training that did not clearly learn is enough.
OFF_BY_THEMSELVES = frozenset({"S101", "I103"})
# A training loss that falls proves nothing about other rows, and one that does not nothing more.
ABOUT_OTHER_ROWS = frozenset({"T106"})
# The first letters of codes that read the network, not data and loss: a training that leaves the
# constant behind ever faster has shown that they do not stop it.
ABOUT_SIGNALS = frozenset("AIRVZ")
_WEIGHT = {Severity.NOTE: 0, Severity.WARNING: 1, Severity.ERROR: 2}


def diagnose(
    measurements: Measurements, *, rules: Sequence[Rule] | None = None
) -> tuple[Finding, ...]:
    """Read the findings off one set of measurements.

    Pure: touches no model, no backend and no global state, so a diagnosis can be
    repeated on another machine from a saved record.

    Args:
        measurements: What `gradmend.measure` returned, with the rehearsal or the course of
            a training where there is one: both confirm or dismiss what a profile suggests.
        rules: Rules to try, in causal order; all that are installed when None. A rule stays
            silent when a code in its `unless` has already fired.

    Returns:
        The findings, root cause first, each root followed by its consequences
        (`explained_by` holds the root's code); empty when nothing is wrong.

    Example:
        >>> from gradmend.records import LossFacts, Measurements, ModelFacts
        >>> m = Measurements(
        ...     backend="jax", keras_version="3", batch_size=32, batches=1,
        ...     model=ModelFacts(name="m", kind="Sequential", layers=1, parameters=1,
        ...         trainable_parameters=1, frozen_layers=0, precision="float32"),
        ...     loss=LossFacts(total=float("nan"), data=float("nan"), penalty=0.0))
        >>> [finding.name for finding in diagnose(m)]
        ['non-finite-loss']
    """
    rules = installed_rules() if rules is None else rules
    found: list[Finding] = []
    for rule in rules:
        if rule.unless.isdisjoint(finding.code for finding in found):
            found.extend(rule.check(measurements))
    weighed = [_weigh(finding, measurements) for finding in found]
    return _ranked(_folded(weighed, {rule.code: rule for rule in rules}))


def _weigh(finding: Finding, m: Measurements) -> Finding:
    """Let a training that goes well overrule what only looked bad."""
    if finding.certain or finding.code in ABOUT_OTHER_ROWS:
        return finding
    if (ceiling := _ceiling(finding, m)) is not None:
        mild = min(finding.severity, ceiling, key=_WEIGHT.__getitem__)
        return replace(finding, severity=mild)
    if finding.code in WEIGHS_REHEARSAL and not course_disappoints(m.course, LEARNED_BELOW):
        return finding
    profile = finding.code not in ABOUT_STEPS
    goes_well = m.course is None and (rehearsal_falls(m) or (profile and learned_before(m)))
    if finding.severity is Severity.ERROR and goes_well:
        return replace(finding, severity=Severity.WARNING)
    limit = LEARNED_BELOW if finding.code in OFF_BY_THEMSELVES else DISAPPOINTS
    promoted = finding.code not in NO_PROOF and course_disappoints(m.course, limit)
    if finding.severity is Severity.WARNING and promoted:
        return replace(finding, severity=Severity.ERROR)
    return finding


def _ceiling(finding: Finding, m: Measurements) -> Severity | None:
    """The most that a finding can be beside a training that went well, or is about to."""
    if course_learned(m.course):
        return Severity.NOTE
    signals = finding.code[0] in ABOUT_SIGNALS or finding.code in ABOUT_STEPS - WEIGHS_REHEARSAL
    return Severity.WARNING if signals and on_its_way(m.course) else None


def _folded(found: list[Finding], rules: dict[str, Rule]) -> list[Finding]:
    """Fill `explained_by` and `explains`, and promote roots to what they explain."""
    parents = [_parent(position, found, rules) for position in range(len(found))]
    roots = list(range(len(found)))
    for position, parent in enumerate(parents):
        roots[position] = position if parent is None else roots[parent]
    folded: list[Finding] = []
    for position, finding in enumerate(found):
        if roots[position] != position:
            folded.append(replace(finding, explained_by=found[roots[position]].code))
            continue
        below = [found[i] for i, root in enumerate(roots) if root == position and i != position]
        severity = max((f.severity for f in (finding, *below)), key=_WEIGHT.__getitem__)
        codes = tuple(dict.fromkeys(f.code for f in below))
        folded.append(replace(finding, severity=severity, explains=codes))
    return folded


def _parent(position: int, found: list[Finding], rules: dict[str, Rule]) -> int | None:
    """The strongest earlier finding that explains this one; the earliest of equals.

    A note explains nothing worse than a note: it is no suspect.
    """
    finding = found[position]
    suspects = [
        earlier
        for earlier in range(position)
        if finding.code in rules[found[earlier].code].explains
        and (found[earlier].severity is not Severity.NOTE or finding.severity is Severity.NOTE)
    ]
    return max(suspects, key=lambda i: _WEIGHT[found[i].severity], default=None)


def _ranked(found: list[Finding]) -> tuple[Finding, ...]:
    """Roots by severity and causal order, each with its consequences behind it."""
    roots = [finding for finding in found if finding.explained_by is None]
    ranked: list[Finding] = []
    seen: set[str] = set()
    for root in sorted(roots, key=lambda f: -_WEIGHT[f.severity]):
        ranked.append(root)
        if root.code not in seen:
            ranked += [f for f in found if f.explained_by == root.code]
        seen.add(root.code)
    return tuple(ranked)
