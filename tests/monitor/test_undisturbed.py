"""Random states and names are put back."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import keras
import pytest

from gradmend.monitor.undisturbed import undisturbed
from tests.installed import torch
from tests.monitor.stubs import disturb, drawn_next


def drawn_after(between: Callable[[], None]) -> list[Any]:
    """What the generators give from one fixed start, with something done in between."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(1)
    if torch is not None:
        torch.manual_seed(1)
    keras.random.uniform(())
    between()
    return drawn_next()


def quietly() -> None:
    with undisturbed():
        disturb()
        disturb()


def survived() -> None:
    def breaking() -> None:
        with undisturbed():
            disturb()
            raise KeyError

    with pytest.raises(KeyError):
        breaking()


def test_what_is_drawn_inside_is_not_missed_outside() -> None:
    assert drawn_after(quietly) == drawn_after(lambda: None)


def test_also_when_something_raises() -> None:
    assert drawn_after(survived) == drawn_after(lambda: None)


def test_the_comparison_can_fail() -> None:
    assert drawn_after(disturb) != drawn_after(lambda: None)


def test_warnings_of_ours_are_not_the_users() -> None:
    with warnings.catch_warnings(record=True) as caught, undisturbed():
        warnings.warn("of ours", stacklevel=1)
    assert not caught
