"""The first lines of a report: the verdict, the place, the one thing to try."""

from __future__ import annotations

import math
from statistics import median

from gradmend.records import Finding, Measurements, Prescription, Verdict, Visit
from gradmend.report.blocks import Headline
from gradmend.report.folding import roots
from gradmend.report.words import SYMPTOMS, VERDICT_TONES, loss, number, places, plain


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
    where = f"{places(root.where)}; " if root.where else ""
    return [
        (visit.verdict.value, f"{title}: {SYMPTOMS[root.symptom]}: {plain(root.message)}"),
        ("where", f"{where}cause: {root.cause.value} ({root.code} {plain(root.name)})"),
        ("try", _first_step(visit.prescriptions, root)),
    ]


def _first_step(prescriptions: tuple[Prescription, ...], root: Finding) -> str:
    ranked = sorted(prescriptions, key=lambda p: p.answers != root.code)
    fallback = f"no ready cure: read `gradmend explain {root.code}`"
    return plain(ranked[0].title) if ranked else fallback


def _quiet_lines(visit: Visit, title: str) -> list[tuple[str, str]]:
    healthy = visit.verdict is Verdict.HEALTHY and not visit.findings
    reason = "nothing found" if healthy else plain(visit.reason)
    return [(visit.verdict.value, f"{title}: {reason}")]


def three_numbers(m: Measurements) -> str:
    """Return the loss, the way of the gradient and the size of a step, in one line."""
    return "; ".join(text for text in (_loss(m), _span(m), _step(m)) if text)


def _loss(m: Measurements) -> str:
    course = m.course
    if course and course.losses:
        first, last = loss(course.losses[0]), loss(course.losses[-1])
        text, trivial = f"loss {first} → {last}", course.trivial
    else:
        text, trivial = f"loss {loss(m.loss.data)}", m.loss.trivial
    return text if trivial is None else f"{text} (trivial {loss(trivial)})"


def _span(m: Measurements) -> str:
    norms = [c.backward.norm for c in m.calls if c.backward is not None]
    sizes = [math.log10(norm) for norm in norms if 0.0 < norm < math.inf]
    if len(sizes) < 2:
        return ""
    return f"gradient within {max(sizes) - min(sizes):.1f} decades over {len(sizes)} layer calls"


def _step(m: Measurements) -> str:
    ratios = [w.update_ratio for w in m.weights if w.update_ratio is not None]
    return f"a step moves weights by {number(median(ratios))}" if ratios else ""
