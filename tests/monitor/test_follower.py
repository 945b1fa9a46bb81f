"""Windows of mean loss out of running means."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradmend.monitor.follower import MOST_WINDOWS, Follower


def followed(*epochs: list[float], running_mean: bool = True) -> Follower:
    """Follow epochs of single-step losses, handed over as Keras hands them over."""
    follower = Follower(running_mean=running_mean)
    for losses in epochs:
        follower.begin_epoch()
        for step in range(1, len(losses) + 1):
            shown = np.mean(losses[:step]) if running_mean else losses[step - 1]
            follower.observe({"loss": shown})
    follower.close()
    return follower


def test_the_first_steps_come_out_one_by_one() -> None:
    follower = followed([5.0, 3.0, 4.0, 1.0])
    assert [window.end for window in follower.windows] == [1, 2, 3, 4]
    assert [window.mean for window in follower.windows] == pytest.approx([5.0, 3.0, 4.0, 1.0])


def test_the_mean_starts_afresh_with_each_epoch() -> None:
    follower = followed([4.0, 2.0], [1.0, 0.5])
    assert [window.mean for window in follower.windows] == pytest.approx([4.0, 2.0, 1.0, 0.5])
    assert (follower.epochs, follower.total_steps) == (2, 4)


def test_a_long_epoch_thins_out_and_loses_nothing() -> None:
    losses = list(np.linspace(3.0, 1.0, 5000))
    follower = followed(losses)
    assert len(follower.windows) < 80
    assert follower.windows[-1].end == 5000
    assert sum(window.width for window in follower.windows) == 5000
    for window in follower.windows:
        exact = np.mean(losses[window.end - window.width : window.end])
        assert window.mean == pytest.approx(exact, rel=1e-9)


def test_many_epochs_stay_bounded_and_cover_every_step() -> None:
    follower = followed(*[[float(n), float(n)] for n in range(1000)])
    assert len(follower.windows) <= MOST_WINDOWS
    ends = np.array([window.end for window in follower.windows])
    widths = np.array([window.width for window in follower.windows])
    np.testing.assert_array_equal(np.diff([0, *ends]), widths)
    assert ends[-1] == 2000
    assert ends[0] == 1


def test_the_first_step_that_is_not_finite() -> None:
    follower = followed([2.0, 1.0, math.nan, 1.0])
    assert follower.first_nonfinite_step == 3
    assert followed([2.0], [math.inf, 1.0]).first_nonfinite_step == 2
    assert followed([2.0, 1.0]).first_nonfinite_step is None


def test_the_loss_of_a_step_is_taken_as_it_is() -> None:
    follower = followed([5.0, 3.0, 4.0], running_mean=False)
    assert [window.mean for window in follower.windows] == [5.0, 3.0, 4.0]


def test_a_step_without_a_loss_is_counted_and_leaves_no_window() -> None:
    follower = Follower()
    follower.observe({"accuracy": 0.5})
    follower.observe(None)
    follower.close()
    assert (follower.total_steps, follower.windows) == (2, [])


def test_several_steps_in_one_call() -> None:
    follower = Follower()
    for steps, mean in ((4, 3.0), (8, 2.0)):
        follower.observe({"loss": mean}, steps=4)
        assert follower.total_steps == steps
    follower.close()
    assert [(window.end, window.mean) for window in follower.windows] == [(4, 3.0), (8, 1.0)]


class OnDevice:
    """A value that tells when it is read."""

    reads = 0

    def __float__(self) -> float:
        OnDevice.reads += 1
        return 1.0


def test_nothing_is_read_before_the_epoch_is_over() -> None:
    follower = Follower()
    for _ in range(1000):
        follower.observe({"loss": OnDevice()})
    assert OnDevice.reads == 0
    follower.begin_epoch()
    assert 0 < OnDevice.reads < 80
