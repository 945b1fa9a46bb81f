"""One line on a terminal that says what is being tried; nothing in a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from gradmend.records import Run
from gradmend.trials.entry import Watch


@contextmanager
def shown(*, wanted: bool | None = None, console: Console | None = None) -> Iterator[Watch | None]:
    """Yield what the race tells its progress to, None where nobody watches."""
    console = Console(stderr=True) if console is None else console
    if not (console.is_terminal if wanted is None else wanted):
        yield None
        return
    with console.status("trying ...") as status:

        def watch(arm: str, run: Run, until: int) -> None:
            status.update(f"trying {arm}, seed {run.seed}, to step {until}")

        yield watch
