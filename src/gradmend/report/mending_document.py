"""A mending as a document: what was proven, the table of trials, the changes, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradmend.records import Arm, Change, Measurements, Outcome, Trial, Verdict, Visit
from gradmend.report.atlas import atlas_of
from gradmend.report.blocks import (
    Block,
    Changes,
    Heading,
    Headline,
    Note,
    Paragraph,
    TimeProfile,
    Tone,
    TrialRow,
    TrialTable,
)
from gradmend.report.certainty import how_sure
from gradmend.report.document import Document, document_of
from gradmend.report.folding import blocks_of
from gradmend.report.mending import spent, surer
from gradmend.report.through_time import time_profiles
from gradmend.report.words import GRADES, VERDICT_TONES, places, plain, plural

TONES = {Outcome.BETTER: Tone.GOOD, Outcome.UNFINISHED: Tone.CAREFUL}


def mending_document(
    visit: Visit,
    trial: Trial,
    changes: Sequence[Change],
    *,
    title: str | None = None,
    words: Sequence[str] = (),
    mended: Measurements | None = None,
) -> Document:
    """Return the outcome of a mending as a document.

    Args:
        visit: The check-up that the mending began with.
        trial: All arms, and what came of them.
        changes: What was changed, empty when nothing was.
        title: What was mended; the model's name when None.
        words: What stands at each step of the sequences, for the picture through time.
        mended: What was measured of the mended model before it was trained.

    Example:
        >>> trial = Trial(arms=(), outcome=Outcome.NOTHING_HELPED, reason="all is well.")
        >>> visit = Visit(verdict=Verdict.HEALTHY, reason="nothing found")
        >>> mending_document(visit, trial, (), title="m").blocks[0].lines[0]
        ('nothing helped', 'm: all is well.')
    """
    told = document_of(visit, title=title)
    return Document(
        title=told.title,
        blocks=tuple(_blocks(visit, trial, changes, told, _through_time(visit, mended, words))),
        atlas=atlas_of(visit),
        sure=_sure(trial) if trial.arms else how_sure(visit),
    )


def _sure(trial: Trial) -> str:
    seeds = max(len(arm.runs) for arm in trial.arms)
    if trial.outcome is Outcome.BETTER and surer(trial):
        return f"proven: it learns more surely, counted over {plural(seeds, 'seed')}"
    if trial.outcome is Outcome.BETTER:
        return f"proven: better by more than {trial.margin:.3f} on {plural(seeds, 'seed')}"
    if trial.leader is not None:
        return "not proven: the trial was stopped"
    return "nothing was proven, so nothing was changed"


def _blocks(
    visit: Visit,
    trial: Trial,
    changes: Sequence[Change],
    told: Document,
    times: Sequence[TimeProfile],
) -> Iterator[Block]:
    yield _headline(visit, trial, changes, told)
    if trial.arms:
        yield Heading(text="the trial")
        yield trial_table(trial)
        if trial.note:
            yield Paragraph(text=plain(trial.note))
    if changes:
        yield Heading(text="what was changed")
        yield from (_change(change) for change in changes)
    if times:
        yield Heading(text="before any training, as it was and mended")
        yield from times
    found = blocks_of(visit)
    if found:
        yield Heading(text=f"why: what was found before ({plain(visit.certainty)})")
        yield from found
    yield from (block for block in told.blocks if isinstance(block, Note))


def _through_time(
    visit: Visit, mended: Measurements | None, words: Sequence[str]
) -> tuple[TimeProfile, ...]:
    """One strip above the other: the model that came in, and the mended one."""
    if mended is None:
        return ()
    return time_profiles(mended, None, words=words, before=visit.measurements)


def _headline(visit: Visit, trial: Trial, changes: Sequence[Change], told: Document) -> Headline:
    lines = [(trial.outcome.value, f"{told.title}: {plain(trial.reason)}")]
    first = told.head
    if visit.verdict in (Verdict.SICK, Verdict.WATCH):
        lines += [("before", text) for _, text in first.lines[:1]]
        lines += [(label, text) for label, text in first.lines[1:] if label == "where"]
    if changes:
        lines.append(("changed", "; ".join(plain(change.title) for change in changes)))
    tone = TONES.get(trial.outcome, VERDICT_TONES[visit.verdict])
    return Headline(lines=tuple(lines), tone=tone)


def _change(change: Change) -> Changes:
    where = f", in {places(change.where)}" if change.where else ""
    return Changes(
        title=f"{plain(change.title)}{where}",
        remark=GRADES[change.grade],
        lines=(
            *(("- ", plain(line)) for line in change.before),
            *(("+ ", plain(line)) for line in change.after),
        ),
    )


def trial_table(trial: Trial) -> TrialTable:
    """Return all arms of a trial as rows."""
    return TrialTable(
        caption="held-out loss of every arm, as a share of that of a constant prediction",
        rows=tuple(_row(arm, trial) for arm in trial.arms),
        remark=spent(trial),
    )


def _row(arm: Arm, trial: Trial) -> TrialRow:
    won = arm.name == trial.winner
    return TrialRow(
        label=plain(arm.name),
        score=arm.score,
        spread=arm.spread if len(arm.runs) > 1 else None,
        seeds=tuple(run.score for run in arm.runs),
        word="won" if won else plain(arm.error or ""),
        marked=won,
    )
