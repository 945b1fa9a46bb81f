from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from gradmend.records import Outcome
from gradmend.report.mending import reason
from gradmend.trials import Budget, Entry, Race, Rows

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(120, 4)).astype("float32")
ROWS = Rows(x=X, y=X[:, :1] * 2.0)


def network(rate: float, start: str = "glorot_uniform") -> Any:
    def build(seed: int) -> keras.Model:
        keras.utils.set_random_seed(seed)
        model = keras.Sequential([keras.Input((4,)), layers.Dense(1, kernel_initializer=start)])
        model.compile(keras.optimizers.SGD(rate), "mse")
        return model

    return build


def unfit(seed: int) -> keras.Model:
    raise ValueError("\n  this layer cannot be rebuilt\nand more")


def race(*entries: Entry, **options: Any) -> Race:
    # It answers zero, which is about the mean: no luck of a draw brings it near the targets.
    placebo = Entry(name="placebo", treatments=(), build=network(0.0, "zeros"))
    options.setdefault("budget", Budget(steps=40))
    return Race([placebo, *entries], ROWS, ROWS, **options)


GOOD = Entry(name="good", treatments=("rate",), build=network(0.1))
SLOW = Entry(name="slow", treatments=("slower",), build=network(0.02))
WEAK = Entry(name="weak", treatments=("slow",), build=network(0.0005))


def test_the_cure_wins_and_comes_back_trained() -> None:
    run = race(WEAK, GOOD)
    run.run()
    trial = run.result()
    assert (trial.outcome, trial.winner) == (Outcome.BETTER, "good")
    x, y = ROWS.x, ROWS.y
    assert run.model_of("good").evaluate(x, y, verbose=0) < 0.1 * trial.trivial


def test_finalists_have_three_seeds_and_all_steps() -> None:
    run = race(WEAK, SLOW)
    run.run()
    arms = {arm.name: arm for arm in run.result().arms}
    assert [r.seed for r in arms["slow"].runs] == [0, 1, 2]
    assert {r.steps[-1] for r in arms["slow"].runs} == {40}
    assert len(arms["slow"].runs[0].losses) == len(arms["slow"].runs[0].steps)
    assert run.result().proven_at is None


def test_what_is_clear_at_a_quarter_is_proven_there_and_trained_on() -> None:
    run = race(WEAK, GOOD)
    run.run()
    trial = run.result()
    arms = {arm.name: arm for arm in trial.arms}
    assert (trial.winner, trial.proven_at) == ("good", 10)
    for name in ("placebo", "good"):
        assert [run.steps[-1] for run in arms[name].runs] == [10, 10, 10]
    assert 0.0 < trial.margin < arms["placebo"].score - arms["good"].score
    placebo, winner = trial.trained_on
    assert placebo.steps[-1] == winner.steps[-1] == 40
    assert winner.score < arms["good"].runs[0].score


def learns_late(seed: int) -> keras.Model:
    """Take no step at all before the twelfth."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    rates = keras.optimizers.schedules.PiecewiseConstantDecay([12], [0.0, 0.1])
    model.compile(keras.optimizers.SGD(rates), "mse")
    return model


def test_a_placebo_that_only_needed_patience_is_found_out() -> None:
    placebo = Entry(name="placebo", treatments=(), build=learns_late)
    run = Race([placebo, GOOD], ROWS, ROWS, budget=Budget(steps=40))
    run.run()
    trial = run.result()
    assert trial.proven_at is None
    assert {r.steps[-1] for arm in trial.arms for r in arm.runs} == {40}
    assert (trial.outcome, trial.winner) == (Outcome.NO_DIFFERENCE, None)


def test_sooner_is_better_where_the_training_was_seen_to_fail() -> None:
    placebo = Entry(name="placebo", treatments=(), build=learns_late)
    run = Race([placebo, GOOD], ROWS, ROWS, budget=Budget(steps=40), doubted=True)
    run.run()
    trial = run.result()
    assert (trial.outcome, trial.winner, trial.proven_at) == (Outcome.BETTER, "good", 10)
    late, soon = trial.trained_on
    assert late.score < 0.3
    assert soon.score < 0.1
    assert "it learns sooner. After 40 the unchanged model learns too" in reason(trial)


def test_a_control_that_learns_sooner_is_no_cure() -> None:
    placebo = Entry(name="placebo", treatments=(), build=learns_late)
    control = replace(GOOD, control=True)
    run = Race([placebo, control], ROWS, ROWS, budget=Budget(steps=40), doubted=True)
    run.run()
    assert run.result().winner is None


def test_the_worse_half_trains_no_further() -> None:
    others = [Entry(name=f"weak-{i}", treatments=("slow",), build=network(0.0)) for i in range(4)]
    run = race(*others, SLOW)
    run.run()
    trained = {arm.name: arm.runs[0].steps[-1] for arm in run.result().arms}
    assert trained["slow"] == 40
    assert sum(steps == 40 for name, steps in trained.items() if name != "placebo") == 2


def test_a_treatment_that_does_not_fit_costs_its_arm_only() -> None:
    run = race(Entry(name="unfit", treatments=("x",), build=unfit), GOOD)
    run.run()
    trial = run.result()
    assert trial.arms[1].error == "this layer cannot be rebuilt"
    assert trial.winner == "good"


def test_a_placebo_that_cannot_train_is_an_error() -> None:
    run = Race(
        [Entry(name="placebo", treatments=(), build=unfit), GOOD],
        ROWS,
        ROWS,
        budget=Budget(steps=40),
    )
    with pytest.raises(ValueError, match="cannot be rebuilt"):
        run.run()


def test_two_halves_are_tried_together() -> None:
    asked: list[Sequence[str]] = []

    def together(names: Sequence[str]) -> Entry | None:
        asked.append(names)
        return Entry(name=" + ".join(names), treatments=tuple(names), build=network(0.1))

    other = Entry(name="other", treatments=("other",), build=network(0.0001))
    run = race(other, WEAK, combine=together)
    run.run()
    assert asked == [["other", "weak"]]
    assert run.result().winner == "other + weak"


def test_when_the_time_is_over_nothing_is_claimed() -> None:
    over = Budget(steps=40, deadline=0.0)
    run = race(GOOD, budget=over)
    run.run()
    assert run.result().outcome is Outcome.UNFINISHED


def test_the_best_is_tried_with_the_control_where_nothing_else_is_enough() -> None:
    asked: list[Sequence[str]] = []

    def together(names: Sequence[str]) -> Entry | None:
        asked.append(names)
        return Entry(name=" + ".join(names), treatments=tuple(names), build=network(0.1))

    control = Entry(name="control", treatments=("rate",), build=network(0.0), control=True)
    run = race(WEAK, control, combine=together)
    run.run()
    assert asked == [["weak", "control"]]
    assert run.result().winner == "weak + control"


def test_of_one_treatment_in_several_strengths_one_is_combined() -> None:
    asked: list[Sequence[str]] = []
    strengths = [
        Entry(name=f"slow {rate:g}", treatments=("slow",), build=network(rate))
        for rate in (0.0001, 0.0005)
    ]
    other = Entry(name="other", treatments=("other",), build=network(0.0002))
    run = race(*strengths, other, combine=asked.append)
    run.run()
    assert asked == [["slow 0.0005", "other"]]


def test_a_cure_for_every_root_cause_is_tried_before_the_best_two() -> None:
    asked: list[Sequence[str]] = []
    entries = [
        Entry(name=name, treatments=(name,), build=network(rate), answers=(code,))
        for name, rate, code in (
            ("shorter", 3e-4, "S101"),
            ("warmer", 2e-4, "S101"),
            ("narrower", 1e-4, "I101"),
        )
    ]
    run = race(*entries, combine=asked.append)
    run.run()
    assert asked == [
        ["shorter", "narrower"],
        ["shorter", "warmer"],
        ["shorter", "warmer", "narrower"],
    ]
