"""A visit told as a document: the one form that every renderer lays out.

Words are chosen here (and in the files this one calls); a renderer only lays out,
and nothing here judges: verdict, ranking and folding come from the visit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradmend.records import Measurements, OptimizerFacts, Verdict, Visit
from gradmend.report.atlas import atlas_of
from gradmend.report.blocks import Block, Heading, Headline, Note, Paragraph, Picture, Tone
from gradmend.report.certainty import how_sure
from gradmend.report.cures import cures_of
from gradmend.report.depth import depth_profile
from gradmend.report.folding import blocks_of, roots
from gradmend.report.headline import headline_of
from gradmend.report.loss_course import curve_of, ended_by, remarks_of
from gradmend.report.through_time import time_profiles
from gradmend.report.words import loss, number, plain, plural


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What to show, from top to bottom. Layer names are already printable.

    `blocks` is the story, which every renderer tells. `atlas` holds every picture and table that
    was measured, for renderers with room: they draw it instead of the pictures in `blocks`.
    `sure` says how sure the verdict is, empty where nothing was judged.
    """

    title: str
    blocks: tuple[Block, ...]
    atlas: tuple[Block, ...] = ()
    sure: str = ""

    @property
    def head(self) -> Headline:
        """The lines that must be read even when nothing else is."""
        return next(block for block in self.blocks if isinstance(block, Headline))

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every picture once, those of the story first where the atlas lacks them."""
        atlas = tuple(block for block in self.atlas if isinstance(block, Picture))
        told = tuple(block for block in self.blocks if isinstance(block, Picture))
        return (*(picture for picture in told if picture not in atlas), *atlas)


def document_of(
    visit: Visit,
    *,
    title: str | None = None,
    command: str | None = None,
    words: Sequence[str] = (),
    before: Measurements | None = None,
) -> Document:
    """Return the visit as a document. Pure: reads the record, draws nothing.

    Args:
        visit: What was measured, found and prescribed.
        title: What was visited, such as "train.py fit 1"; the model's name when None.
        command: What was typed to get it; a call of `gradmend.check` when None.
        words: What stands at each step of the sequences, for the picture through time.
        before: The measurements of the model before it was mended, for the same picture.

    Example:
        >>> from gradmend.records import Verdict, Visit
        >>> visit = Visit(verdict=Verdict.UNKNOWN, reason="fit was never called")
        >>> document_of(visit, title="train.py").blocks[0].lines
        (('unknown', 'train.py: fit was never called'),)
    """
    name = plain(title if title is not None else _name(visit))
    return Document(
        title=name,
        blocks=tuple(_blocks(visit, name, words, before)),
        atlas=atlas_of(visit, command, words, before),
        sure=how_sure(visit),
    )


def _name(visit: Visit) -> str:
    return visit.measurements.model.name if visit.measurements else "model"


def _blocks(
    visit: Visit, title: str, words: Sequence[str], before: Measurements | None
) -> Iterator[Block]:
    yield headline_of(visit, title)
    if visit.verdict is Verdict.UNKNOWN:
        yield from _followed(visit.measurements)
        return
    if visit.findings:
        yield from _findings(visit)
    yield from cures_of(visit)
    if visit.verdict is Verdict.HEALTHY:
        yield from (Note(text=remark) for remark in _ended(visit.measurements))
    else:
        yield from _pictures(visit, words, before)
        yield from _margin(visit)
    if visit.findings:
        yield Note(text=_more(visit))


def _more(visit: Visit) -> str:
    code = plain(roots(visit.findings)[0].code)
    used = any("decades" in finding.message for finding in visit.findings)
    unit = "; a decade is a factor of ten" if used else ""
    return f"`gradmend explain {code}`: how this is measured, and when it is wrong{unit}"


def _followed(m: Measurements | None) -> Iterator[Block]:
    """The loss at least, where nothing else was seen."""
    curve = curve_of(m.course) if m is not None and m.course is not None else None
    yield from [Note(text=curve.caption)] if curve else []


def _ended(m: Measurements | None) -> tuple[str, ...]:
    return ended_by(m.course) if m is not None and m.course is not None else ()


def _findings(visit: Visit) -> Iterator[Block]:
    yield Heading(text=f"what was found ({plain(visit.certainty)})")
    reason = visit.reason.lower()
    if not any(finding.message.lower() in reason for finding in visit.findings):
        yield Paragraph(text=plain(visit.reason), tone=Tone.QUIET)
    yield from blocks_of(visit)


def _pictures(visit: Visit, words: Sequence[str], before: Measurements | None) -> Iterator[Block]:
    m, root = visit.measurements, next(iter(roots(visit.findings)), None)
    if m is None:
        return
    times = time_profiles(m, root, words=words, before=before)
    profile = None if any(picture.marked for picture in times) else depth_profile(m, root)
    yield from [profile] if profile else []
    yield from times
    if m.course is not None:
        curve = curve_of(m.course)
        yield from [curve] if curve else []
        yield from (Note(text=remark) for remark in remarks_of(m.course))


def _margin(visit: Visit) -> Iterator[Block]:
    """What limits the visit, and what was measured."""
    m = visit.measurements
    if m is None:
        return
    yield from (Note(text=plain(note)) for note in m.notes if note not in visit.reason)
    yield Note(text=facts_line(m))


def facts_line(m: Measurements) -> str:
    """Return what was measured, in one quiet line."""
    trivial = "" if m.loss.trivial is None else f" (a constant: {loss(m.loss.trivial)})"
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
