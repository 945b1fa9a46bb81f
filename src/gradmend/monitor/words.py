"""One line on an exception."""

from __future__ import annotations

import re

MOST_CHARACTERS = 200
KERAS_WHERE = "Exception encountered when calling"
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def one_line(error: BaseException) -> str:
    r"""Return the type of an exception and the first line of its text.

    Example:
        >>> one_line(ValueError("bad shape\nmore"))
        'ValueError: bad shape'
        >>> one_line(KeyboardInterrupt())
        'KeyboardInterrupt'
    """
    text = ESCAPES.sub("", str(error)).strip()
    name = type(error).__name__
    if not text:
        return name
    first, *rest = [line.strip() for line in text.splitlines() if line.strip()]
    # Keras says in its first line where, and below it what.
    told = rest[0] if rest and first.startswith(KERAS_WHERE) else first
    line = f"{name}: {told.removesuffix('.')}"
    return line if len(line) <= MOST_CHARACTERS else line[: MOST_CHARACTERS - 1] + "…"
