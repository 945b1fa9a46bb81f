"""The first lines of a report: the trouble, its place and cause, the one thing to try."""

from __future__ import annotations

import math
from statistics import median

from gradmend.records import Finding, Measurements, Prescription, Verdict, Visit
from gradmend.report.blocks import Headline
from gradmend.report.folding import roots
from gradmend.report.place import place_of
from gradmend.report.trouble import trouble_of
from gradmend.report.words import CAUSES, VERDICT_TONES, loss, number, plain

# A cure is shown with its line of Keras where both are read at a glance.
GLANCE = 73


def headline_of(visit: Visit, title: str) -> Headline:
    """Return the lines that must be read even when nothing else is."""
    found = roots(visit.findings)
    if visit.verdict is Verdict.UNKNOWN:
        lines = [("unknown", f"{title}: {plain(visit.reason)}")]
    elif visit.verdict is Verdict.HEALTHY or not found:
        lines = _quiet_lines(visit, title)
    else:
        lines = _trouble_lines(visit, title, found[0])
    return Headline(lines=tuple(lines), tone=VERDICT_TONES[visit.verdict])


def _trouble_lines(visit: Visit, title: str, root: Finding) -> list[tuple[str, str]]:
    place = place_of(root, visit.measurements)
    return [
        (visit.verdict.value, f"{title}: {trouble_of(root)}"),
        (
            "where",
            f"{place}{'; ' if place else ''}cause: {CAUSES[root.cause]} ({plain(root.code)})",
        ),
        ("try", _first_step(visit.prescriptions, root)),
    ]


def _first_step(prescriptions: tuple[Prescription, ...], root: Finding) -> str:
    ranked = by_need(prescriptions, root)
    if not ranked:
        return f"no ready cure: read `gradmend explain {root.code}`"
    title, changed = plain(ranked[0].title), _changed(ranked[0])
    told = f"{title}: {changed}"
    return told if changed and len(told) <= GLANCE else title


def _changed(prescription: Prescription) -> str:
    new = [plain(line) for line in prescription.after if line not in prescription.before]
    return new[0] if len(new) == 1 else ""


def by_need(prescriptions: tuple[Prescription, ...], root: Finding) -> list[Prescription]:
    """Return the prescriptions, those for the root cause first."""
    return sorted(prescriptions, key=lambda p: p.answers != root.code)


def _quiet_lines(visit: Visit, title: str) -> list[tuple[str, str]]:
    if visit.verdict is not Verdict.HEALTHY or visit.findings:
        return [(visit.verdict.value, f"{title}: {plain(visit.reason)}")]
    m = visit.measurements
    if m is None:
        return [("healthy", f"{title}: nothing found")]
    measured = ", ".join(text for text in (_span(m), _step(m)) if text)
    return [
        ("healthy", f"{title}: {_loss(m)}"),
        ("", f"nothing found; {measured}" if measured else "nothing found"),
    ]


def _loss(m: Measurements) -> str:
    course = m.course
    if course and course.losses:
        first, last = loss(course.losses[0]), loss(course.losses[-1])
        text, trivial = f"loss {first} → {last}", course.trivial
    else:
        text, trivial = f"loss {loss(m.loss.data)}", m.loss.trivial
    return text if trivial is None else f"{text} (a constant prediction: {loss(trivial)})"


def _span(m: Measurements) -> str:
    norms = [c.backward.norm for c in m.calls if c.backward is not None]
    sizes = [norm for norm in norms if 0.0 < norm < math.inf]
    if len(sizes) < 2:
        return ""
    return f"gradients within ×{number(max(sizes) / min(sizes), digits=2)}"


def _step(m: Measurements) -> str:
    ratios = [w.update_ratio for w in m.weights if w.update_ratio is not None]
    if not ratios:
        return ""
    return f"a step is {number(100 * median(ratios), digits=2)} % of the weights"
