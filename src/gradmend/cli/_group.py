"""A click group that imports a subcommand when it is called, and prints our errors plainly."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from gradmend.errors import GradmendError

COULD_NOT_JUDGE = 2


class LazyGroup(click.Group):
    """Commands by name and summary; each is `command` in `gradmend.cli.<name>`."""

    def __init__(self, *args: Any, summaries: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.summaries = dict(summaries)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help page."""
        return sorted(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command, None for an unknown name."""
        if cmd_name not in self.summaries:
            return None
        command: click.Command = import_module(f"gradmend.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.summaries[name]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of ours is a text on stderr and exit code 2.

        A fault in gradmend itself ends with 2 as well: 1 would say that a model is sick.
        """
        try:
            return super().invoke(ctx)
        except GradmendError as error:
            click.echo(f"gradmend: {error}", err=True)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception:  # noqa: BLE001 - shown in full, with an exit code that is true
            traceback.print_exc()
            click.echo("gradmend: this is a fault of gradmend, not of the model.", err=True)
        raise click.exceptions.Exit(COULD_NOT_JUDGE)
