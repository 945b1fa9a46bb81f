"""One line on an exception."""

from __future__ import annotations

import re

MOST_CHARACTERS = 200
KERAS_WHERE = "Exception encountered when calling"
TENSORFLOW_WHERE = "Graph execution error"
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
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = f"{name}: {_telling(lines).removesuffix('.')}"
    return line if len(line) <= MOST_CHARACTERS else line[: MOST_CHARACTERS - 1] + "…"


def _telling(lines: list[str]) -> str:
    """Return the line that says what: Keras and TensorFlow say first where it was."""
    first, *rest = lines
    if rest and first.startswith(KERAS_WHERE):
        return rest[0]
    frames = [i for i, line in enumerate(rest) if line.startswith('File "')]
    if first.startswith(TENSORFLOW_WHERE) and frames and frames[-1] + 1 < len(rest):
        return rest[frames[-1] + 1]
    return first
