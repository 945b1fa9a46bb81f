"""A running training on a terminal: layers as rows, gradient and step as colour, findings below."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.text import Text

from gradmend.records import Severity
from gradmend.records.training import TrainingRun, WeightSample
from gradmend.report.bars import ZERO, Scale, block, linear_scale, log_scale, strip
from gradmend.report.recorded import findings_of, heat_maps, layer_maps
from gradmend.report.terminal_text import cropped, fitted
from gradmend.report.words import loss, number, plain

SHORT, LONG = 1e-5, 0.2  # steps relative to the weight, beyond which a row is coloured
STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "dim"}
WORTH_SHOWING = 0.1  # share of dead or saturated units
MOST_LAYERS = 3
SILENT = 30.0  # seconds without a sample before it is said


def frame(run: TrainingRun, *, width: int, height: int, silent: float = 0.0) -> list[Text]:
    """Return one picture of the run, of at most `height` lines of `width` cells.

    Args:
        run: What was read of it.
        width: Cells of a line.
        height: Lines there are.
        silent: Seconds since the store was last written to.
    """
    top = [*_head(run, silent), *_courses(run, width), Text()]
    found = [*_layers(run, width), *_findings(run)]
    room = max(height - len(top) - len(found) - 1, 3)
    lines = [*top, *_weights(run, width, room), *([Text()] if found else []), *found]
    return [cropped(line, width) for line in lines[:height]]


def state(run: TrainingRun, silent: float) -> tuple[str, str]:
    """Return in words whether the run goes on, with the style to say it in."""
    if run.finished:
        return "finished", "bold green"
    broken = next((i for i in run.incidents if i.kind == "error"), None)
    if broken is not None:
        return f"ended by {plain(broken.message)}", "bold red"
    if silent > SILENT:
        return f"nothing new for {silent:.0f} s: it stands still, or was killed", "bold yellow"
    return "running", "bold cyan"


def _head(run: TrainingRun, silent: float) -> Iterator[Text]:
    text, style = state(run, silent)
    epoch = max([len(run.epochs), *(sample.epoch + 1 for sample in run.samples)])
    yield Text.assemble(
        (text, style), f"  step {run.steps:,}, epoch {epoch}  ", (plain(run.name), "dim")
    )


def _courses(run: TrainingRun, width: int) -> Iterator[Text]:
    losses = [s.loss for s in run.samples if s.loss is not None]
    norms = [s.grad_norm for s in run.samples]
    for label, values, scale, say in (
        ("loss", losses, linear_scale(losses), loss),
        ("gradient", norms, log_scale(norms), number),
    ):
        if values:
            last = say(values[-1])
            drawn = strip(values, scale, max(width - 10 - 12, 4))
            yield Text.assemble((f"{label:9} ", "dim"), (drawn, "cyan"), f" {last}")


def _weights(run: TrainingRun, width: int, room: int) -> Iterator[Text]:
    if not run.samples:
        yield Text("waiting for the first sampled step", "dim")
        return
    labels = min(max((len(weight.path) for weight in run.weights), default=8), width // 3, 32)
    heat = next(heat_maps(run, columns=max(width - labels - 28, 4)), None)
    latest = {w.path.removeprefix(f"{run.model}/"): w for w in run.samples[-1].weights}
    rows = heat.rows if heat else ()
    scale = log_scale(v for row in rows for v in row.values if v is not None)
    yield Text(f"{fitted('weight', labels)} {'gradient':>10} {'step':>9}  through training", "dim")
    stride = -(-len(rows) // max(room - 1, 1)) if rows else 1
    for row in rows[::stride]:
        yield _row(row.label, row.values, latest.get(row.label), labels, scale)


def _layers(run: TrainingRun, width: int) -> Iterator[Text]:
    """Yield the layers with dead or saturated units; those without have nothing to show."""
    for heat in layer_maps(run, columns=max(width // 3, 4)):
        rows = [row for row in heat.rows if max(_known(row.values), default=0.0) >= WORTH_SHOWING]
        rows = sorted(rows, key=lambda row: -_known(row.values)[-1])[:MOST_LAYERS]
        kind = heat.caption.split()[0]
        for row in rows:
            cells = "".join(_cell(value, linear_scale((0.0, 1.0))) for value in row.values)
            share = f"{_known(row.values)[-1]:4.0%}"
            yield Text.assemble(
                (f"{kind:9} ", "dim"), share, " ", (cells, "yellow"), f" {row.label}"
            )


def _known(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _row(
    label: str,
    values: Sequence[float | None],
    now: WeightSample | None,
    labels: int,
    scale: Scale,
) -> Text:
    ratio = None if now is None else now.update_ratio
    gradient = "" if now is None else number(now.gradient_norm)
    step = "" if ratio is None else number(ratio)
    return Text.assemble(
        f"{fitted(label, labels)} {gradient:>10} ",
        (f"{step:>9}", _step_style(ratio)),
        "  ",
        *((_cell(value, scale), _style(value, scale)) for value in values),
    )


def _cell(value: float | None, scale: Scale) -> str:
    if value is None:
        return " "
    if not math.isfinite(value):
        return "!"
    return block(scale(value)) if value > 0.0 else ZERO


def _style(value: float | None, scale: Scale) -> str:
    if value is None:
        return ""
    if not math.isfinite(value):
        return "bold red"
    share = scale(value) if value > 0.0 else 0.0
    return "blue" if share < 0.34 else "cyan" if share < 0.67 else "green"


def _step_style(ratio: float | None) -> str:
    if ratio is None:
        return ""
    return "red" if not math.isfinite(ratio) or ratio > LONG else "blue" if ratio < SHORT else ""


def _findings(run: TrainingRun) -> Iterator[Text]:
    for finding in findings_of(run):
        style = STYLES[finding.severity]
        yield Text.assemble((f"{plain(finding.code)} ", style), plain(finding.message))
