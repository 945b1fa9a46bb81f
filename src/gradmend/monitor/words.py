"""One line on an exception."""

from __future__ import annotations

MOST_CHARACTERS = 200


def one_line(error: BaseException) -> str:
    r"""Return the type of an exception and the first line of its text.

    Example:
        >>> one_line(ValueError("bad shape\nmore"))
        'ValueError: bad shape'
        >>> one_line(KeyboardInterrupt())
        'KeyboardInterrupt'
    """
    text = str(error).strip()
    name = type(error).__name__
    if not text:
        return name
    line = f"{name}: {text.splitlines()[0].strip()}"
    return line if len(line) <= MOST_CHARACTERS else line[: MOST_CHARACTERS - 1] + "…"
