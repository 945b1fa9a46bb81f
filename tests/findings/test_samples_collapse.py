from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers, ops

from gradmend import check as check_up
from gradmend.findings import diagnose
from gradmend.findings.samples_collapse import check
from gradmend.records import Cause, Measurements, Severity, Verdict
from tests.findings.records import call, followed, forward, network


def chain(*cosines: float, role: str = "dense", units: int = 64) -> Measurements:
    """Layers whose samples are that similar."""
    return network(
        [
            *(
                call(i, f"layer_{i}", role, forward=forward(shape=(64, units), similarity=cosine))
                for i, cosine in enumerate(cosines)
            ),
            call(len(cosines), "head", forward=forward(shape=(64, 10), similarity=1.0)),
        ]
    )


def test_names_the_layer_from_which_on_all_samples_are_the_same() -> None:
    (finding,) = check(chain(0.2, 0.9, 1.0 - 1e-8, 1.0))
    assert finding.message == (
        "from 'layer_2' on all samples look the same: their mean cosine is one but for 1.0e-08 "
        "(limit 1.0e-06), one layer earlier 0.1"
    )
    assert (finding.severity, finding.cause) == (Severity.WARNING, Cause.DATA)
    assert finding.where == ("layer_2", "layer_3")


@pytest.mark.parametrize(
    "cosines",
    [
        (0.2, 0.9, 0.9999),  # alike, as behind sigmoids
        (0.2, 1.0, 0.5),  # a learned token, which then meets the data
        (0.2, 0.9, 0.9999, 0.999998, 1.0, 1.0),  # a deep stack in the ordered phase
        (0.2, 0.3),  # a head that starts at zero
        (1.0, 1.0, 1.0),  # the data are all alike, which is another finding
    ],
)
def test_is_silent_where_samples_differ_or_always_were_the_same(cosines: tuple[float, ...]) -> None:
    assert not list(check(chain(*cosines)))


def test_narrow_layers_and_zeros_say_nothing() -> None:
    assert not list(check(chain(0.2, 1.0, units=4)))
    silent = chain(0.2, 1.0)
    zero = replace(silent.calls[1], forward=forward(rms=0.0, similarity=0.0))
    assert not list(check(replace(silent, calls=(silent.calls[0], zero, silent.calls[2]))))


def test_a_training_decides() -> None:
    m = chain(0.2, 1.0, 1.0)
    failed, learned = followed(m, 2.4, 2.3, 2.3), followed(m, 2.4, 1.0, 0.2)
    assert [f.code for f in diagnose(failed)][:2] == ["A107", "T102"]
    assert [f.severity for f in diagnose(learned) if f.code == "A107"] == [Severity.NOTE]


def test_the_memory_or_the_normalization_is_named() -> None:
    (memory,) = check(chain(0.2, 1.0, role="recurrent"))
    (norm,) = check(chain(0.2, 1.0, role="norm"))
    assert memory.cause is Cause.RECURRENT_MEMORY
    assert norm.cause is Cause.NORMALIZATION


def attending(*, to_padding: bool) -> tuple[keras.Model, np.ndarray, np.ndarray]:
    """Mean of attended words; the mask of an old tutorial marks what may not be seen."""
    keras.utils.set_random_seed(3)
    ids = keras.Input((12,), dtype="int32")
    compare = ops.equal if to_padding else ops.not_equal
    mask = layers.Lambda(lambda i: compare(i, 0)[:, None, :], output_shape=(1, 12))(ids)
    words = layers.Embedding(50, 16)(ids)
    first = layers.Embedding(1, 16)(layers.Lambda(lambda i: i[:, :1] * 0)(ids))
    x = layers.MultiHeadAttention(2, 8)(first, words, attention_mask=mask)
    x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
    model = keras.Model(ids, layers.Dense(4, activation="softmax")(x))
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 256)
    x = 1 + 12 * y[:, None] + rng.integers(0, 12, (256, 12))
    x[np.arange(12) >= rng.integers(4, 11, 256)[:, None]] = 0
    return model, x.astype("int32"), y


@pytest.mark.parametrize("to_padding", [True, False])
def test_a_mask_that_shows_nothing_but_padding(to_padding: bool) -> None:
    found = check_up(*attending(to_padding=to_padding))
    assert (found.verdict is Verdict.SICK) is to_padding
    assert ("A107" in {finding.code for finding in found.findings}) is to_padding
    if to_padding:
        assert found.findings[0].code == "A107"
        assert found.findings[0].where[0].startswith("multi_head_attention")
