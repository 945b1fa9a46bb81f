"""A second model like the first: same layers, names, weights and flags, nothing shared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import tree
from keras.src.saving.serialization_lib import SafeModeScope

from gradmend.errors import ModelError, teach
from gradmend.treatments.surgery.constructing import constructed_again, has_own_config
from gradmend.treatments.surgery.graph import graph_of


def copy_of(model: keras.Model, x: Any = None) -> keras.Model:
    """Return an uncompiled copy of a built model. The model is left as it is.

    Args:
        model: Sequential, Functional, or subclassed with a faithful `get_config`.
        x: A batch of inputs; needed only to build the copy of a subclassed model.

    Raises:
        ModelError: the model cannot be made again from its configuration.

    Example:
        >>> import keras
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="hidden")])
        >>> copy_of(model).get_layer("hidden").units
        3
    """
    new = blank_copy(model, x)
    give_state(new, model)
    return new


def blank_copy(model: keras.Model, x: Any = None) -> keras.Model:
    """Return an uncompiled copy with weights of its own, drawn by its initializers."""
    try:
        new: keras.Model = _made_again(model)
        _same_names(new, model)
        _build(new, model, x)
        _same_names(new, model)
        _same_flags(new, model)
    except Exception as error:  # a user's own class may raise anything
        raise ModelError(_not_from_config(model, error)) from error
    if [w.shape for w in new.weights] != [w.shape for w in model.weights]:
        raise ModelError(_not_from_config(model, "its copy has other weights"))
    return new


def _made_again(thing: Any) -> Any:
    """A second model or layer: by its configuration, or as the user's own code makes it."""
    if not has_own_config(thing):
        new = constructed_again(thing, _made_again)
        if new is not None:
            return new
    try:
        # The layers are in this process already: nothing unknown is loaded from anywhere.
        with keras.saving.custom_object_scope(own_objects(thing)), SafeModeScope(safe_mode=False):
            return type(thing).from_config(thing.get_config())
    except Exception:  # a get_config of the user's own may be missing, or forget an argument
        new = _around_its_configuration(thing)
        if new is None:
            raise
        return new


def _around_its_configuration(thing: Any) -> Any:
    if graph_of(thing) is None:
        return constructed_again(thing, _made_again)
    # what a model was compiled with has a road of its own, and may forget arguments as well
    compiled, thing.compiled = thing.compiled, False
    try:
        return keras.models.clone_model(thing, clone_function=_made_again)
    finally:
        thing.compiled = compiled


def give_state(new: keras.Model, old: keras.Model) -> None:
    """Give `new` the weights and random states of `old`, layer by layer of the same order."""
    new.set_weights(old.get_weights())
    for ours, theirs in zip(flat(new), flat(old), strict=True):
        for mine, its in zip(_seeds(ours), _seeds(theirs), strict=True):
            # by way of NumPy: JAX gives the buffers of a model in training away
            mine.state.assign(np.array(keras.ops.convert_to_numpy(its.state.value)))
        finalized(ours)


def finalized(layer: Any) -> None:
    """Let an adapted layer compute what it derives from its weights."""
    if isinstance(layer, keras.layers.Normalization) and layer.built:
        layer.finalize_state()


def own_objects(model: keras.Model) -> dict[str, Any]:
    """Return the classes and functions a model uses, by name, so that its copy finds them."""
    found: dict[str, Any] = {}
    for layer in [model, *flat(model)]:
        parts = [layer, *vars(layer).values()]
        for part in parts:
            thing = part if hasattr(part, "__name__") and callable(part) else type(part)
            if not _from_keras(thing):
                found[thing.__name__] = thing
    return found


def _from_keras(thing: Any) -> bool:
    home = getattr(thing, "__module__", None) or "builtins"
    return home.partition(".")[0] in ("keras", "builtins", "jax", "tensorflow", "torch", "numpy")


def flat(model: keras.Model) -> list[Any]:
    """Return every layer of a model, those inside other layers too, in the order Keras has."""
    return list(model._flatten_layers(include_self=False))


def _seeds(layer: Any) -> Iterator[Any]:
    yield from getattr(layer, "_seed_generators", ())


def _build(new: keras.Model, old: keras.Model, x: Any) -> None:
    if x is not None and any(not layer.built for layer in [new, *flat(new)]):
        specs = tree.map_structure(
            lambda t: keras.KerasTensor(
                (None, *t.shape[1:]), keras.backend.standardize_dtype(t.dtype)
            ),
            x,
        )
        kwargs = {"training": False} if new._call_has_training_arg else {}
        keras.src.backend.compute_output_spec(new, specs, **kwargs)
    if not new.built:
        new.build_from_config(old.get_build_config())


def _same_names(new: keras.Model, old: keras.Model) -> None:
    """The layers of a subclassed model are numbered anew; some exist before it is built."""
    for ours, theirs in zip([new, *flat(new)], [old, *flat(old)], strict=False):
        if type(ours) is type(theirs) and ours.name != theirs.name:
            ours.name = theirs.name


def _same_flags(new: keras.Model, old: keras.Model) -> None:
    """The configuration holds `trainable` of a model's own layers, not of those inside them."""
    for ours, theirs in zip(flat(new), flat(old), strict=True):
        if not ours._layers and ours.trainable != theirs.trainable:
            ours.trainable = theirs.trainable


def _not_from_config(model: keras.Model, error: object) -> str:
    reason = " ".join(str(error).split())[:200]
    return teach(
        f"the model '{model.name}' cannot be made a second time from its configuration"
        f"{': ' + reason if reason else '.'}",
        expected="type(model).from_config(model.get_config()) gives a like model",
        received=f"{type(model).__name__}, in which it does not",
        means="a class of its own without get_config(), or with layers made outside __init__.",
        attempt="write get_config() as in the Keras guide on serialization, or build the model "
        "with keras.Model(inputs, outputs).",
    )
