"""Where the commands print, and the files they write."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO

from rich.console import Console

from gradmend.errors import FileError, teach

PIPE_WIDTH = 100


def console(file: TextIO | None = None) -> Console:
    """Return a console on `file` (stdout); a pipe gets 100 columns unless COLUMNS says more."""
    stream = sys.stdout if file is None else file
    free = stream.isatty() or "COLUMNS" in os.environ
    return Console(file=stream, width=None if free else PIPE_WIDTH)


def promised(path: Path) -> Path:
    """Return the absolute path of a file that can be written later.

    Asked before a long training, so that its report is not lost at the end.

    Raises:
        FileError: the folder is not there, or the path is a folder.
    """
    target = path.absolute()
    if not target.parent.is_dir() or target.is_dir():
        raise FileError(
            teach(
                f"cannot write {str(path)!r}.",
                expected="a file in a folder that exists",
                received="a folder" if target.is_dir() else f"no folder {str(target.parent)!r}",
                means="the path has a typing error, or the folder was not made yet.",
                attempt=f"{str(path / 'report.json')!r}"
                if target.is_dir()
                else f"mkdir -p {str(path.parent)!r}",
            )
        )
    return target
