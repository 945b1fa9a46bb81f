from __future__ import annotations

import numpy as np
import pytest

from gradmend import DataError
from gradmend.trials.rows import Rows, held_out, order, rows_of, scored


def test_the_order_follows_from_the_seed_alone() -> None:
    np.testing.assert_array_equal(order(100, 8, 30, 5), order(100, 8, 30, 5))
    assert (order(100, 8, 30, 5) != order(100, 8, 30, 6)).any()


def test_a_longer_plan_begins_like_a_shorter_one() -> None:
    np.testing.assert_array_equal(order(100, 8, 50, 1)[:7], order(100, 8, 7, 1))


def test_within_an_epoch_no_row_comes_twice() -> None:
    epoch = order(100, 8, 12, 0).reshape(-1)
    assert len(set(epoch.tolist())) == len(epoch)


def test_held_out_rows_are_not_trained_on() -> None:
    rows = Rows(x=np.arange(150)[:, None], y=np.arange(150))
    train, judged = held_out(rows)
    assert len(train) == 120
    assert len(judged) == 30
    assert not set(train.y) & set(judged.y)
    assert set(train.y) | set(judged.y) == set(range(150))
    np.testing.assert_array_equal(train.x[:, 0], train.y)


@pytest.mark.parametrize("row", [0, 7, 64, 149])
def test_a_broken_row_is_trained_on(row: int) -> None:
    x = np.arange(150.0)[:, None]
    x[row] = np.inf
    train, judged = held_out(Rows(x=x, y=np.arange(150)))
    assert row in train.y
    assert np.isfinite(judged.x).all()


def test_few_rows_are_trained_on_and_judged_by() -> None:
    rows = Rows(x=np.arange(40)[:, None], y=np.arange(40))
    assert held_out(rows) == (rows, rows)


def test_too_few_rows_teach() -> None:
    with pytest.raises(DataError, match="too little data to prove a cure"):
        held_out(Rows(x=np.zeros((5, 2)), y=np.zeros(5)))


def test_structures_are_taken_as_one() -> None:
    rows, size = rows_of({"a": np.zeros((40, 2)), "b": np.ones(40)}, [np.arange(40)], batch_size=7)
    assert size == 7
    assert rows.take([3]).x["b"].shape == (1,)
    assert rows.sample_weight is None


def test_a_stream_of_batches_is_gathered() -> None:
    batches = [(np.full((8, 2), i, "float32"), np.full(8, i)) for i in range(5)]
    rows, size = rows_of(batch for batch in batches)
    assert (len(rows), size) == (40, 8)


def test_batches_of_different_shapes_teach() -> None:
    batches = [(np.zeros((8, n), "float32"), np.zeros(8)) for n in (2, 3)]
    with pytest.raises(DataError, match="cannot be put together"):
        rows_of(batch for batch in batches)


def test_the_memory_of_a_row_is_that_of_all_its_parts() -> None:
    rows = Rows(x={"a": np.zeros((9, 2), "float32")}, y=np.zeros(9), sample_weight=None)
    assert rows.bytes_per_row == 2 * 4 + 8


def test_a_score_needs_not_all_rows() -> None:
    assert len(scored(Rows(x=np.zeros((9000, 1)), y=np.zeros(9000)))) == 4096
