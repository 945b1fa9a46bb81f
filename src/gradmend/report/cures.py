"""What is worth trying: the best few in full, the others in one line each."""

from __future__ import annotations

from collections.abc import Iterator

from gradmend.records import Prescription, Visit
from gradmend.report.blocks import Block, Changes, Heading
from gradmend.report.folding import roots
from gradmend.report.headline import by_need
from gradmend.report.words import GRADES, places, plain

IN_FULL = 3


def cures_of(visit: Visit) -> Iterator[Block]:
    """Return what to try, the cures of the root cause first."""
    found = roots(visit.findings)
    if not visit.prescriptions or not found:
        return
    yield Heading(text="what to try")
    several = len({prescription.answers for prescription in visit.prescriptions}) > 1
    for rank, prescription in enumerate(by_need(visit.prescriptions, found[0])):
        answers = f" ({plain(prescription.answers)})" if several else ""
        title = f"{rank + 1}. {plain(prescription.title)}{_where(prescription, visit)}{answers}"
        yield _in_full(prescription, title) if rank < IN_FULL else Changes(title=title)


def _where(prescription: Prescription, visit: Visit) -> str:
    """Return where to change something, unless the finding has told it."""
    told = next((f.where for f in visit.findings if f.code == prescription.answers), ())
    new = prescription.where and set(prescription.where) != set(told)
    return f", in {places(prescription.where)}" if new else ""


def _in_full(prescription: Prescription, title: str) -> Changes:
    grade = GRADES[prescription.grade]
    expected = f"so that {prescription.expected} ({grade})" if prescription.expected else grade
    before, after = prescription.before, prescription.after
    only_added = set(before) <= set(after)
    return Changes(
        title=title,
        remark=plain(expected),
        lines=tuple(
            [("- ", plain(line)) for line in before if line not in after]
            + [
                ("  " if line in before else "+ ", plain(line))
                for line in after
                if only_added or line not in before
            ]
        ),
    )
