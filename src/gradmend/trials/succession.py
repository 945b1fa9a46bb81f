"""Several changes one after another: each begins with the lines that those before it left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from gradmend.records import Change


def in_succession(changes: Iterable[Change]) -> Iterator[Change]:
    """Yield the changes, the later ones written on top of the earlier.

    Args:
        changes: Each as if it were made alone, in the order in which they are made.

    Example:
        >>> from gradmend.records import Grade
        >>> swap = Change(treatment="swap", title="", grade=Grade.ADVICE,
        ...     before=("Dense(5, 'sigmoid')",), after=("Dense(5, 'selu')",))
        >>> road = Change(treatment="road", title="", grade=Grade.ADVICE,
        ...     before=("x = Dense(5, 'sigmoid')(x)",), after=("x = x + Dense(5, 'sigmoid')(x)",))
        >>> [change.before for change in in_succession([swap, road])]
        [("Dense(5, 'sigmoid')",), ("x = Dense(5, 'selu')(x)",)]
    """
    written: dict[str, str] = {}
    for change in changes:
        made = replace(
            change,
            before=tuple(_rewritten(line, written) for line in change.before),
            after=tuple(_rewritten(line, written) for line in change.after),
        )
        if len(made.before) == len(made.after):
            written.update(zip(change.before, made.after, strict=True))
        yield made


def _rewritten(line: str, written: Mapping[str, str]) -> str:
    for old, new in written.items():
        if old in line and new not in line:
            return line.replace(old, new)
    return line
