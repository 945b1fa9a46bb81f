"""The lines to change as a unified diff: of the script itself where its lines are found."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from gradmend.records import Change

LAYERS = "layer lines"


def unified_diff(changes: Sequence[Change], *, name: str, source: str = "") -> str:
    """Return a unified diff that makes the changes.

    A line of the source that contains the line before is shown with its number and what stands
    around it; what the source writes in another way follows as a diff of the lines alone.

    Args:
        changes: With their Keras lines before and after.
        name: Of the script.
        source: Its text.

    Example:
        >>> from gradmend.records import Grade
        >>> change = Change(treatment="t", title="t", grade=Grade.ADVICE,
        ...     before=("SGD(learning_rate=1)",), after=("SGD(learning_rate=0.01)",))
        >>> print(unified_diff([change], name="train.py", source="opt = SGD(learning_rate=1)"))
        --- train.py
        +++ train.py (mended)
        @@ -1 +1 @@
        -opt = SGD(learning_rate=1)
        +opt = SGD(learning_rate=0.01)
    """
    old = source.splitlines()
    new = list(old)  # changed in place, change after change
    elsewhere = [change for change in changes if not _in_place(new, change)]
    parts = [*_diff(old, new, name, name)]
    before = [line for change in elsewhere for line in change.before]
    after = [line for change in elsewhere for line in change.after]
    parts += _diff(before, after, f"{name}: {LAYERS}", f"{name}: {LAYERS}")
    return "\n".join(parts)


def _diff(old: Sequence[str], new: Sequence[str], before: str, after: str) -> Iterator[str]:
    return difflib.unified_diff(old, new, before, f"{after} (mended)", lineterm="")


def _in_place(lines: list[str], change: Change) -> bool:
    """Change the lines of the script that hold the lines before; all of them, or none."""
    pairs = list(zip_longest(change.before, change.after))
    if not change.before or len(change.before) != len(change.after):
        return False
    found = [(i, a, b) for a, b in pairs for i, line in enumerate(lines) if a in _plain(line)]
    if {a for _, a, _ in found} != set(change.before):
        return False
    for i, old, new in found:
        lines[i] = _plain(lines[i]).replace(old, new)
    return True


def _plain(line: str) -> str:
    """With double quotes, as our own lines are written."""
    return line.replace("'", '"') if '"' not in line else line
