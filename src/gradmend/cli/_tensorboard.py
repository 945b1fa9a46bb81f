"""A recorded run as event files, for TensorBoard. Needs the package tensorboard, not TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from gradmend.errors import FileError, UsageError, teach
from gradmend.records.training import StepSample, TrainingRun

SUFFIX = ".gradmend"
Scalar = tuple[str, float | None]


def write_events(run: TrainingRun, folder: Path) -> Path:
    """Write the scalars of a run to a folder of its own in `folder`, and return that.

    What an earlier call wrote there is replaced, so that a run that goes on is not shown twice.
    Numbers that are not finite are left out: TensorBoard draws none of them.

    Raises:
        UsageError: the package tensorboard is not installed.
        FileError: the folder cannot be written to.
    """
    try:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.event_file_writer import EventFileWriter
    except ImportError as error:
        raise UsageError(_not_installed(error)) from error
    target = folder / run.name
    began = datetime.fromisoformat(run.started).timestamp()
    try:
        target.mkdir(parents=True, exist_ok=True)
        for old in target.glob(f"events.out.tfevents.*{SUFFIX}"):
            old.unlink()
        writer = EventFileWriter(str(target), filename_suffix=SUFFIX)
    except OSError as error:
        raise FileError(_not_writable(target, error)) from error
    for sample in run.samples:
        values = [
            Summary.Value(tag=tag, simple_value=value)
            for tag, value in scalars(sample)
            if value is not None and math.isfinite(value)
        ]
        summary = Summary(value=values)
        writer.add_event(Event(wall_time=began + sample.seconds, step=sample.step, summary=summary))
    writer.close()
    return target


def scalars(sample: StepSample) -> Iterator[Scalar]:
    """Yield the numbers of a sampled step by tag: "grad_norm", "grad_norm/dense/kernel", ..."""
    yield "loss", sample.loss
    yield "grad_norm", sample.grad_norm
    yield "update_ratio", sample.update_ratio
    yield "clipped_share", sample.clipped_share
    for weight in sample.weights:
        yield f"grad_norm/{weight.path}", weight.gradient_norm
        yield f"update_ratio/{weight.path}", weight.update_ratio
        yield f"weight_norm/{weight.path}", weight.weight_norm
    for layer in sample.layers:
        yield f"output_rms/{layer.path}", layer.rms
        yield f"dead_share/{layer.path}", layer.dead_share
        yield f"saturated/{layer.path}", layer.saturated


def _not_installed(error: ImportError) -> str:
    return teach(
        "event files are written with the package tensorboard, which is not installed.",
        expected="tensorboard (TensorFlow is not needed)",
        received=str(error),
        means="it is an extra, and is not installed with gradmend.",
        attempt="pip install 'gradmend[tensorboard]'",
    )


def _not_writable(folder: Path, error: OSError) -> str:
    return teach(
        f"event files cannot be written to {str(folder)!r}.",
        expected="a folder, or a path at which one can be made",
        received=f"{type(error).__name__}: {error.strerror or error}",
        means="a file has that name, or the folder belongs to somebody else.",
        attempt="another folder: gradmend report RUN --tensorboard logs",
    )
