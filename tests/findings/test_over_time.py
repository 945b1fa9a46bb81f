"""Rules over a training: each fires on its pattern, and none on a training that goes well."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gradmend.findings import over_time
from gradmend.findings.over_time import RUN_RULES, diagnose_run, run_page
from gradmend.records import Finding
from gradmend.records.training import Incident, StepSample, TrainedWeight, TrainingRun, WeightSample
from tests.test_structure import RULE_HEADINGS, headings

PATHS = ("net/a/kernel", "net/b/kernel")


def sample(step: int, norm: float = 1.0, loss: float = 1.0, **changes: Any) -> StepSample:
    weights = tuple(
        WeightSample(
            path=path,
            gradient_norm=norm,
            gradient_largest=norm,
            gradient_zeros=0,
            gradient_nonfinite=0,
            weight_norm=1.0,
            update_norm=1e-3,
        )
        for path in PATHS
    )
    fields: dict[str, Any] = {
        "step": step,
        "epoch": 0,
        "seconds": 0.1 * step,
        "loss": loss,
        "grad_norm": norm,
        "update_ratio": 1e-3,
        "clipped_share": None,
        "weights": weights,
    }
    return StepSample(**{**fields, **changes})


def run(samples: list[StepSample], **changes: Any) -> TrainingRun:
    fields: dict[str, Any] = {
        "name": "run",
        "started": "2026-01-01T00:00:00+00:00",
        "finished": True,
        "backend": "jax",
        "keras_version": "3.15.1",
        "model": "net",
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "clip": None,
        "clip_limit": None,
        "update_freq": "auto",
        "steps": len(samples),
        "weights": tuple(TrainedWeight(path=path, shape=(2, 2), size=4) for path in PATHS),
        "samples": tuple(samples),
    }
    return TrainingRun(**{**fields, **changes})


def going_well(count: int = 60) -> list[StepSample]:
    # The gradient shrinks a thousandfold, but so does the loss; one spike comes back.
    found = [sample(i, norm=0.9**i, loss=0.9**i) for i in range(1, count + 1)]
    if count > 31:
        found[30] = sample(31, norm=50.0, loss=0.9**31)
    return found


def only(training: TrainingRun) -> Finding:
    (finding,) = diagnose_run(training)
    return finding


def test_a_training_that_goes_well_is_silent() -> None:
    assert diagnose_run(run(going_well())) == ()
    assert diagnose_run(run(going_well(5))) == ()
    assert diagnose_run(run([])) == ()


def growing(factor: float, *, fall: float = 0.0, paths: tuple[str, ...] = PATHS) -> TrainingRun:
    def at(step: int) -> StepSample:
        done = step / 40
        plain = sample(step, loss=1.0 - fall * done)
        norm = 1.0 + (factor - 1.0) * done
        grown = tuple(
            replace(w, path=path, weight_norm=norm)
            for w, path in zip(plain.weights, paths, strict=True)
        )
        return replace(plain, weights=grown)

    weights = tuple(TrainedWeight(path=path, shape=(2, 2), size=4) for path in paths)
    return run([at(step) for step in range(1, 41)], weights=weights)


def test_weights_grow() -> None:
    finding = only(growing(12.0))
    assert (finding.code, finding.where) == ("M109", ("net/b/kernel",))
    assert "the kernels grow from 1.8 to 16 (limit 5 times)" in finding.message


@pytest.mark.parametrize(
    "training",
    [
        growing(4.0),
        growing(12.0, fall=0.3),
        growing(12.0, paths=("net/a/kernel", "net/norm/gamma")),
        growing(12.0, paths=("net/a/bias", "net/b/embeddings")),
    ],
    ids=["a little", "and learn", "before a normalization", "no kernels"],
)
def test_weights_may_grow(training: TrainingRun) -> None:
    assert diagnose_run(training) == ()


def test_nothing_captured() -> None:
    note = Incident(kind="note", step=9, message="why")
    finding = only(run([], steps=9, incidents=(note,)))
    assert (finding.code, finding.message) == ("M100", "no gradient was captured in 9 steps: why")


def test_step_not_finite() -> None:
    bad = Incident(kind="nonfinite", step=7, message="step 7 gave NaN", file="a.npz")
    finding = only(run(going_well(), incidents=(bad,)))
    assert (finding.code, finding.certain) == ("M101", True)
    assert "a.npz" in finding.message


def test_gradient_explodes_and_names_the_weight() -> None:
    samples = [sample(i) for i in range(1, 31)]
    for place in range(25, 30):
        grown = replace(samples[place].weights[1], gradient_norm=40.0)
        samples[place] = sample(place + 1, 40.0, weights=(samples[place].weights[0], grown))
    finding = only(run(samples))
    assert (finding.code, finding.where) == ("M102", ("net/b/kernel",))
    assert "from 1 to 40 at step 26" in finding.message


def test_gradient_fades_only_while_the_loss_stands() -> None:
    faded = [sample(i, norm=0.8**i, loss=1.0 - 0.001 * i) for i in range(1, 61)]
    assert only(run(faded)).code == "M103"
    learned = [sample(i, norm=0.8**i, loss=0.97**i) for i in range(1, 61)]
    assert diagnose_run(run(learned)) == ()


def test_weight_stands_still() -> None:
    samples = going_well()
    for place in range(40, 60):
        still, other = samples[place].weights
        samples[place] = replace(samples[place], weights=(replace(still, update_norm=0.0), other))
    finding = only(run(samples))
    assert (finding.code, finding.where) == ("M104", ("net/a/kernel",))
    all_still = [
        replace(s, weights=tuple(replace(w, update_norm=0.0) for w in s.weights)) for s in samples
    ]
    assert diagnose_run(run(all_still)) == ()


def test_loss_jumps_and_what_preceded_it() -> None:
    samples = [sample(i, loss=0.5) for i in range(1, 25)]
    samples += [sample(i, loss=2.0) for i in range(25, 30)]
    assert "no sampled gradient stood out" in only(run(samples)).message
    samples[21] = sample(22, norm=9.0, loss=0.5)
    finding = only(run(samples))
    assert finding.code == "M105"
    assert "the gradient jumped first: 9 at step 22" in finding.message
    negative = [replace(s, loss=-1.0) for s in samples[:1]] + samples[1:]
    assert diagnose_run(run(negative)) == ()


def test_clipping_most_steps_advises_a_limit() -> None:
    samples = [sample(i, norm=float(i % 10 + 1), clipped_share=0.8) for i in range(1, 61)]
    finding = only(run(samples, clip="global_clipnorm", clip_limit=0.1))
    assert finding.code == "M106"
    assert "global_clipnorm=0.1" in finding.message
    assert finding.evidence[1].value == pytest.approx(9.9, abs=0.2)
    rarely = [replace(s, clipped_share=0.3) for s in samples]
    assert diagnose_run(run(rarely, clip="clipnorm", clip_limit=1.0)) == ()


@pytest.mark.parametrize("rule", RUN_RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_page(rule: over_time.RunRule) -> None:
    assert headings(run_page(rule.code)) == list(RULE_HEADINGS)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)


def test_every_rule_file_is_registered() -> None:
    folder = Path(inspect.getfile(over_time)).parent
    files = {file.stem for file in folder.glob("[!_]*.py") if has_page(file)}
    names = {sys.modules[rule.check.__module__].__name__.rpartition(".")[2] for rule in RUN_RULES}
    assert files == names
    assert len({rule.code for rule in RUN_RULES}) == len(RUN_RULES)


def has_page(file: Path) -> bool:
    return "## " in (ast.get_docstring(ast.parse(file.read_text())) or "")
