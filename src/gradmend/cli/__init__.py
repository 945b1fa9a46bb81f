"""The command `gradmend`. A subcommand is imported when it is called, Keras only when needed."""

from __future__ import annotations

import click

from gradmend.cli._group import LazyGroup

__all__ = ["main"]

COMMANDS = {
    "check": "Say what is wrong with a saved model, from one batch of data.",
    "compare": "Show recorded trainings side by side.",
    "demo": "Check a patient of the gallery, whose illness is known.",
    "explain": "Show the page of a rule, or list all rules.",
    "gallery": "List the patients: models with a known answer.",
    "mend": "Try the cures for what is wrong with a saved model, and keep what is proven.",
    "replay": "Run a step that gave NaN again, and name the first layer that went wrong.",
    "report": "Tell how a recorded training went, also as a page.",
    "run": "Run a training script unchanged, and say why it does not learn.",
    "watch": "Follow a recorded training while it runs.",
}


@click.group(
    cls=LazyGroup, summaries=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="gradmend")
def main() -> None:
    """Find out why a Keras model does not learn."""
