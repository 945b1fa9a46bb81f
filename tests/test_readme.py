"""What the README and the guide for contributors show can be typed, and runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from gradmend.cli import main

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "CONTRIBUTING.md")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"\b[A-Z]\d{3}\b")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a page that are written in one language."""
    found = FENCE.findall((ROOT / page).read_text())
    return [text for tag, text in found if tag == language]


def commands() -> list[str]:
    """Every command shown after a `$` in a console block."""
    return [
        line.removeprefix("$ ")
        for page in PAGES
        for block in blocks(page, "console")
        for line in block.splitlines()
        if line.startswith("$ ")
    ]


def targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def problem(line: str) -> str | None:
    """Say why a command could not be typed as shown, or None when it could."""
    program, *words = [word for word in shlex.split(line, comments=True) if "=" not in word[1:]]
    if program == "make":
        unknown = [word for word in words if word not in targets()]
        return f"no make target {unknown}" if unknown else None
    if program == "gradmend":
        return gradmend_problem(words)
    if program == "pip":
        return pip_problem(words)
    if program.startswith(".venv/bin/"):
        tool = Path(sys.executable).with_name(Path(program).name)
        return None if tool.exists() else f"{tool.name} is not installed by `make test`"
    return None if program in {"git", "cd"} else f"teach test_readme.py how to check {program!r}"


def gradmend_problem(words: list[str]) -> str | None:
    """Check a `gradmend ...` command: its subcommand, and the options before its arguments."""
    command = main.get_command(click.Context(main), words[0])
    if command is None:
        return f"no subcommand {words[0]}"
    if CliRunner().invoke(main, [words[0], "--help"]).exit_code != 0:
        return f"gradmend {words[0]} --help fails"
    known = {option for parameter in command.params for option in parameter.opts}
    script = next((i for i, word in enumerate(words) if word.endswith(".py")), len(words))
    unknown = [word for word in words[1:script] if word.startswith("-") and word not in known]
    return f"no option {unknown}" if unknown else None


def pip_problem(words: list[str]) -> str | None:
    """Check that the extras a `pip install '.[...]'` asks for exist."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {extra for word in words for extra in re.findall(r"[\w-]+", word.partition("[")[2])}
    unknown = asked - set(project["optional-dependencies"])
    return f"no extra {sorted(unknown)}" if unknown else None


@pytest.mark.parametrize("line", commands())
def test_commands_exist(line: str) -> None:
    assert problem(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "make coffee",
        "gradmend heal train.py",
        "gradmend run --no-such-option train.py",
        "pip install '.[mxnet]'",
        ".venv/bin/no-such-tool",
        "curl something",
    ],
)
def test_a_command_that_does_not_exist_is_seen(line: str) -> None:
    assert problem(line) is not None


@pytest.mark.parametrize("block", blocks("README.md", "python"))
def test_python_blocks_run(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102 - our own page


def shown() -> str:
    """The output that the README shows for `make demo`."""
    page = (ROOT / "README.md").read_text()
    between = page.partition("<!-- demo output -->")[2].partition("<!-- /demo output -->")[0]
    return FENCE.sub(r"\2", between.strip()).strip()


@pytest.mark.slow
@pytest.mark.backend("jax")  # as `make demo`
def test_the_demo_still_says_what_the_readme_shows() -> None:
    assert shown(), "paste what `make demo` prints between the markers in README.md"
    done = subprocess.run(
        [Path(sys.executable).with_name("gradmend"), "run", "examples/deep_sigmoid_digits.py"],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = without_numbers(done.stdout)
    missing = [line for line in shown().splitlines() if without_numbers(line) not in printed]
    assert not missing, f"`make demo` no longer prints {missing}; it prints:\n{done.stdout}"
    assert CODE.search(shown()), "the README shows no finding"


NUMBER = re.compile(r"[-+−]?\d+(\.\d+)?(e[-+]?\d+)?", re.IGNORECASE)
BARS = re.compile(r"[\s·•\u2500-\u259f\u2800-\u28ff]+")  # box drawing, blocks, braille


def without_numbers(text: str) -> str:
    """A text without what may differ between machines: numbers, bars and spacing."""
    return BARS.sub(" ", NUMBER.sub("#", text)).strip()
