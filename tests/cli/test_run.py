"""`gradmend run`: what is printed and written, whose arguments are whose, which exit code."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gradmend.cli import main
from gradmend.cli import run as run_module
from gradmend.records import Finding, Verdict, Visit
from gradmend.records.codec import decode
from gradmend.script import FitReport, ScriptReport
from tests.report.patients import deep_sigmoid, exploding_rnn, healthy


@dataclass
class FakeScript:
    """Stands in for the script: keeps what it was called with, returns made-up fits."""

    visits: Sequence[Visit] = ()
    exit_code: int = 0
    error: str | None = None
    called: list[tuple[str, list[str], bool]] = field(default_factory=list)

    def __call__(
        self, target: str, arguments: Sequence[str], *, module: bool, keep: bool = False
    ) -> ScriptReport:
        self.called.append((target, list(arguments), module))
        print("epoch 1")
        worst = self.visits[0] if self.visits else None
        return ScriptReport(
            fits=tuple(
                FitReport(number=i, where=f"train.py:{40 + i}", visit=visit)
                for i, visit in enumerate(self.visits, start=1)
            ),
            exit_code=self.exit_code,
            error=self.error,
            verdict=worst.verdict if worst else Verdict.UNKNOWN,
            reason=worst.reason if worst else "the script ended without calling fit()",
        )


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> FakeScript:
    fake = FakeScript()
    monkeypatch.setattr(run_module, "run_script", fake)
    return fake


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["run", *arguments])


def watched() -> Visit:
    sick = deep_sigmoid()
    return Visit(verdict=Verdict.WATCH, reason="scale shrinks", findings=sick.findings)


def test_the_verdict_follows_the_output_of_the_script(script: FakeScript) -> None:
    script.visits = [deep_sigmoid()]
    result = call("train.py")
    own, gap, rule, first, second, third, *_ = result.output.splitlines()
    assert (own, gap) == ("epoch 1", "")
    assert re.fullmatch("─+ gradmend ─+", rule)
    assert first == "sick   train.py:41: the gradient vanishes toward the first layers"
    assert second.startswith("where  27 sigmoid layers, dense_3 … dense_29; cause: activation")
    assert third.startswith("try    use relu")
    assert result.exit_code == 0


def test_everything_after_the_script_belongs_to_the_script(script: FakeScript) -> None:
    call("train.py", "--json", "x.json", "-m", "--", "--fail-on=sick", "-h")
    assert script.called == [
        ("train.py", ["--json", "x.json", "-m", "--", "--fail-on=sick", "-h"], False)
    ]


def test_a_module(script: FakeScript, tmp_path: Path) -> None:
    call("--json", str(tmp_path / "r.json"), "-m", "pkg.train", "--lr", "3")
    assert script.called == [("pkg.train", ["--lr", "3"], True)]
    assert json.loads((tmp_path / "r.json").read_text())["script"] == "pkg.train"


@pytest.mark.parametrize(
    ("make", "fail_on", "own", "expected"),
    [
        (deep_sigmoid, None, 0, 0),
        (deep_sigmoid, "sick", 0, 1),
        (deep_sigmoid, "watch", 0, 1),
        (watched, "sick", 0, 0),
        (watched, "watch", 0, 1),
        (healthy, "watch", 0, 0),
        (healthy, None, 3, 3),
        (deep_sigmoid, "sick", 3, 3),
        (None, "watch", 0, 0),
    ],
)
def test_exit_codes(
    script: FakeScript, make: type | None, fail_on: str | None, own: int, expected: int
) -> None:
    script.visits = [make()] if make else []
    script.exit_code = own
    options = ["--fail-on", fail_on] if fail_on else []
    assert call(*options, "train.py").exit_code == expected


def test_no_fit_is_unknown_and_says_why(script: FakeScript) -> None:
    lines = call("path/to/train.py").output.splitlines()
    assert lines[3] == "unknown  train.py: the script ended without calling fit()"


def test_a_crash_after_a_fit_is_said(script: FakeScript) -> None:
    script.visits, script.exit_code, script.error = [healthy()], 1, "ValueError: [red]no"
    result = call("train.py")
    assert result.output.splitlines()[-1] == "the script ended with ValueError: [red]no"
    assert result.exit_code == 1


def test_a_crash_that_a_fit_has_told_is_not_told_again(script: FakeScript) -> None:
    broken = Visit(verdict=Verdict.UNKNOWN, reason="fit() raised ValueError: no")
    script.visits, script.exit_code, script.error = [broken], 1, "ValueError: no"
    assert call("train.py").output.count("ValueError: no") == 1


def test_the_sickest_fit_comes_first_and_repetition_is_one_line(script: FakeScript) -> None:
    script.visits = [healthy(), deep_sigmoid(), exploding_rnn(), deep_sigmoid()]
    output = call("train.py").output
    verdicts = re.findall(r"^(sick|healthy) +(train.py:\d+ fit \d)", output, re.MULTILINE)
    assert verdicts == [
        ("sick", "train.py:42 fit 2"),
        ("sick", "train.py:44 fit 4"),
        ("sick", "train.py:43 fit 3"),
        ("healthy", "train.py:41 fit 1"),
    ]
    assert "train.py:44 fit 4: the same as train.py:42 fit 2 (V101)" in output


def documented(schema: str) -> set[str]:
    """The field names in the first column of the tables of the reference page."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "run-json.md").read_text()
    assert f"`{schema}`" in page
    return set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))


def test_the_json_holds_every_field(script: FakeScript, tmp_path: Path) -> None:
    script.visits = [deep_sigmoid(), exploding_rnn()]
    file = tmp_path / "r.json"
    call("--json", str(file), "train.py")
    text = file.read_text()
    data = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert list(data) == ["schema", "verdict", "reason", "script", "exit_code", "error", "fits"]
    assert data["schema"] == "gradmend.run/1"
    assert data["verdict"] == "sick"
    fit = data["fits"][0]
    assert list(fit) == [
        "number",
        "where",
        "calls",
        "verdict",
        "reason",
        "certainty",
        "findings",
        "prescriptions",
        "course",
        "measurements",
    ]
    assert fit["where"] == "train.py:41"
    finding = decode({"schema": "gradmend.finding/1", **fit["findings"][0]}, Finding)
    assert finding == deep_sigmoid().findings[0]
    assert fit["course"]["trivial"] == 2.3026
    assert data["fits"][1]["course"]["losses"][-1] == "nan"
    assert "course" not in fit["measurements"]
    everything = {*data, *fit, *fit["findings"][0], *fit["prescriptions"][0], *fit["course"]}
    assert everything <= documented("gradmend.run/1")


def test_the_json_of_a_script_without_fit(script: FakeScript, tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    call("--json", str(file), "train.py")
    data = json.loads(file.read_text())
    assert (data["verdict"], data["fits"]) == ("unknown", [])
    assert data["reason"] == "the script ended without calling fit()"


def test_the_report_folder(script: FakeScript, tmp_path: Path) -> None:
    script.visits = [deep_sigmoid()]
    call("--report", str(tmp_path / "out"), "train.py")
    text = (tmp_path / "out" / "report.txt").read_text(encoding="utf-8")
    assert text.startswith("sick   train.py:41: the gradient vanishes")
    assert "\x1b" not in text
    assert json.loads((tmp_path / "out" / "report.json").read_text())["verdict"] == "sick"


@pytest.mark.parametrize("option", ["--json", "--report"])
def test_a_file_that_cannot_be_written_is_refused_before_the_script_runs(
    script: FakeScript, tmp_path: Path, option: str
) -> None:
    result = call(option, str(tmp_path / "none" / "r"), "train.py")
    assert result.exit_code == 2
    assert "cannot write" in result.stderr
    assert "mkdir -p" in result.stderr
    assert script.called == []


def test_files_are_found_again_when_the_script_changes_the_folder(
    script: FakeScript, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)

    def moving(
        target: str, arguments: Sequence[str], *, module: bool, keep: bool = False
    ) -> ScriptReport:
        monkeypatch.chdir(tmp_path / "elsewhere")
        return script(target, arguments, module=module)

    monkeypatch.setattr(run_module, "run_script", moving)
    call("--json", "r.json", "train.py")
    assert (tmp_path / "r.json").exists()


def test_a_script_that_puts_another_stdout_in_place(
    script: FakeScript, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closing(
        target: str, arguments: Sequence[str], *, module: bool, keep: bool = False
    ) -> ScriptReport:
        report = script(target, arguments, module=module)
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        return report

    monkeypatch.setattr(run_module, "run_script", closing)
    assert "unknown  train.py" in call("train.py").output


def test_a_missing_script_is_told_without_a_traceback(tmp_path: Path) -> None:
    result = call(str(tmp_path / "none.py"))
    assert result.exit_code == 2
    assert result.stderr.startswith("gradmend: there is no script")
    assert "Traceback" not in result.output


def test_an_absent_backend_is_told(script: FakeScript, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "openvino")
    result = call("train.py")
    assert result.exit_code == 2
    assert "cannot measure on the Keras backend 'openvino'" in result.stderr
    assert script.called == []


def test_unknown_options_before_the_script_are_refused(script: FakeScript) -> None:
    result = call("--jsn", "a", "train.py")
    assert result.exit_code == 2
    assert "--json" in result.stderr
