"""A fit that is attended yields bit for bit what it yields alone."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from gradmend.monitor.attendance import Attendance
from gradmend.monitor.dispatcher import Dispatcher
from gradmend.records import Verdict
from tests.monitor.comparing import assert_same, trained
from tests.monitor.stubs import ClumsyClinic
from tests.monitor.trainings import TRAININGS, Halting, data, model


@pytest.mark.filterwarnings("ignore:.*ran out of data")
@pytest.mark.parametrize("name", TRAININGS)
def test_a_training_is_the_same_bit_for_bit(name: str, backend: str) -> None:
    training, backends = TRAININGS[name]
    if backend not in backends:
        pytest.skip(f"{name} does not exist on {backend}")
    alone = trained(training, None)
    assert_same(trained(training, ClumsyClinic().clinic()), alone)


def test_the_check_up_sees_the_weights_before_the_first_step() -> None:
    network, clumsy = model(), ClumsyClinic()
    before = [np.array(w) for w in network.get_weights()]
    x, y = data()
    Attendance(clinic=clumsy.clinic()).run(keras.Model.fit, network, x, y, verbose=0)
    for one, other in zip(clumsy.weights_seen[0], before, strict=True):
        np.testing.assert_array_equal(one, other)
    assert any((w != b).any() for w, b in zip(network.get_weights(), before, strict=True))


def test_no_item_of_a_generator_is_lost_or_out_of_order() -> None:
    x, y = data()

    def follow(clumsy: ClumsyClinic | None) -> list[int]:
        drawn: list[int] = []

        def batches() -> Any:
            for i in range(0, 70, 10):
                drawn.append(i)
                yield x[i : i + 10], y[i : i + 10]

        if clumsy is None:
            model().fit(batches(), verbose=0)
        else:
            Attendance(clinic=clumsy.clinic()).run(keras.Model.fit, model(), batches(), verbose=0)
        return drawn

    clumsy = ClumsyClinic()
    assert follow(clumsy) == follow(None)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(clumsy.seen[0][0]), x[:10])


def test_a_ready_callback_list_is_left_as_it_was() -> None:
    network = model()
    ready = keras.callbacks.CallbackList([Halting()], model=network, add_history=True)
    members = list(ready.callbacks)
    x, y = data()
    Attendance(clinic=ClumsyClinic().clinic()).run(
        keras.Model.fit, network, x, y, callbacks=ready, verbose=0
    )
    assert ready.callbacks == members
    assert not isinstance(network.train_function, Dispatcher)


def test_a_list_of_callbacks_is_not_added_to() -> None:
    mine = [Halting()]
    x, y = data()
    Attendance(clinic=ClumsyClinic().clinic()).run(
        keras.Model.fit, model(), x, y, callbacks=mine, verbose=0
    )
    assert len(mine) == 1


class Breaking(keras.callbacks.Callback):
    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        raise self.error


@pytest.mark.parametrize("error", [ValueError("broken\nhere"), KeyboardInterrupt()])
def test_what_the_training_raises_goes_through(error: BaseException) -> None:
    network, clumsy = model(), ClumsyClinic()
    attendance = Attendance(clinic=clumsy.clinic())
    x, y = data()
    with pytest.raises(type(error)) as raised:
        attendance.run(keras.Model.fit, network, x, y, callbacks=[Breaking(error)], verbose=0)
    assert raised.value is error
    assert not isinstance(network.train_function, Dispatcher)
    assert attendance.visit is not None
    course = clumsy.measurements[0].course
    assert course is not None
    assert course.error == ("KeyboardInterrupt" if not str(error) else "ValueError: broken")
    assert course.final_data_loss is None


def test_an_examination_that_fails_leaves_the_training_alone() -> None:
    clumsy = ClumsyClinic(error=RuntimeError("no gradient"))
    attendance = Attendance(clinic=clumsy.clinic())
    x, y = data()
    history = attendance.run(keras.Model.fit, model(), x, y, verbose=0)
    assert len(history.history["loss"]) == 1
    assert attendance.visit is not None
    assert attendance.visit.verdict is Verdict.UNKNOWN
    reason = "the check-up could not be made: RuntimeError: no gradient"
    assert attendance.visit.reason == reason


def test_a_loss_that_went_wrong_tells_even_without_an_examination() -> None:
    clumsy = ClumsyClinic(error=RuntimeError("no gradient"), verdict=Verdict.SICK)
    attendance = Attendance(clinic=clumsy.clinic())
    x, y = data()
    attendance.run(keras.Model.fit, model(), x, y, verbose=0)
    assert attendance.visit is not None
    assert attendance.visit.verdict is Verdict.SICK


def test_a_fit_that_fails_before_its_first_step_is_unknown() -> None:
    attendance = Attendance(clinic=ClumsyClinic().clinic())
    x, y = data()
    with pytest.raises(ValueError):  # noqa: PT011 - the words are Keras' own
        attendance.run(keras.Model.fit, model(), x, y[:5], verbose=0)
    assert attendance.visit is not None
    assert attendance.visit.reason.startswith("fit() raised ValueError: ")


def test_the_course_is_the_loss_of_the_training() -> None:
    clumsy = ClumsyClinic()
    x, y = data()
    history = Attendance(clinic=clumsy.clinic()).run(
        keras.Model.fit, model(), x, y, batch_size=10, epochs=4, verbose=0
    )
    course = clumsy.measurements[0].course
    assert course is not None
    assert (course.epochs, course.total_steps, course.steps[-1]) == (4, 28, 28)
    widths = np.diff([0, *course.steps])
    mean = float(np.sum(widths * course.losses) / 28)
    assert mean == pytest.approx(np.mean(history.history["loss"]), rel=1e-4)
    assert (course.trivial, course.final_data_loss, course.final_trivial) == (0.5, 0.25, 0.7)
    assert course.first_nonfinite_step is None


def test_the_first_step_that_is_not_finite_is_named() -> None:
    clumsy = ClumsyClinic()
    x, y = data()
    x[30:] = np.nan
    network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    network.compile("sgd", "mse")
    Attendance(clinic=clumsy.clinic()).run(
        keras.Model.fit, network, x, y, batch_size=10, shuffle=False, verbose=0
    )
    course = clumsy.measurements[0].course
    assert course is not None
    assert course.first_nonfinite_step == 4


def test_a_training_with_a_schedule_that_raises_is_judged() -> None:
    halving = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=1, decay_rate=0.5)
    network, clumsy = model(optimizer=keras.optimizers.SGD(halving)), ClumsyClinic()
    attendance = Attendance(clinic=clumsy.clinic())
    x, y = data()
    with pytest.raises(ValueError, match="broken"):
        attendance.run(
            keras.Model.fit, network, x, y, callbacks=[Breaking(ValueError("broken"))], verbose=0
        )
    assert attendance.visit is not None
    assert attendance.visit.reason == "as found"
    course = clumsy.measurements[0].course
    assert course is not None
    assert len(course.learning_rates) in (0, len(course.steps))


def test_a_rate_that_a_callback_sets_is_followed() -> None:
    network, clumsy = model(), ClumsyClinic()
    attendance = Attendance(clinic=clumsy.clinic())
    fading = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 * 0.01**epoch)
    x, y = data()
    attendance.run(keras.Model.fit, network, x, y, epochs=3, callbacks=[fading], verbose=0)
    course = clumsy.measurements[0].course
    assert course is not None
    assert course.learning_rates[0] == pytest.approx(0.1)
    assert course.learning_rates[-1] == pytest.approx(1e-5)
    assert len(course.learning_rates) == len(course.steps)
