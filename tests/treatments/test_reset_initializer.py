from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.records import Cause
from gradmend.treatments.reset_initializer import fitting, prescribe
from tests.findings.records import call, kernel, mlp, network, with_weights
from tests.treatments.findings import finding


def test_draws_hidden_kernels_anew() -> None:
    (cure,) = prescribe(mlp(5, "tanh", gain=8.0), finding("I101", Cause.INITIALIZER))
    assert cure.after == ('Dense(64, activation="tanh", kernel_initializer="glorot_uniform")',)
    assert "head" not in cure.where


@pytest.mark.parametrize(
    ("activation", "initializer"),
    [
        ("relu", "he_normal"),
        ("gelu", "he_normal"),
        ("selu", "lecun_normal"),
        ("tanh", "glorot_uniform"),
        (None, "glorot_uniform"),
    ],
)
def test_fits_the_activation(activation: str | None, initializer: str) -> None:
    assert fitting(activation) == initializer


def test_has_nothing_to_say_about_a_lone_head() -> None:
    assert not list(prescribe(mlp(0), finding("I101", Cause.INITIALIZER)))


def test_a_head_that_is_as_wide_is_drawn_anew_with_the_others() -> None:
    m = mlp(5, "tanh", gain=8.0)
    wide = with_weights(m, lambda w: replace(w, gain=8.0) if w.layer == "head" else w)
    (cure,) = prescribe(wide, finding("I101", Cause.INITIALIZER))
    assert cure.where[-1] == "head"


def test_only_the_head_where_only_the_head_is_at_fault() -> None:
    (cure,) = prescribe(mlp(5), finding("I104", Cause.INITIALIZER, "head"))
    assert cure.where == ("head",)


def test_embeddings_of_zeros_are_drawn_as_keras_does() -> None:
    table = kernel("user", role="embeddings", shape=(150, 8))
    m = network([call(0, "user", "embedding", class_name="Embedding")], weights=(table,))
    (cure,) = prescribe(m, finding("Z101", Cause.INITIALIZER, "user"))
    assert cure.before == ('Embedding(150, 8, embeddings_initializer="zeros")',)
    assert cure.after == ('Embedding(150, 8, embeddings_initializer="uniform")',)


def test_has_nothing_to_say_where_the_weights_fit_already() -> None:
    assert not list(prescribe(mlp(5, "tanh", gain=1.0), finding("V101", Cause.DEPTH)))
    assert list(prescribe(mlp(5, "relu", gain=1.0), finding("V101", Cause.DEPTH)))
    same = with_weights(mlp(5, "tanh", gain=1.0), lambda w: replace(w, mean=w.rms))
    assert list(prescribe(same, finding("A107", Cause.INITIALIZER)))


def test_a_layer_of_ones_own_is_mended_where_it_makes_its_matrix() -> None:
    narrow = kernel("own", 0.1, shape=(64, 64))
    calls = [call(0, "own", "projection", class_name="Linear", activation="relu")]
    m = network([*calls, call(1, "head", inputs=(0,))], weights=(narrow, kernel("head")))
    (cure,) = prescribe(m, finding("I102", Cause.INITIALIZER, "own"))
    assert cure.before == ("self.add_weight(shape=(64, 64))  # in Linear",)
    assert cure.after == ('self.add_weight(shape=(64, 64), initializer="he_normal")  # in Linear',)
