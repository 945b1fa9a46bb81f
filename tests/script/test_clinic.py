"""gradmend's own check-up, made inside a training, leaves it bit for bit as it was."""

from __future__ import annotations

import pytest

from gradmend.script.clinic import house_clinic
from tests.monitor.comparing import assert_same, trained
from tests.monitor.trainings import TRAININGS

NAMES = ["arrays", "subclass with its own fit and train step", "generator"]


@pytest.mark.parametrize("name", NAMES)
def test_a_training_is_the_same_bit_for_bit(name: str) -> None:
    training, _ = TRAININGS[name]
    alone = trained(training, None)
    assert_same(trained(training, house_clinic()), alone)
