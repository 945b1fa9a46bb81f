from __future__ import annotations

import keras
import numpy as np

from gradmend.monitor.batch import batch_of


def test_a_batch_is_a_copy_of_memory_that_may_be_written_to_later() -> None:
    x, y = np.ones((64, 16), "float32"), np.zeros(64, "float32")
    tensor = keras.ops.convert_to_tensor(x)
    from_array, from_tensor = batch_of((x, y)), batch_of((tensor, y))
    x /= 16.0
    y += 1.0
    np.testing.assert_array_equal(from_array.x, 1.0)
    np.testing.assert_array_equal(from_array.y, 0.0)
    if keras.backend.backend() != "tensorflow":  # its tensors come out of copies made by tf.data
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(from_tensor.x), 1.0)


def test_the_parts_of_a_batch_are_told_apart() -> None:
    x = {"left": np.ones((4, 2)), "right": np.ones((4, 3))}
    batch = batch_of((x, None, np.ones(4)))
    assert (batch.size, batch.fit_batch_size, batch.y) == (4, 4, None)
    assert set(batch.x) == {"left", "right"}
    assert batch.sample_weight.shape == (4,)
