"""A visit told as a document: the one form that every renderer lays out.

Words are chosen here (and in the files this one calls); a renderer only lays out,
and nothing here judges: verdict, ranking and folding come from the visit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradmend.records import Measurements, OptimizerFacts, Prescription, Verdict, Visit
from gradmend.report.blocks import (
    Block,
    Changes,
    Heading,
    Note,
    Paragraph,
    Tone,
)
from gradmend.report.depth import depth_profile
from gradmend.report.folding import blocks_of, roots
from gradmend.report.headline import headline_of, three_numbers
from gradmend.report.loss_course import curve_of, remarks_of
from gradmend.report.through_time import time_profiles
from gradmend.report.words import loss, number, places, plain, plural


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What to show, from top to bottom. Layer names are already printable."""

    title: str
    blocks: tuple[Block, ...]


def document_of(visit: Visit, *, title: str | None = None) -> Document:
    """Return the visit as a document. Pure: reads the record, draws nothing.

    Args:
        visit: What was measured, found and prescribed.
        title: What was visited, such as "train.py fit 1"; the model's name when None.

    Example:
        >>> from gradmend.records import Verdict, Visit
        >>> visit = Visit(verdict=Verdict.UNKNOWN, reason="fit was never called")
        >>> document_of(visit, title="train.py").blocks[0].lines
        (('unknown', 'train.py: fit was never called'),)
    """
    name = plain(title if title is not None else _name(visit))
    return Document(title=name, blocks=tuple(_blocks(visit, name)))


def _name(visit: Visit) -> str:
    return visit.measurements.model.name if visit.measurements else "model"


def _blocks(visit: Visit, title: str) -> Iterator[Block]:
    yield headline_of(visit, title)
    if visit.verdict is Verdict.HEALTHY and visit.measurements is not None:
        yield Paragraph(text=three_numbers(visit.measurements))
    if visit.findings and visit.verdict is not Verdict.UNKNOWN:
        yield Paragraph(text=_how_sure(visit), tone=Tone.QUIET)
    yield from blocks_of(visit.findings)
    if visit.prescriptions:
        yield Heading(text="what to try")
        yield from (_changes(prescription) for prescription in visit.prescriptions)
    if visit.measurements is not None:
        yield from _pictures(visit.measurements, visit)
        yield from (Note(text=plain(note)) for note in visit.measurements.notes)
        yield Note(text=facts_line(visit.measurements))


def _how_sure(visit: Visit) -> str:
    """Return the reason of the verdict, unless a finding says the same, and its certainty."""
    reason = visit.reason.lower()
    if any(finding.message.lower() in reason for finding in visit.findings):
        return f"how sure: {plain(visit.certainty)}"
    return f"{plain(visit.reason)} ({plain(visit.certainty)})"


def _changes(prescription: Prescription) -> Changes:
    where = f" at {places(prescription.where)}" if prescription.where else ""
    expected = f"; {prescription.expected}" if prescription.expected else ""
    return Changes(
        title=plain(prescription.title),
        remark=plain(f"for {prescription.answers}{where}; {prescription.grade.value}{expected}"),
        before=tuple(plain(line) for line in prescription.before),
        after=tuple(plain(line) for line in prescription.after),
    )


def _pictures(m: Measurements, visit: Visit) -> Iterator[Block]:
    root = next(iter(roots(visit.findings)), None)
    if visit.verdict is Verdict.HEALTHY:
        return
    profile = depth_profile(m, root)
    yield from [profile] if profile else []
    yield from time_profiles(m, root)
    if m.course is not None:
        curve = curve_of(m.course)
        yield from [curve] if curve else []
        yield from (Note(text=remark) for remark in remarks_of(m.course))


def facts_line(m: Measurements) -> str:
    """Return what was measured, in one quiet line."""
    trivial = "" if m.loss.trivial is None else f" (trivial {loss(m.loss.trivial)})"
    penalty = f" + penalty {number(m.loss.penalty)}" if m.loss.penalty else ""
    parts = [
        f"{plain(m.backend)}, keras {plain(m.keras_version)}",
        _batches(m),
        f"loss {loss(m.loss.data)}{trivial}{penalty}",
        _optimizer(m.optimizer) if m.batches else "",
        f"{plural(m.model.layers, 'layer')}, {plural(m.model.parameters, 'parameter')}",
    ]
    return " · ".join(part for part in parts if part)


def _batches(m: Measurements) -> str:
    if not m.batches:
        return "no batch measured"
    return f"{'a batch' if m.batches == 1 else f'{m.batches} batches'} of {m.batch_size:,}"


def _optimizer(facts: OptimizerFacts | None) -> str:
    if facts is None:
        return "no optimizer"
    rate = facts.learning_rate
    return plain(facts.name) + (f", learning rate {number(rate)}" if rate is not None else "")
