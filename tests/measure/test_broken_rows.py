from __future__ import annotations

import numpy as np
import pytest

from gradmend.measure import broken_rows as module
from gradmend.measure.batch import batches_of
from gradmend.measure.broken_rows import broken_rows, with_broken


def table(rows: int, *broken: int) -> np.ndarray:
    x = np.ones((rows, 3), "float32")
    x[list(broken), 1] = np.nan
    return x


def test_rows_of_any_array_are_found_in_order() -> None:
    y = np.zeros(50)
    y[7] = np.inf
    data = ({"a": table(50, 30), "b": np.arange(50)}, y, None)
    assert broken_rows(data, 50).tolist() == [7, 30]


def test_rows_beyond_the_training_are_left_out() -> None:
    assert broken_rows(table(50, 45), 40).tolist() == []


def test_only_a_few_are_taken_also_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 9)
    assert broken_rows(table(50, *range(10, 50)), 50).tolist() == [10, 11, 12, 13]


def test_a_huge_array_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_NUMBERS", 100)
    assert broken_rows(table(50, 3), 50).size == 0


def test_they_take_the_place_of_others() -> None:
    assert with_broken(np.array([0, 10, 20]), np.array([10, 11])).tolist() == [10, 11, 20]
    assert with_broken(np.array([0]), np.array([], np.int64)).tolist() == [0]
    assert len(with_broken(np.arange(2), np.array([7, 8, 9]))) == 2


def test_one_row_of_thousands_is_in_the_batch() -> None:
    batch = next(iter(batches_of(table(5000, 4321), np.zeros(5000), batch_size=64)))
    assert batch.size == 64
    assert int(np.isnan(np.asarray(batch.x)).sum()) == 1
