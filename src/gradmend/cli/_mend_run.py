"""What `gradmend run --mend` does when the script has ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from gradmend.errors import GradmendError
from gradmend.report.diff import unified_diff
from gradmend.script import ScriptReport, mend_kept


def mend_and_tell(
    report: ScriptReport, script: str, *, target: Console, module: bool, **settings: Any
) -> None:
    """Mend the worst fit; print the outcome, and a diff of the lines to write.

    `settings` are those of `gradmend.mend`.

    The exit code stays the script's: what cannot be mended is told, not raised.
    """
    target.print()
    target.rule("mending", characters="-" if target.options.ascii_only else "─")
    if report.kept is None:
        _print(target, "nothing was mended: no fit of the script was found sick.")
        return
    try:
        mending = mend_kept(report.kept, **settings)
    except GradmendError as error:
        _print(target, f"nothing was mended: {error}")
        return
    _print(target, repr(mending))
    if mending.changes:
        source = "" if module else _text(script)
        _print(target, "\n" + unified_diff(mending.changes, name=Path(script).name, source=source))


def _text(script: str) -> str:
    try:
        return Path(script).read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        return ""


def _print(target: Console, text: str) -> None:
    target.print(text, markup=False, highlight=False, soft_wrap=True)
