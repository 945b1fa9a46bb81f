"""Arrays are read, pickles never; every refusal teaches."""

from pathlib import Path

import numpy as np
import pytest

from gradmend.cli._data_file import load_arrays
from gradmend.errors import DataError, FileError, UsageError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data.npz"


def test_x_y_and_weights(file: Path) -> None:
    np.savez(file, x=np.ones((4, 2)), y=np.zeros(4), sample_weight=np.full(4, 2.0))
    x, y, weight = load_arrays(file)
    assert x.shape == (4, 2)
    assert y.shape == (4,)
    assert weight[0] == 2.0


def test_several_inputs_in_the_order_of_their_numbers(file: Path) -> None:
    np.savez(file, **{f"x_{i}": np.full((2, 1), i) for i in (10, 2, 0)}, y=np.zeros(2))
    x, y, weight = load_arrays(file)
    assert [part[0, 0] for part in x] == [0, 2, 10]
    assert y.shape == (2,)
    assert weight is None


def test_without_y(file: Path) -> None:
    np.savez(file, x=np.ones((4, 2)))
    assert load_arrays(file).y is None


def refused(file: Path) -> str:
    with pytest.raises(UsageError) as caught:
        load_arrays(file)
    text = str(caught.value)
    assert all(word in text for word in ("Expected:", "Received:", "usually means:", "Try:"))
    return text


def test_missing_file(file: Path) -> None:
    text = refused(file)
    assert "is not an .npz file" in text
    assert "Received: no such file" in text


def test_a_single_array(file: Path) -> None:
    np.save(file.with_suffix(".npy"), np.ones(3))
    file.with_suffix(".npy").rename(file)
    assert "np.save" in refused(file)


def test_a_file_cut_short(file: Path) -> None:
    np.savez(file, x=np.ones((100, 9)), y=np.ones(100))
    file.write_bytes(file.read_bytes()[:2000])
    assert "is not an .npz file" in refused(file)


def test_a_broken_member(file: Path) -> None:
    np.savez(file, x=np.ones((100, 9)), y=np.ones(100))
    data = bytearray(file.read_bytes())
    data[300] ^= 0xFF
    file.write_bytes(data)
    assert "is not an .npz file" in refused(file)


def test_pickles_are_never_loaded(file: Path, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "trapped",))

    np.savez(file, x=np.array([Trap()], dtype=object), y=np.ones(1))
    with pytest.raises(FileError) as caught:
        load_arrays(file)
    assert "holds pickled Python objects, and was not loaded" in str(caught.value)
    assert "astype('float32')" in str(caught.value)
    assert not (tmp_path / "trapped").exists()


def test_unnamed_arrays(file: Path) -> None:
    np.savez(file, np.ones((4, 2)), np.zeros(4))
    text = refused(file)
    assert "holds no array 'x'" in text
    assert "Received: arrays named arr_0, arr_1" in text
    assert "x=x_train" in text


def test_different_rows(file: Path) -> None:
    np.savez(file, x=np.ones((10, 3)), y=np.zeros(9), other=np.zeros(2))
    with pytest.raises(DataError) as caught:
        load_arrays(file)
    assert "do not have equally many rows" in str(caught.value)
    assert "Received: x (10, 3), y (9,)" in str(caught.value)


def test_a_number_is_no_batch(file: Path) -> None:
    np.savez(file, x=np.float64(3.0), y=np.float64(1.0))
    assert "x ()" in refused(file)
