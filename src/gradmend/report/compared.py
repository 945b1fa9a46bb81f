"""Recorded trainings told side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import fmean, median

from gradmend.findings.over_time import diagnose_run
from gradmend.findings.over_time.clipping_most_steps import advised_clipnorm
from gradmend.records.training import TrainingRun
from gradmend.report.blocks import Block, Heading, Headline, Note, Paragraph, Table, Tone
from gradmend.report.document import Document
from gradmend.report.words import number, plain

MOST_WEIGHTS = 12


def compared(runs: Sequence[TrainingRun]) -> Document:
    """Return trainings side by side: settings, course, findings, and weights that differ most."""
    names = [plain(run.name) for run in runs]
    return Document(title=" | ".join(names), blocks=tuple(_blocks(runs, names)))


def _blocks(runs: Sequence[TrainingRun], names: list[str]) -> Iterator[Block]:
    best = [_last(run, "loss") for run in runs]
    yield Headline(lines=tuple(_headline(names, best)), tone=Tone.PLAIN)
    rows = [(label, *(say(run) for run in runs)) for label, say in ROWS]
    rows += [(name, *(_said(_last(run, name)) for run in runs)) for name in _metrics(runs)]
    yield Table(
        caption="Side by side",
        columns=("", *names),
        rows=tuple(row for row in rows if any(cell != "-" for cell in row[1:])),
    )
    yield from _weights(runs, names)
    yield from _findings(runs, names)


def _headline(names: list[str], losses: list[float | None]) -> Iterator[tuple[str, str]]:
    known = [(loss, name) for loss, name in zip(losses, names, strict=True) if loss is not None]
    if len(known) < 2:
        yield "compare", f"{' and '.join(names)}: a loss to compare is missing"
        return
    (low, best), *_, (high, _) = sorted(known)
    yield "lowest loss", f"{best}: {number(low)} (highest: {number(high)})"


def _weights(runs: Sequence[TrainingRun], names: list[str]) -> Iterator[Block]:
    sizes = [_gradients(run) for run in runs]
    shared = [path for path in sizes[0] if all(path in other for other in sizes)]
    apart = [(path, _spread([size[path] for size in sizes])) for path in shared]
    far = sorted(apart, key=lambda pair: -pair[1])[:MOST_WEIGHTS]
    if not far:
        if any(sizes):
            yield Note(text="the runs have no weights of the same name")
        return
    yield Table(
        caption="Median gradient norm per weight, those that differ most first",
        columns=("weight", *names, "largest / smallest"),
        rows=tuple(
            (plain(path), *(number(s[path]) for s in sizes), number(spread)) for path, spread in far
        ),
    )


def _findings(runs: Sequence[TrainingRun], names: list[str]) -> Iterator[Block]:
    for run, name in zip(runs, names, strict=True):
        found = diagnose_run(run)
        yield Heading(text=f"{name}: {len(found) or 'no'} finding{'' if len(found) == 1 else 's'}")
        for finding in found:
            yield Paragraph(text=f"{finding.code} {finding.severity}: {plain(finding.message)}")


def _gradients(run: TrainingRun) -> dict[str, float]:
    """Return the median gradient norm of each weight; the model's name is left out of the path."""
    found: dict[str, list[float]] = {}
    for sample in run.samples:
        for weight in sample.weights:
            path = weight.path.removeprefix(f"{run.model}/")
            found.setdefault(path, []).append(weight.gradient_norm)
    return {path: median(norms) for path, norms in found.items()}


def _spread(values: list[float]) -> float:
    low, high = min(values), max(values)
    return high / low if low > 0 else float("inf") if high > 0 else 1.0


def _last(run: TrainingRun, name: str) -> float | None:
    """Return a number of the last epoch's logs."""
    values = [v.value for epoch in run.epochs[-1:] for v in epoch.logs if v.name == name]
    return values[0] if values else None


def _metrics(runs: Sequence[TrainingRun]) -> list[str]:
    ours = {"grad_norm", "update_ratio", "clipped_share"}
    found = [v.name for run in runs for epoch in run.epochs[-1:] for v in epoch.logs]
    return [name for name in dict.fromkeys(found) if name not in ours]


def _said(value: float | None) -> str:
    return "-" if value is None else number(value)


def _median(run: TrainingRun, field: str) -> str:
    values = [getattr(s, field) for s in run.samples if getattr(s, field) is not None]
    return _said(median(values) if values else None)


def _mean(run: TrainingRun, field: str) -> str:
    values = [getattr(s, field) for s in run.samples if getattr(s, field) is not None]
    return _said(fmean(values) if values else None)


def _clipping(run: TrainingRun) -> str:
    return "-" if run.clip is None or run.clip_limit is None else f"{run.clip}={run.clip_limit:g}"


def _ended(run: TrainingRun) -> str:
    bad = [i for i in run.incidents if i.kind == "nonfinite"]
    if bad:
        return f"NaN at step {bad[0].step}"
    return "finished" if run.finished else "not finished"


ROWS: tuple[tuple[str, Callable[[TrainingRun], str]], ...] = (
    ("model", lambda run: plain(run.model)),
    ("backend", lambda run: run.backend),
    ("optimizer", lambda run: plain(run.optimizer)),
    ("learning rate at the start", lambda run: _said(run.learning_rate)),
    ("clipping", _clipping),
    ("ended", _ended),
    ("steps", lambda run: str(run.steps)),
    ("epochs", lambda run: str(len(run.epochs))),
    ("samples", lambda run: str(len(run.samples))),
    ("gradient norm, median", lambda run: _median(run, "grad_norm")),
    ("update ratio, median", lambda run: _median(run, "update_ratio")),
    ("clipped share, mean", lambda run: _mean(run, "clipped_share")),
    ("90 % of gradient norms below", lambda run: _said(advised_clipnorm(run))),
)
