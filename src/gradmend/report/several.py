"""The visits of one run, told in order of need: the sickest first, nothing told twice."""

from __future__ import annotations

from collections.abc import Sequence

from gradmend.records import Verdict, Visit
from gradmend.report.blocks import Headline
from gradmend.report.document import Document, document_of
from gradmend.report.folding import roots
from gradmend.report.words import VERDICT_TONES, plain

ORDER = (Verdict.SICK, Verdict.WATCH, Verdict.HEALTHY, Verdict.UNKNOWN)


def documents_of(
    visits: Sequence[tuple[str, Visit]], *, command: str | None = None
) -> tuple[Document, ...]:
    """Return one document per (title, visit), worst first; `command` is what was typed.

    Visits with the verdict and the findings of one that was already told share a
    single line behind it, so that ten folds of a cross-validation are read once.
    """
    alike: dict[tuple[str, ...], list[tuple[str, Visit]]] = {}
    for title, visit in sorted(visits, key=lambda pair: ORDER.index(pair[1].verdict)):
        alike.setdefault(_what_it_tells(visit), []).append((title, visit))
    documents = []
    for (title, visit), *others in alike.values():
        documents.append(document_of(visit, title=title, command=command))
        if others:
            documents.append(_again([title, *(other for other, _ in others)], visit))
    return tuple(documents)


def _what_it_tells(visit: Visit) -> tuple[str, ...]:
    reason = visit.reason if visit.verdict is Verdict.UNKNOWN else ""
    return (visit.verdict.value, reason, *sorted({finding.code for finding in visit.findings}))


def _again(titles: list[str], visit: Visit) -> Document:
    first, *others = (plain(title) for title in titles)
    codes = ", ".join(dict.fromkeys(finding.code for finding in roots(visit.findings)))
    told = f" ({plain(codes)})" if codes else ""
    near = others[0].rpartition(" ")[0] == first.rpartition(" ")[0]
    shown = " ".join(first.split()[-2:]) if near else first
    line = (visit.verdict.value, f"{_listed(others)}: the same as {shown}{told}")
    return Document(
        title=others[0], blocks=(Headline(lines=(line,), tone=VERDICT_TONES[visit.verdict]),)
    )


def _listed(titles: list[str]) -> str:
    """Return the titles, what stands before the last word said once where it is the same.

    Example:
        >>> _listed(["train.py:41 fit 2", "train.py:41 fit 3", "train.py:50 fit 4"])
        'train.py:41 fit 2, 3, train.py:50 fit 4'
    """
    told, before = [], ""
    for title in titles:
        stem, _, last = title.rpartition(" ")
        told.append(last if stem and stem == before else title)
        before = stem
    return ", ".join(told)
