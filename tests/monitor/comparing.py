"""One training run alone and attended, and everything it leaves compared."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from gradmend.monitor.attendance import Attendance
from gradmend.monitor.clinic import Clinic
from gradmend.monitor.dispatcher import Dispatcher
from gradmend.records import Verdict
from tests.installed import torch
from tests.monitor.stubs import drawn_next
from tests.monitor.trainings import Training

EPOCHS = 2


def trained(training: Training, clinic: Clinic | None) -> dict[str, Any]:
    keras.backend.clear_session()
    keras.utils.set_random_seed(3)
    if torch is not None:  # Keras seeds it on its own backend only, a DataLoader needs it on all
        torch.manual_seed(3)
    network, arguments = training()
    runs = 2 if "generator" not in type(arguments["x"]).__name__ else 1
    with pytest.MonkeyPatch.context() as patch:
        if clinic is not None:
            patch.setattr(keras.Model, "fit", attended(keras.Model.fit, clinic), raising=False)
        histories = [network.fit(**arguments, epochs=EPOCHS, verbose=0) for _ in range(runs)]
    assert not isinstance(network.train_function, Dispatcher)
    return {
        "history": [history.history for history in histories],
        "weights": [np.array(w) for w in network.get_weights()],
        "optimizer": [keras.ops.convert_to_numpy(v) for v in network.optimizer.variables],
        "names": [v.path for v in network.variables],
        "next": drawn_next(),
    }


def attended(original: Any, clinic: Clinic) -> Any:
    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        attendance = Attendance(clinic=clinic)
        history = attendance.run(original, self, *args, **kwargs)
        assert attendance.visit is not None
        assert attendance.visit.verdict is not Verdict.UNKNOWN, attendance.visit.reason
        return history

    return fit


def assert_same(ours: dict[str, Any], alone: dict[str, Any]) -> None:
    """Fail unless weights, history, names and random states agree bit for bit."""
    assert ours["history"] == alone["history"]
    assert ours["names"] == alone["names"]
    assert ours["next"] == alone["next"]
    for kind in ("weights", "optimizer"):
        assert len(ours[kind]) == len(alone[kind])
        for one, other in zip(ours[kind], alone[kind], strict=True):
            np.testing.assert_array_equal(one, other)
