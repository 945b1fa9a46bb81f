"""The visits of one run, told in order of need: the sickest first, nothing told twice."""

from __future__ import annotations

from collections.abc import Sequence

from gradmend.records import Verdict, Visit
from gradmend.report.blocks import Headline
from gradmend.report.document import Document, document_of
from gradmend.report.words import VERDICT_TONES, plain

ORDER = (Verdict.SICK, Verdict.WATCH, Verdict.HEALTHY, Verdict.UNKNOWN)


def documents_of(visits: Sequence[tuple[str, Visit]]) -> tuple[Document, ...]:
    """Return one document per (title, visit), worst first.

    A visit with the verdict and the findings of one that was already told gets a
    single line, so that ten folds of a cross-validation are read once.
    """
    told: dict[tuple[str, ...], str] = {}
    documents = []
    for title, visit in sorted(visits, key=lambda pair: ORDER.index(pair[1].verdict)):
        key = (visit.verdict.value, *sorted({finding.code for finding in visit.findings}))
        if key in told and visit.findings:
            documents.append(_again(title, visit, told[key]))
        else:
            documents.append(document_of(visit, title=title))
            told[key] = title
    return tuple(documents)


def _again(title: str, visit: Visit, first: str) -> Document:
    codes = ", ".join(dict.fromkeys(finding.code for finding in visit.findings))
    line = (visit.verdict.value, f"{plain(title)}: the same findings as {plain(first)} ({codes})")
    return Document(
        title=plain(title),
        blocks=(Headline(lines=(line,), tone=VERDICT_TONES[visit.verdict]),),
    )
