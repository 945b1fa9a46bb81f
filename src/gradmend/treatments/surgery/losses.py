"""The losses a model was compiled with, and one of them exchanged."""

from __future__ import annotations

from typing import Any

import keras

from gradmend.records.facts import OutputFacts


def loss_at(model: keras.Model) -> Any:
    """The loss, or the list or dict of losses, as given to `compile`."""
    return model._compile_config.config.get("loss")


def replaced_loss(
    model: keras.Model,
    losses: Any,
    number: int,
    output: OutputFacts,
    name: str,
    *,
    from_logits: bool = False,
) -> Any:
    """Return the structure of losses with the one of output `number` exchanged."""
    if isinstance(losses, dict):
        keys = list(getattr(model, "output_names", None) or losses)
        key = output.name if output.name in losses else keys[number]
        return {**losses, key: _loss(losses[key], name, from_logits=from_logits)}
    if isinstance(losses, list | tuple):
        return [
            _loss(one, name, from_logits=from_logits) if i == number else one
            for i, one in enumerate(losses)
        ]
    return _loss(losses, name, from_logits=from_logits)


def _loss(old: Any, name: str, *, from_logits: bool) -> Any:
    """A loss of this name; what the old one had set stays where it is of the same class."""
    if not from_logits and isinstance(old, str):
        return name
    kind = type(keras.losses.get({"class_name": _class(name), "config": {}}))
    config = old.get_config() if type(old) is kind else {}
    if "crossentropy" in name:
        config["from_logits"] = from_logits
    return kind.from_config(config)


def _class(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
