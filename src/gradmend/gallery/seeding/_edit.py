"""Makes a changed copy of a program's model, layer by layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gradmend.gallery._networks import seeded
from gradmend.gallery._program import Program

RECURRENT = frozenset({"SimpleRNN", "LSTM", "GRU"})
# Takes a layer and a copy of its config; returns the layers that stand in its place, or None
# to leave it alone.
Edit = Callable[[Any, dict[str, Any]], "list[Any] | None"]


def edited(program: Program, edit: Edit) -> Program | None:
    """Return the program with the layers that `edit` makes, or None where it makes none.

    All weights start afresh from the program's seed. A subclassed model cannot be taken
    apart, and in a graph a layer can only be exchanged for one layer: None as well.
    """
    keras = seeded(program.seed)
    changed: list[str] = []

    def instead(layer: Any) -> list[Any]:
        new = edit(layer, layer.get_config())
        if new is None:
            return [type(layer).from_config(layer.get_config())]
        changed.append(layer.name)
        return new

    model = program.model
    if isinstance(model, keras.Sequential):
        spec = model.inputs[0]
        layers = [new for layer in model.layers for new in instead(layer)]
        copy = keras.Sequential([keras.Input(spec.shape[1:], dtype=spec.dtype), *layers])
    elif type(model).__name__ == "Functional":
        copy = _graph(keras, model, instead)
    else:
        return None
    return replace(program, model=copy, faulty=tuple(changed)) if changed and copy else None


def _graph(keras: Any, model: Any, instead: Callable[[Any], list[Any]]) -> Any:
    new = {layer.name: instead(layer) for layer in model.layers if not _is_input(keras, layer)}
    if any(len(layers) > 1 for layers in new.values()):
        return None
    return keras.models.clone_model(
        model,
        clone_function=lambda layer: (new[layer.name] or [keras.layers.Activation("linear")])[0],
        call_function=_called,
    )


def _called(layer: Any, *args: Any, **kwargs: Any) -> Any:
    # The graph remembers `mask=None` of a normalization; what stands in its place takes no mask.
    return layer(*args, **{name: value for name, value in kwargs.items() if value is not None})


def _is_input(keras: Any, layer: Any) -> bool:
    return isinstance(layer, keras.layers.InputLayer)


def is_head(layer: Any) -> bool:
    """Whether this is an output layer."""
    return str(layer.name).startswith("head")


def is_hidden(layer: Any) -> bool:
    """Whether this is a dense or convolutional layer that is no output."""
    return not is_head(layer) and type(layer).__name__ in {"Dense", "Conv2D", "Conv1D"}


def is_recurrent(layer: Any) -> bool:
    """Whether this is a recurrent layer, or one that runs both ways."""
    return type(layer).__name__ in RECURRENT | {"Bidirectional"}


def with_settings(layer: Any, config: dict[str, Any], **settings: Any) -> list[Any]:
    """The same layer with other settings; those of a wrapped layer go inside."""
    inner = config["layer"]["config"] if "layer" in config else config
    inner.update(settings)
    if "layer" in config and config.get("backward_layer"):
        config["backward_layer"]["config"].update(settings)
    return [type(layer).from_config(config)]


def on(chosen: Callable[[Any], bool], **settings: Any) -> Edit:
    """An edit that gives the chosen layers other settings."""

    def edit(layer: Any, config: dict[str, Any]) -> list[Any] | None:
        return with_settings(layer, config, **settings) if chosen(layer) else None

    return edit


def activation_of(layer: Any) -> str | None:
    """The name of a layer's own activation."""
    activation = layer.get_config().get("activation")
    return activation if isinstance(activation, str) else None
