"""Skill is 0 for a constant and 1 for perfect answers, whatever the task."""

from __future__ import annotations

import numpy as np
import pytest

from gradmend.gallery._skill import skill_of

NUMBERS = np.array([[1.0], [2.0], [3.0], [6.0]])


@pytest.mark.parametrize(
    ("said", "truth", "task", "skill"),
    [
        (np.eye(3)[[0, 1, 2, 2]], [0, 1, 2, 2], "classes", 1.0),
        (np.eye(3)[[2, 2, 2, 2]], [0, 1, 2, 2], "classes", 0.0),
        (np.eye(3)[[0, 2, 2, 2]], [0, 1, 2, 2], "classes", 0.5),
        (np.array([[0.9], [0.1], [0.8], [0.3]]), [1, 0, 1, 0], "binary", 1.0),
        (np.array([[3.0], [-1.0], [0.2], [-2.0]]), [1, 0, 1, 0], "binary", 1.0),
        (np.full((4, 1), 0.7), [1, 0, 1, 0], "binary", 0.0),
        (np.array([[1.0, 0.0], [0.0, 0.0]]), [[1, 0], [0, 0]], "labels", 1.0),
        (NUMBERS, NUMBERS, "numbers", 1.0),
        (np.full((4, 1), 3.0), NUMBERS, "numbers", 0.0),
        (100.0 * NUMBERS, NUMBERS, "numbers", 0.0),
        (np.full((4, 1), np.nan), NUMBERS, "numbers", 0.0),
    ],
)
def test_skill(said: np.ndarray, truth: object, task: str, skill: float) -> None:
    assert skill_of(said, np.asarray(truth), task) == pytest.approx(skill)


def test_the_constant_of_rare_labels_is_the_commoner_answer() -> None:
    truth = np.array([1] + [0] * 9)
    assert skill_of(np.zeros((10, 1)), truth, "binary") == 0.0
    assert skill_of(np.ones((10, 1)), truth, "binary") == 0.0
