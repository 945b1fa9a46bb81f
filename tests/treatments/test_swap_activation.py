from __future__ import annotations

from dataclasses import replace

from gradmend.records import Cause
from gradmend.treatments.swap_activation import prescribe, replacement
from tests.findings.records import call, mlp, network, with_calls
from tests.treatments.findings import finding


def test_swaps_hidden_sigmoids_and_their_initializer() -> None:
    (cure,) = prescribe(mlp(5, "sigmoid"), finding("V101", Cause.ACTIVATION))
    assert cure.before == ('Dense(64, activation="sigmoid")',)
    assert cure.after == ('Dense(64, activation="relu", kernel_initializer="he_normal")',)
    assert cure.where == tuple(f"dense_{i}" for i in range(5))


def test_activation_layers_have_no_initializer() -> None:
    bare = call(0, "bend", "activation", class_name="Activation", activation="tanh")
    (cure,) = prescribe(network((bare,)), finding("V101", Cause.ACTIVATION))
    assert (cure.before, cure.after) == (('Activation("tanh")',), ('Activation("relu")',))


def test_leaves_heads_gates_and_relu_alone() -> None:
    gate = call(0, "gate", activation="sigmoid")
    product = call(1, "product", "merge", class_name="Multiply", inputs=(0,))
    head = call(2, "head", activation="sigmoid")
    assert not list(prescribe(network((gate, product, head)), finding("V101", Cause.ACTIVATION)))
    assert not list(prescribe(mlp(5, "relu"), finding("V101", Cause.ACTIVATION)))
    assert not list(prescribe(replace(mlp(5), calls=()), finding("V101", Cause.ACTIVATION)))


def test_layers_without_an_activation_get_one() -> None:
    m = mlp(2)
    m = replace(m, calls=(replace(m.calls[0], activation=None), *m.calls[1:]))
    (cure,) = prescribe(m, finding("A105", Cause.ACTIVATION, "dense_0"))
    assert cure.where == ("dense_0",)
    assert 'activation="relu"' in cure.after[0]


def test_several_sigmoids_with_narrow_weights_are_swapped_other_layers_are_not() -> None:
    narrow = finding("I102", Cause.INITIALIZER, "dense_0", "dense_1")
    assert list(prescribe(mlp(3, "sigmoid"), narrow))
    assert not list(prescribe(mlp(3, "tanh"), narrow))
    assert not list(prescribe(mlp(3, "sigmoid"), replace(narrow, where=("dense_0",))))
    assert not list(prescribe(mlp(3, "sigmoid"), replace(narrow, code="I101")))


def test_layers_that_may_fall_silent_get_selu() -> None:
    deep = with_calls(
        mlp(9, "sigmoid"),
        lambda c: replace(c, forward=replace(c.forward, units=5)) if c.forward else c,
    )
    (cure,) = prescribe(deep, finding("V101", Cause.ACTIVATION))
    assert 'activation="selu", kernel_initializer="lecun_normal"' in cure.after[0]
    assert cure.title == "use SELU in the hidden layers"
    assert replacement(deep, cure.where) == "selu"
    assert replacement(mlp(9, "sigmoid"), cure.where) == "relu"
