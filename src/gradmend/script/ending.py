"""How a script ended, told as Python itself would tell it."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from gradmend.monitor.words import one_line

OURS = str(Path(__file__).parents[1])
INTERRUPTED = 130


def run_to_its_end(script: Callable[[], None]) -> tuple[int, str | None]:
    """Call the script, and return its exit code and the error that ended it.

    An exception is printed with the frames of gradmend left out.
    """
    try:
        script()
    except SystemExit as stop:
        return _exit_code(stop), None
    except KeyboardInterrupt as error:
        _show(error)
        return INTERRUPTED, one_line(error)
    except BaseException as error:  # noqa: BLE001 - the script's, and it is shown as Python would
        _show(error)
        return 1, one_line(error)
    finally:
        sys.stdout.flush()
    return 0, None


def without_our_frames(error: BaseException) -> BaseException:
    """Take the frames of gradmend out of an exception and of those that led to it."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = _stripped(one.__traceback__)
        waiting += [one.__cause__, one.__context__]
    return error


def _stripped(trace: TracebackType | None) -> TracebackType | None:
    frames = []
    while trace is not None:
        if not is_ours(trace.tb_frame.f_code.co_filename):
            frames.append(trace)
        trace = trace.tb_next
    following = None
    for frame in reversed(frames):
        frame.tb_next = following
        following = frame
    return following


def is_ours(file: str) -> bool:
    """Return whether a source file is one of gradmend's."""
    return file.startswith(OURS)


def _exit_code(stop: SystemExit) -> int:
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return int(stop.code)
    sys.stderr.write(f"{stop.code}\n")
    return 1


def _show(error: BaseException) -> None:
    without_our_frames(error)
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except BaseException:  # noqa: BLE001 - a hook of the script that fails itself
        traceback.print_exception(error)
