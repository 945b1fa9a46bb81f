"""The forms a report can be saved in, by the suffix of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

from gradmend.errors import UsageError, teach
from gradmend.report.document import Document

WIDTH = 100


def _html(documents: Sequence[Document]) -> str:
    from gradmend.report.html import page

    return page(documents)


def _markdown(documents: Sequence[Document]) -> str:
    from gradmend.report.markdown import markdown

    return markdown(documents)


def _text(documents: Sequence[Document]) -> str:
    from rich.console import Console

    from gradmend.report.terminal import render

    file = StringIO()
    for index, document in enumerate(documents):
        file.write("\n" if index else "")
        render(document, Console(file=file, width=WIDTH, color_system=None))
    return file.getvalue()


FORMS: dict[str, Callable[[Sequence[Document]], str]] = {
    ".html": _html,
    ".md": _markdown,
    ".txt": _text,
}


def save(
    path: Path,
    documents: Callable[[], Sequence[Document]],
    json: Callable[[], str],
    **others: object,
) -> Path:
    """Write a report to `path` in the form its suffix names; nothing is built for another form.

    Args:
        path: The file to write, or to write again.
        documents: Builds what is told in `.html`, `.md` and `.txt`.
        json: Builds the text of `.json`.
        others: What else the caller can save, for the message: form="what it holds".

    Raises:
        UsageError: a suffix that is not known.
    """
    if path.suffix == ".json":
        text = json()
    elif path.suffix in FORMS:
        text = FORMS[path.suffix](documents())
    else:
        raise UsageError(_unknown(path, others))
    path.write_text(text, encoding="utf-8")
    return path


def _unknown(path: Path, others: dict[str, object]) -> str:
    known = [f".{form} ({what})" for form, what in others.items()]
    known += [".html (a page)", ".md (Markdown)", ".txt", ".json (all numbers)"]
    return teach(
        f"a report cannot be saved as '{path.suffix or path.name}'.",
        expected=f"a path that ends in {', '.join(known)}",
        received=str(path),
        means="the suffix chooses the form of the file.",
        attempt=f".save({str(path.with_suffix('.html'))!r})",
    )
