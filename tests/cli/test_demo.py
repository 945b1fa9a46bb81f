"""A patient is checked, and its known answer told."""

import pytest
from click.testing import CliRunner, Result

from gradmend.cli import demo, main


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["demo", *arguments], env={"COLUMNS": "120"})


def test_a_sick_patient_is_found_sick_and_the_demo_succeeds() -> None:
    result = call("one-unit-softmax", "--seed", "1")
    assert result.exit_code == 0
    assert "L101" in result.output
    assert "sick" in result.output.lower()
    assert "Known answer: sick: output-activation" in result.output


def test_a_healthy_patient() -> None:
    result = call("relu-5")
    assert result.exit_code == 0
    assert "Known answer: healthy" in result.output


def test_without_a_name_thirty_sigmoid_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(name: str) -> None:
        asked.append(name)
        raise RuntimeError

    monkeypatch.setattr(demo, "entry_named", refuse)
    call()
    assert asked == ["sigmoid-30"]


def test_a_slip_is_answered_with_the_nearest() -> None:
    result = call("sigmoid-3")
    assert result.exit_code == 2
    assert result.stderr.startswith("gradmend: there is no patient 'sigmoid-3'.")
    assert "Try: sigmoid-30" in result.stderr
    assert "gradmend gallery (lists all patients)" in result.stderr


def test_a_real_program_is_trained_and_judged() -> None:
    result = call("so31880720")
    assert result.exit_code == 0
    assert "L101" in result.output
    assert "Known answer: sick: loss-pairing or output-activation (Stack" in result.output
