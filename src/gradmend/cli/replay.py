"""`gradmend replay`: the step that gave NaN, run again, and the layer where it came up."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import click

from gradmend.cli._backend import TRAINABLE, choose_backend, installed
from gradmend.cli._console import console
from gradmend.errors import ModelError, teach
from gradmend.report.replay import replay_document
from gradmend.report.terminal import render

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("capsule", type=FILE)
@click.argument("model", type=FILE)
@click.option(
    "--custom-objects",
    multiple=True,
    type=FILE,
    metavar="FILE.py",
    help="Run this file first: it defines classes or functions the model needs.",
)
@click.option("--trust-model", is_flag=True, help="Load code stored in the model, such as Lambda.")
def command(
    capsule: Path, model: Path, custom_objects: tuple[Path, ...], *, trust_model: bool
) -> None:
    """Run the step in CAPSULE again, and name the first layer that is not finite.

    GradientMonitor writes a capsule when a step gives NaN. It holds the batch and the
    weights; MODEL.keras holds the layers.
    """
    if not os.environ.get("KERAS_BACKEND"):
        os.environ["KERAS_BACKEND"] = backend_of(capsule)  # a model loads best where it trained
    choose_backend()
    from gradmend.cli._model_file import load_model
    from gradmend.measure import measure
    from gradmend.monitor.batch import samples_in
    from gradmend.monitor.capsule import Capsule

    found = Capsule(capsule)
    loaded = load_model(model, custom_objects=custom_objects, trust=trust_model)
    _set_weights(loaded, found, model)
    measurements = measure(
        loaded, found.x, found.y, found.sample_weight, batch_size=samples_in(found.x)
    )
    render(replay_document(measurements, title=model.name, step=found.about["step"]), console())


def backend_of(capsule: Path) -> str:
    """Return the backend the capsule was written on, without importing Keras."""
    try:
        with zipfile.ZipFile(capsule) as archive:
            name = json.loads(archive.read("capsule.json")).get("backend")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        name = None  # reading the capsule in earnest will say what is wrong
    return name if name in TRAINABLE and installed(name) else choose_backend({})


def _set_weights(model: Any, capsule: Any, file: Path) -> None:
    """Give the model the weights from before the step.

    By order, shape and name: a loaded model has other paths than the one that trained.
    """
    own = [*model.trainable_variables, *model.non_trainable_variables]
    values = list(capsule.weights.items())
    if len(own) != len(values):
        raise ModelError(_another(file, f"{len(own)} weights", f"{len(values)} weights"))
    for weight, (path, value) in zip(own, values, strict=True):
        same_name = weight.path.rpartition("/")[2] == path.rpartition("/")[2]
        if tuple(value.shape) != tuple(weight.shape) or not same_name:
            ours = f"{weight.path} of shape {tuple(weight.shape)}"
            raise ModelError(_another(file, ours, f"{path} of shape {tuple(value.shape)}"))
    for weight, (_, value) in zip(own, values, strict=True):
        weight.assign(value)


def _another(file: Path, ours: str, theirs: str) -> str:
    return teach(
        f"{str(file)!r} is not the model of this capsule.",
        expected=theirs,
        received=ours,
        means="the model was built anew, or changed, after the training.",
        attempt='model.save("model.keras") in the script that trained it, before or after fit.',
    )
