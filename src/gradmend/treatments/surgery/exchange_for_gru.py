"""Exchange simple layers for narrower GRU layers; what reads them is built anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
from keras import layers
from keras.src.saving.serialization_lib import SafeModeScope

from gradmend.errors import ModelError
from gradmend.records.prescription import Prescription
from gradmend.treatments.exchange_for_gru import units_of
from gradmend.treatments.surgery.compiling import compile_like
from gradmend.treatments.surgery.copying import own_objects
from gradmend.treatments.surgery.graph import graph_of, no_graph
from gradmend.treatments.surgery.lengthen_memory import SHARED, bound, start_gates, steps_for
from gradmend.treatments.surgery.material import Material
from gradmend.treatments.surgery.places import layers_at


def apply(model: keras.Model, prescription: Prescription, material: Material) -> keras.Model:
    """Build the model again with GRU layers; layers whose weights fit keep them."""
    if graph_of(model) is None:
        raise ModelError(no_graph(model))
    units = {t.layer: units_of(t) for t in material.measurements.times}
    exchanged = {}
    for path, layer in zip(prescription.where, layers_at(model, prescription.where), strict=True):
        if type(layer) is not layers.SimpleRNN or layer.return_state or not layer.use_bias:
            raise ModelError(bound(layer))
        exchanged[path] = _gru_config(layer, units[path])
    new = compile_like(_rebuilt(model, exchanged), model)
    for number, path in enumerate(prescription.where):
        seed = material.seed_for(number)
        start_gates(new.get_layer(path).cell, steps_for(path, material), seed)
    return new


def _gru_config(layer: Any, units: int) -> dict[str, Any]:
    config = layer.get_config()
    return {**{key: config[key] for key in SHARED if key in config}, "units": units}


def _rebuilt(model: keras.Model, exchanged: Mapping[str, dict[str, Any]]) -> keras.Model:
    config = model.get_config()
    for entry in config["layers"]:
        entry.pop("build_config", None)  # it would build what follows for the old width
        name = entry.get("name") or entry["config"].get("name")
        if name in exchanged:
            entry.update(class_name="GRU", config=exchanged[name], module="keras.layers")
            entry["registered_name"] = None
    with keras.saving.custom_object_scope(own_objects(model)), SafeModeScope(safe_mode=False):
        new: keras.Model = type(model).from_config(config)
    if not new.built:
        new.build_from_config(model.get_build_config())
    for ours, theirs in zip(new.layers, model.layers, strict=True):
        if [w.shape for w in ours.weights] == [w.shape for w in theirs.weights]:
            ours.set_weights(theirs.get_weights())
    return new
