"""The repair benchmark: what counts as cured, the rows, the table, and all arms on one patient."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from benchmarks.repair import bench
from benchmarks.repair.arms import ARMS
from benchmarks.repair.cases import Candidate, candidates
from benchmarks.repair.judging import better_seeds, is_cured, learns_by_itself
from benchmarks.repair.store import append, file_of, rows_in
from benchmarks.repair.table import markdown
from benchmarks.repair.treat import ORIGINAL, treated

from gradmend.gallery import Case
from gradmend.records import Symptom

DEAD, WELL = [0.0] * 5, [0.9] * 5


@pytest.mark.parametrize(
    ("before", "after", "better"),
    [
        (DEAD, WELL, 5),
        (DEAD, [0.9, 0.9, 0.9, 0.9, 0.0], 4),
        (DEAD, [0.04] * 5, 0),  # no better than a constant
        ([0.0, 0.2, 0.4, 0.2, 0.0], [0.1, 0.3, 0.5, 0.3, 0.1], 0),  # within the spread
        ([0.0, 0.0, 0.0, 0.0, 0.9], WELL, 5),  # as good where the original learned
        ([0.0, 0.0, 0.0, 0.0, 0.9], [0.9, 0.9, 0.9, 0.9, 0.5], 4),  # worse there
    ],
)
def test_better_is_more_than_the_spread_and_than_a_constant(
    before: list[float], after: list[float], better: int
) -> None:
    assert better_seeds(before, after) == better
    assert is_cured(before, after) is (better >= 4)


def test_the_original_cures_itself_nowhere() -> None:
    for skills in (DEAD, [0.0, 0.3, 0.1, 0.4, 0.2], [0.9, 0.9, 0.9, 0.0, 0.0]):
        assert not is_cured(skills, skills)
    assert learns_by_itself([0.9, 0.9, 0.9, 0.6, 0.0])
    assert not learns_by_itself([0.9, 0.9, 0.9, 0.4, 0.0])


def row(arm: str, **facts: Any) -> dict[str, Any]:
    names = {"case": "a", "family": "real", "split": "dev", "seed": 0, "arm": arm}
    return {**names, "cured": False, "skills": DEAD, "better": 0, "changes": 1} | facts


def test_rows_are_kept_as_they_come_and_the_last_one_counts(tmp_path: Path) -> None:
    file = file_of("torch", tmp_path / "results")
    assert rows_in(file) == []
    append(file, row("mend", cured=False))
    append(file, row("random"))
    append(file, row("mend", cured=True))
    found = {r["arm"]: r["cured"] for r in rows_in(file)}
    assert found == {"mend": True, "random": False}


def of(case: str, *, cured: bool, verdict: str = "sick", **facts: Any) -> list[dict[str, Any]]:
    names = {"case": case, "times_plain": 8.0, "trainings": 10.0, "chosen": "nothing"} | facts
    original = row(ORIGINAL, case=case, truth="sick", verdict=verdict)
    mended = row("mend", cured=cured, skills=WELL if cured else DEAD, **names)
    others = [row(arm, **names) for arm in ARMS if arm != "mend"]
    return [original, mended, *others]


def test_the_table_counts_what_every_arm_has_been_through() -> None:
    rows = [*of("a", cured=True), *of("b", cured=False, verdict="watch", times_plain=4.0)]
    rows += [
        row(ORIGINAL, case="begun", truth="sick", verdict="sick"),
        row("placebo", case="begun"),
    ]
    table = markdown(rows)
    assert "| real (2) | mend | 50 % (1/2) | 100 % (1/1) | 0.45 | 6 | 10 | 1 |" in table
    assert "| real (2) | autotrainer | 0 % (0/2) | 0 % (0/1) | 0.00 | 6 | 10 | 1 |" in table


def test_what_was_not_cured_is_told_with_the_reason() -> None:
    notes = {
        "outcome": "nothing helped",
        "found": ["V101 activation"],
        "scores": {"placebo": 1.0, "swap-activation": 0.97, "clip": "inf", "odd": "does not fit"},
    }
    rows = of("deep", cured=False, notes=notes)
    rows.append(row("mend", case="odd", error="DataError: too few rows"))
    told = markdown(rows).partition("## Not cured by mend")[2]
    assert (
        "- **deep** (real): nothing helped, chose nothing, better on 0 of 5 seeds; "
        "V101 activation; best swap-activation 0.97" in told
    )
    assert "- **odd** (real): DataError: too few rows" in told


def test_what_is_not_sick_is_left_out_and_counted() -> None:
    rows = [row(ORIGINAL, case=c, truth=t) for c, t in (("a", "survived"), ("b", "refused"))]
    rows.append(row(ORIGINAL, case="c", error="ValueError: odd"))
    assert "- real: 1 error, 1 refused, 1 survived" in markdown(rows)


def test_every_symptom_has_an_order_of_cures_to_compare_with() -> None:
    from benchmarks.repair.menu import MENU, ORDER

    assert set(ORDER) == set(Symptom)
    assert {name for names in ORDER.values() for name in names} <= set(MENU)


def test_real_and_gallery_cases_are_all_there() -> None:
    from gradmend.gallery import PATIENTS

    sick = {p.name for p in PATIENTS if p.sick and not p.large}
    assert {c.name for c in candidates("gallery")} == sick
    assert all(c.split == "dev" for c in candidates("gallery", "dev"))


def patient(seed: int) -> Case:
    keras.utils.set_random_seed(seed)
    x = np.random.default_rng(0).normal(size=(120, 4)).astype("float32")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, "softmax", name="head")])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    return Case(model, x, (x[:, :1] > 0).astype("float32"))


@pytest.mark.backend("torch")  # which compiles nothing: every arm really trains
@pytest.mark.filterwarnings("ignore:You are using a softmax")
def test_every_arm_goes_through_one_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "GALLERY_STEPS", 40)
    candidate = Candidate(name="one unit", family="gallery", build=patient)
    rows = list(treated(candidate, 0, ()))
    assert [r["arm"] for r in rows] == [ORIGINAL, *ARMS]
    assert not [r["error"] for r in rows if "error" in r]
    arms = {r["arm"]: r for r in rows}
    assert arms[ORIGINAL]["truth"] == "sick"
    assert arms["mend"]["chosen"].startswith("repair-head")
    assert arms["mend"]["cured"]
    assert min(arms["mend"]["skills"]) > 0.3
    assert arms["mend"]["trainings"] > 3.0
    assert arms["random"]["trainings"] == np.ceil(arms["mend"]["trainings"])
    assert not any(arms[name]["cured"] for name in ("autotrainer", "lower-rate", "placebo"))
    assert list(treated(candidate, 0, rows)) == []
    assert len(list(treated(candidate, 0, rows[:-1]))) == 1


def test_a_case_that_cannot_be_built_is_a_row() -> None:
    def broken(seed: int) -> Case:
        raise ValueError("\n no such data \n at all")

    (only,) = treated(Candidate(name="broken", family="gallery", build=broken), 0, ())
    assert only["error"] == "ValueError: no such data at all"
    assert os.path.sep not in only["error"]
