"""The page of a rule by code or name, and the nearest one for a slip."""

import pytest
from click.testing import CliRunner, Result

from gradmend.cli import main
from gradmend.findings import RULES, page


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments], env={"COLUMNS": "120"})


def test_the_list_names_every_rule() -> None:
    output = call().output
    for rule in RULES:
        assert rule.code in output
        assert rule.name in output


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_page_by_code_and_by_name(rule: object) -> None:
    by_code, by_name = call(rule.code.lower()), call(rule.name)  # type: ignore[attr-defined]  # a Rule
    assert by_code.exit_code == 0
    assert by_code.output == by_name.output
    assert rule.code in by_code.output  # type: ignore[attr-defined]  # a Rule
    assert "When it is wrong" in by_code.output
    first = page(rule.code).strip().split()[:3]  # type: ignore[attr-defined]  # a Rule
    assert " ".join(first) in by_code.output


def test_a_slip_is_answered_with_the_nearest() -> None:
    rule = RULES[0]
    result = call(rule.name[:-1])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"gradmend: there is no rule '{rule.name[:-1]}'.")
    assert f"gradmend explain {rule.code}" in result.stderr


def test_a_part_of_a_name_is_enough_for_a_hint() -> None:
    assert "gradmend explain R102" in call("vanishes").stderr


def test_something_far_away_gets_the_list() -> None:
    result = call("zzzzzzzz")
    assert result.exit_code == 2
    assert "Try: gradmend explain (lists all rules)" in result.stderr
