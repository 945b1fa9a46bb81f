"""Rules and treatments of another package: found, placed, obeyed, and never able to cost a run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner

import gradmend.plugins
from gradmend import findings, treatments
from gradmend.checkup import conclude
from gradmend.cli import main
from gradmend.findings import RULES, installed_rules
from gradmend.treatments import installed_treatments
from tests.report.patients import measured

SAMPLE = Path(__file__).parents[1] / "examples" / "plugin"
CACHES = (
    gradmend.plugins.installed, installed_rules, installed_treatments,
)  # fmt: skip


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path, where a package can be put as pip would."""
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)
    for cached in CACHES:
        cached.cache_clear()
    yield tmp_path
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]
    for cached in CACHES:
        cached.cache_clear()


def put(site: Path, module: str, code: str, entries: str) -> None:
    """Install a package: one module, and what its metadata says."""
    (site / f"{module}.py").write_text(code)
    info = site / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entries)


@pytest.fixture
def sample(site: Path) -> Path:
    """The sample of the documentation, installed."""
    put(
        site,
        "narrow_layers",
        (SAMPLE / "narrow_layers.py").read_text(),
        "[gradmend.findings]\nnarrow = narrow_layers:RULE\n"
        "[gradmend.treatments]\nwiden = narrow_layers:TREATMENT\n",
    )
    return site


@pytest.mark.usefixtures("sample")
def test_the_sample_finds_prescribes_and_explains() -> None:
    checkup = conclude(measured({"wide": 1.0, "head": 1.0}))
    assert not checkup.findings
    narrow = measured({"a": 1.0, "bottle": 1.0, "head": 1.0})
    checkup = conclude(narrowed(narrow, "bottle"))
    assert [finding.code for finding in checkup.findings] == ["X901"]
    assert "widen-layer" in {prescription.treatment for prescription in checkup.prescriptions}
    assert "bottle" in repr(checkup)
    page = CliRunner().invoke(main, ["explain", "X901"])
    assert page.exit_code == 0
    assert "What it means" in page.output
    assert "X901" in CliRunner().invoke(main, ["explain"]).output


def narrowed(m: object, path: str) -> object:
    calls = tuple(
        replace(call, forward=replace(call.forward, units=1)) if call.path == path else call
        for call in m.calls  # type: ignore[attr-defined]  # measurements
    )
    return replace(m, calls=calls)  # type: ignore[type-var]  # measurements


@pytest.mark.usefixtures("sample")
def test_a_rule_stands_before_the_code_it_names() -> None:
    codes = [rule.code for rule in installed_rules()]
    assert codes.index("X901") + 1 == codes.index("V102")
    assert [code for code in codes if code != "X901"] == [rule.code for rule in RULES]


def test_without_plugins_the_tables_are_in_force(site: Path) -> None:
    assert installed_rules() == RULES
    assert installed_treatments() == treatments.TREATMENTS


def test_a_plugin_that_does_not_load_is_named_and_left_out(site: Path) -> None:
    put(site, "broken_rule", "raise OSError('no disk')", "[gradmend.findings]\na = broken_rule:R\n")
    with pytest.warns(RuntimeWarning, match=r"broken_rule:R cannot be loaded: OSError: no disk"):
        assert installed_rules() == RULES


def test_what_is_no_rule_is_left_out(site: Path) -> None:
    put(site, "not_a_rule", "RULE = 'V101'", "[gradmend.findings]\na = not_a_rule:RULE\n")
    with pytest.warns(RuntimeWarning, match="expected a Rule, received 'V101'"):
        assert installed_rules() == RULES


def test_a_taken_code_is_left_out(site: Path) -> None:
    code = "from gradmend.findings import RULES\nRULE = RULES[0]\n"
    put(site, "twice", code, "[gradmend.findings]\na = twice:RULE\n")
    with pytest.warns(RuntimeWarning, match="N101 of a plug-in is left out: the name is taken"):
        assert installed_rules() == RULES


def test_a_rule_that_raises_costs_its_finding_only(site: Path) -> None:
    code = (
        "from gradmend.findings import Rule\n"
        "def check(m):\n    raise ZeroDivisionError('by its own mistake')\n    yield\n"
        "RULE = Rule(code='X902', name='breaks', check=check)\n"
    )
    put(site, "raises", code, "[gradmend.findings]\na = raises:RULE\n")
    with pytest.warns(RuntimeWarning, match="rule X902 failed and is left out: ZeroDivisionError"):
        found = findings.diagnose(measured({"a": 1.0, "b": 1.0}))
    assert found == ()


def test_several_may_share_an_entry_point(site: Path) -> None:
    code = (
        "from gradmend.findings import Rule\n"
        "def check(m):\n    yield from ()\n"
        "RULES = [Rule(code=f'X91{i}', name=f'n-{i}', check=check) for i in range(3)]\n"
    )
    put(site, "many", code, "[gradmend.findings]\na = many:RULES\n")
    assert [rule.code for rule in installed_rules()[-3:]] == ["X910", "X911", "X912"]


def test_the_documented_metadata_is_that_of_the_sample() -> None:
    text = (SAMPLE / "pyproject.toml").read_text()
    for group, value in (
        ("findings", "narrow_layers:RULE"),
        ("treatments", "narrow_layers:TREATMENT"),
    ):
        assert f'[project.entry-points."gradmend.{group}"]' in text
        assert value in text
    assert EntryPoint("narrow", "narrow_layers:RULE", "gradmend.findings").attr == "RULE"


@pytest.mark.usefixtures("sample")
def test_a_treatment_that_can_be_applied_is_tried_by_mend() -> None:
    from gradmend.treatments.surgery import can_apply

    checkup = conclude(narrowed(measured({"a": 1.0, "bottle": 1.0, "head": 1.0}), "bottle"))
    (wider,) = [p for p in checkup.prescriptions if p.treatment == "widen-layer"]
    assert can_apply(wider)
    assert not can_apply(replace(wider, treatment="widen-nothing"))
