"""Trainings with and without the monitor are compared to the last bit."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _to_the_last_bit(compiled_as_users_do: None) -> None:
    """Compile every step as it is compiled outside of the tests."""
