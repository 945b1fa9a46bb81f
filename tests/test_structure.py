"""The structure guards itself: names, tables, pages, budgets. Nobody has to remember them."""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import pkgutil
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import gradmend
from gradmend.findings import RULES, Rule
from gradmend.treatments import TREATMENTS, Treatment

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "gradmend"
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50
RULE_HEADINGS = (
    "What it means",
    "How it is measured",
    "When it is wrong",
    "What to try",
    "References",
)
TREATMENT_HEADINGS = ("What it changes", "When it helps", "When it harms", "References")
CODE = re.compile(r"[A-Z]\d{3}")


def python_files(*folders: str) -> list[Path]:
    """Every Python file of the project below these folders."""
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def named(file: Path) -> str:
    """The name of a file in messages and test ids."""
    return file.relative_to(ROOT).as_posix()


def packages() -> list[str]:
    """gradmend and every package in it."""
    found = pkgutil.walk_packages(gradmend.__path__, "gradmend.")
    return ["gradmend", *sorted(module.name for module in found if module.ispkg)]


def module_of(entry: Rule | Treatment) -> ModuleType:
    """The module that holds an entry of a table; its docstring is the page."""
    return importlib.import_module(entry.module)


def headings(page: str) -> list[str]:
    """The `## Heading` lines of a page, in order."""
    return re.findall(r"^## (.+)$", page, re.MULTILINE)


# ---------------------------------------------------------------- public names


def constants_classes_functions(name: str) -> tuple[bool, bool, str]:
    """The order in which ruff keeps `__all__`."""
    return not name.isupper(), not name[0].isupper(), name


@pytest.mark.parametrize("package", packages())
def test_all_is_sorted_and_true(package: str) -> None:
    module = importlib.import_module(package)
    names = list(module.__all__)
    assert names == sorted(set(names), key=constants_classes_functions), f"sort {package}.__all__"
    missing = [name for name in names if not hasattr(module, name)]
    assert not missing, f"{package}.__all__ promises {missing}"


@pytest.mark.parametrize("name", gradmend.__all__)
def test_public_names_are_documented(name: str) -> None:
    public = getattr(gradmend, name)
    if inspect.isclass(public) or inspect.isfunction(public):
        assert inspect.getdoc(public), f"gradmend.{name} has no docstring"


def test_every_public_name_defined_at_the_top_is_in_all() -> None:
    defined = {
        name
        for name, value in vars(gradmend).items()
        if not name.startswith("_") and (inspect.isclass(value) or inspect.isfunction(value))
    }
    assert defined <= set(gradmend.__all__)


def test_no_module_is_a_drawer_for_leftovers() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
    assert not [named(file) for file in python_files("src", "tests") if file.stem in drawers]


# ---------------------------------------------------------------- rules


def test_the_tables_are_not_empty() -> None:
    assert RULES  # an empty table would skip every test below
    assert TREATMENTS


def test_codes_and_names_of_rules_are_unique() -> None:
    codes, names = [rule.code for rule in RULES], [rule.name for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_has_a_file_a_page_and_a_test_of_its_name(rule: Rule) -> None:
    module = module_of(rule)
    stem = module.__name__.rpartition(".")[2]
    assert CODE.fullmatch(rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert headings(module.__doc__ or "") == list(RULE_HEADINGS), module.__name__
    assert (ROOT / "tests" / "findings" / f"test_{stem}.py").exists()


def test_every_rule_file_is_registered() -> None:
    files = {file.stem for file in (SOURCE / "findings").glob("[!_]*.py") if "## " in page_of(file)}
    assert files == {module_of(rule).__name__.rpartition(".")[2] for rule in RULES}


def page_of(file: Path) -> str:
    """The module docstring of a file, read without importing it."""
    return ast.get_docstring(ast.parse(file.read_text())) or ""


# ---------------------------------------------------------------- treatments


@pytest.mark.parametrize("treatment", TREATMENTS, ids=lambda treatment: treatment.name)
def test_treatment_has_a_file_a_page_and_a_test_of_its_name(treatment: Treatment) -> None:
    module = module_of(treatment)
    stem = module.__name__.rpartition(".")[2]
    assert headings(module.__doc__ or "") == list(TREATMENT_HEADINGS), module.__name__
    assert (ROOT / "tests" / "treatments" / f"test_{stem}.py").exists()


def test_names_of_treatments_are_unique() -> None:
    names = [treatment.name for treatment in TREATMENTS]
    assert len(set(names)) == len(names)


def test_every_treatment_file_is_registered() -> None:
    folder = SOURCE / "treatments"
    files = {file.stem for file in folder.glob("[!_]*.py") if "## " in page_of(file)}
    assert files == {module_of(entry).__name__.rpartition(".")[2] for entry in TREATMENTS}


# ---------------------------------------------------------------- codes


def test_every_code_that_is_named_exists() -> None:
    known = {rule.code for rule in RULES}
    series = {code[0] for code in known}
    unknown = {
        f"{named(file)}: {code}"
        for file in python_files("src")
        for text in strings(file)
        for code in re.findall(r"\b[A-Z]\d{3}\b", text)
        if code[0] in series and code not in known
    }
    assert not unknown


def strings(file: Path) -> Iterator[str]:
    """Every string in a file, docstrings included."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


# ---------------------------------------------------------------- budgets


def functions_over_budget(source: str) -> list[str]:
    """Name the functions of a source text that are longer than the budget."""
    return [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]


@pytest.mark.parametrize("file", python_files("src", "tests", "benchmarks"), ids=named)
def test_files_and_functions_stay_within_budget(file: Path) -> None:
    source = file.read_text()
    assert len(source.splitlines()) <= MAX_FILE_LINES, f"{named(file)}: give it two files"
    assert not functions_over_budget(source), f"{named(file)}: give them two functions"


def test_the_budget_sees_a_long_function() -> None:
    body = "    x = 1\n" * MAX_FUNCTION_LINES
    assert functions_over_budget(f"def long():\n{body}") == ["long: 51 lines"]
    assert not functions_over_budget(f"def fits():\n{body[:-10]}")


# ---------------------------------------------------------------- suppressions

# A rule is switched off, all of it or by its code, and the comment ends there.
BARE = re.compile(r"#\s*(noqa(:[\s\w,]*)?|type:\s*ignore(\[[\s\w,-]*\])?)\s*$")


def comments(source: str) -> Iterator[str]:
    """The comments of a source text, without the code before them."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


@pytest.mark.parametrize("file", python_files("src", "tests", "benchmarks"), ids=named)
def test_every_suppression_has_its_reason_beside_it(file: Path) -> None:
    assert not [comment for comment in comments(file.read_text()) if BARE.search(comment)]


@pytest.mark.parametrize(
    "rule", ["noqa", "noqa: E501", "noqa: E501, S101", "type: ignore", "type: ignore[misc]"]
)
def test_a_suppression_without_a_reason_is_seen(rule: str) -> None:
    (bare,) = comments(f"x = 1  # {rule}\n")
    assert BARE.search(bare)
    assert not BARE.search(f"{bare} - the generator needs it")
    assert not BARE.search(f"{bare}  # the generator needs it")
