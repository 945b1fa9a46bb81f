"""`gradmend run` on training scripts as people write them: verdict, root cause, first lines.

Every script runs in a process of its own, exactly as a user would start it. They hold no
gradmend; half of them are sick, from the questions that people really ask.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).with_name("scripts")
# What every backend runs: one of each way to write a script and to be sick. JAX and PyTorch
# share the others between them.
EVERYWHERE = frozenset(
    {
        "custom_train_step",
        "deep_sigmoid_subclass",
        "labels_from_one",
        "multi_output",
        "rnn_forgets",
    }
)
RULER = "─" * 20
DURATION = re.compile(r"\d+m?u?s(/step)?\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What may be said of one script. `word` stands in the first three lines printed."""

    script: str
    verdicts: tuple[str, ...] = ("sick",)
    causes: tuple[str, ...] = ()
    word: str
    needs: str | None = None


def healthy(script: str, **more: Any) -> Case:
    """A script that trains well, so there is no cause to name."""
    return Case(script=script, verdicts=("healthy",), word="nothing found", **more)


CASES = (
    Case(script="dead_by_bias", causes=("bias",), word="dead"),
    Case(script="deep_sigmoid_subclass", causes=("activation",), word="sigmoid"),
    Case(script="labels_from_one", causes=("labels",), word="labels"),
    Case(script="learning_rate_kills_relu", causes=("learning-rate",), word="learning rate"),
    Case(
        script="linear_layers_explode",
        causes=("learning-rate", "initializer"),
        word="learning rate",
    ),
    Case(
        script="logits_without_from_logits",
        causes=("loss-pairing",),
        word="raw outputs for probabilities",
    ),
    Case(script="one_unit_softmax", causes=("output-activation",), word="softmax"),
    Case(script="raw_pixels_sgd", causes=("input-scale",), word="inputs are not scaled"),
    Case(
        script="relu_before_crossentropy",
        causes=("output-activation", "loss-pairing"),
        word="raw outputs for probabilities",
    ),
    Case(script="relu_output_for_regression", causes=("output-activation",), word="relu"),
    Case(
        script="rnn_forgets",
        causes=("recurrent-memory", "initializer"),
        word="back through time",
    ),
    Case(script="sigmoid_output_regression", causes=("output-activation",), word="sigmoid"),
    Case(script="targets_in_thousands", causes=("target-scale",), word="targets are not scaled"),
    Case(
        script="tf_data_loses_labels",
        verdicts=("sick", "watch"),
        causes=("data",),
        word="cause: data",
        needs="tensorflow",
    ),
    Case(
        script="torch_loader_raw_table",
        causes=("input-scale",),
        word="inputs are not scaled",
        needs="torch",
    ),
    healthy("autoencoder"),
    healthy("custom_train_step"),
    healthy("digits_cnn"),
    healthy("digits_mlp"),
    healthy("fine_tuning"),
    healthy("lstm_counts"),
    healthy("multi_output"),
    healthy("regression_table"),
    healthy("text_embedding"),
    healthy("two_inputs"),
)


def run(command: list[str], tmp_path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "80", "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )


def test_every_script_is_in_the_table() -> None:
    assert sorted(case.script for case in CASES) == sorted(file.stem for file in SCRIPTS.iterdir())


def test_the_scripts_know_nothing_of_us() -> None:
    for file in SCRIPTS.glob("*.py"):
        text = file.read_text()
        assert "gradmend" not in text
        assert "import keras" in text or "from keras" in text


Attended = tuple[subprocess.CompletedProcess[str], Any]


@pytest.fixture(scope="module")
def attended(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Attended]:
    """Run a script under gradmend, once; return the process and what it wrote as JSON."""

    @cache
    def attended(script: str) -> Attended:
        folder = tmp_path_factory.mktemp(script)
        tool, file = str(Path(sys.executable).with_name("gradmend")), folder / "run.json"
        done = run([tool, "run", "--json", str(file), str(SCRIPTS / f"{script}.py")], folder)
        assert file.exists(), done.stderr
        return done, json.loads(file.read_text())

    return attended


def backends_of(case: Case) -> tuple[str, ...]:
    """Return the backends that run a script."""
    if case.script in EVERYWHERE:
        return ("jax", "tensorflow", "torch")
    if case.needs:
        return (case.needs,)
    others = [other for other in CASES if other.script not in EVERYWHERE and not other.needs]
    return ("jax",) if others.index(case) % 2 else ("torch",)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.script)
def test_what_is_said_of_a_script(
    case: Case, attended: Callable[[str], Attended], backend: str
) -> None:
    if backend not in backends_of(case):
        pytest.skip("another backend runs this one")
    done, data = attended(case.script)
    report = done.stdout.partition(RULER)[2]
    # TensorFlow and PyTorch end a training on such labels with an error of their own.
    raises = case.script == "labels_from_one" and backend != "jax"
    assert done.returncode == int(raises), done.stderr
    assert data["verdict"] in case.verdicts, report
    worst = [fit for fit in data["fits"] if fit["verdict"] == data["verdict"]]
    causes = {fit["findings"][0]["cause"] for fit in worst if case.causes}
    assert causes <= set(case.causes), report
    first = " ".join(" ".join(report.splitlines()[1:4]).split())
    assert case.word in first, report


@pytest.mark.slow
@pytest.mark.parametrize("script", ["custom_train_step", "raw_pixels_sgd"])
def test_a_script_prints_what_it_prints_without_us(
    script: str, attended: Callable[[str], Attended], tmp_path: Path
) -> None:
    plain = run([sys.executable, str(SCRIPTS / f"{script}.py")], tmp_path)
    done, _ = attended(script)
    own, _, report = done.stdout.partition(RULER)
    assert DURATION.sub("", own).removesuffix("\n") == DURATION.sub("", plain.stdout)
    assert plain.returncode == 0
    assert plain.stdout
    assert report
