"""A recorded training as a document: what went wrong and when, with the course of every weight."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gradmend.findings import diagnose
from gradmend.findings.over_time import diagnose_run
from gradmend.records import Finding, Severity, Verdict, Visit
from gradmend.records.training import TrainingRun
from gradmend.report.atlas import atlas_of
from gradmend.report.blocks import Block, Curve, Heading, Headline, HeatMap, HeatRow, Note, Recipe
from gradmend.report.certainty import how_sure
from gradmend.report.cures import cures_of
from gradmend.report.document import Document
from gradmend.report.folding import blocks_of
from gradmend.report.headline import headline_of
from gradmend.report.words import VERDICT_TONES, loss, number, plain, plural
from gradmend.treatments import prescribe

COLUMNS = 48  # stretches of the training in a heat map
MOST_PINS = 8
LEAST_FALL = 0.05  # of the loss
AT = ("at step", "first bad step")  # how rules name the step where something begins


def recorded(run: TrainingRun, *, title: str | None = None) -> Document:
    """Return the document of a run, finished, going on or killed.

    Args:
        run: What `gradmend.records.run_store.open_run` read.
        title: What to call it; its name when None.
    """
    findings = findings_of(run)
    visit = _visit(run, findings)
    name = plain(title if title is not None else run.name)
    return Document(
        title=name,
        blocks=tuple(_blocks(run, visit, name)),
        atlas=tuple(_atlas(run, findings)),
        sure=how_sure(visit) if findings else "",
    )


def findings_of(run: TrainingRun) -> tuple[Finding, ...]:
    """Return what the rules over a training find, and those over the last probe of it."""
    found = diagnose_run(run)
    return (*found, *diagnose(run.probes[-1].measurements)) if run.probes else found


def state_of(run: TrainingRun) -> str:
    """Return in words how far the run is, and whether it came to its end."""
    ends = "finished" if run.finished else "not finished (it goes on, or was killed)"
    broken = next((i for i in run.incidents if i.kind == "error"), None)
    if broken is not None:
        ends = f"ended by {plain(broken.message)}"
    return f"{plural(run.steps, 'step')}, {plural(len(run.epochs), 'epoch')}, {ends}"


def _visit(run: TrainingRun, findings: Sequence[Finding]) -> Visit:
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        verdict = Verdict.SICK
    elif Severity.WARNING in severities:
        verdict = Verdict.WATCH
    else:
        verdict = Verdict.HEALTHY if _learns(run) else Verdict.UNKNOWN
    sure = "certain" if any(f.certain for f in findings) else "likely"
    return Visit(
        verdict=verdict,
        measurements=run.probes[-1].measurements if run.probes else None,
        reason=findings[0].message if findings else "nothing was found in the samples",
        certainty="possible" if verdict is Verdict.WATCH else sure,
        findings=tuple(findings),
        prescriptions=prescribe(run.probes[-1].measurements, findings) if run.probes else (),
    )


def _learns(run: TrainingRun) -> bool:
    """Whether the loss has fallen: without it, silence of the rules is no health."""
    losses = [s.loss for s in run.samples if s.loss is not None and math.isfinite(s.loss)]
    return len(losses) > 1 and min(losses[1:]) < losses[0] - LEAST_FALL * abs(losses[0])


def _blocks(run: TrainingRun, visit: Visit, name: str) -> Iterator[Block]:
    if visit.findings and visit.verdict is not Verdict.HEALTHY:
        yield headline_of(visit, name)
    else:
        yield Headline(lines=tuple(_quiet(run, visit, name)), tone=VERDICT_TONES[visit.verdict])
    if visit.findings:
        yield Heading(text=f"what was found ({plain(visit.certainty)})")
        yield from blocks_of(visit)
        yield from cures_of(visit)
    curve = _loss(run, visit.findings)
    yield from [curve] if curve else []
    yield from (Note(text=_incident(i.step, i.message, i.file)) for i in run.incidents)
    yield Note(text=_facts(run))


def _quiet(run: TrainingRun, visit: Visit, name: str) -> Iterator[tuple[str, str]]:
    if not run.samples:
        yield visit.verdict.value, f"{name}: no step was sampled; {state_of(run)}"
        return
    losses = [sample.loss for sample in run.samples if sample.loss is not None]
    course = f"loss {loss(losses[0])} → {loss(losses[-1])}" if losses else "no loss in the logs"
    yield visit.verdict.value, f"{name}: {course}"
    yield "", f"nothing found in {plural(len(run.samples), 'sampled step')}; {state_of(run)}"
    if visit.verdict is Verdict.UNKNOWN:
        yield "try", "`gradmend check` on the model: the loss does not fall, and no sample says why"


def _incident(step: int, message: str, file: str | None) -> str:
    kept = f" (kept in {plain(file)})" if file else ""
    return f"step {step:,}: {plain(message)}{kept}"


def _facts(run: TrainingRun) -> str:
    rate = "" if run.learning_rate is None else f", learning rate {number(run.learning_rate)}"
    clip = "" if run.clip is None else f", {plain(run.clip)}={run.clip_limit:g}"
    parts = (
        f"{plain(run.backend)}, keras {plain(run.keras_version)}",
        f"{plain(run.optimizer)}{rate}{clip}",
        state_of(run),
        f"{plural(len(run.samples), 'sampled step')} ({plain(run.update_freq)})",
        f"began {plain(run.started)}",
    )
    return " · ".join(parts)


def _atlas(run: TrainingRun, findings: Sequence[Finding]) -> Iterator[Block]:
    pictures = (_loss(run, findings), _norm(run, findings))
    yield from (picture for picture in pictures if picture is not None)
    yield from heat_maps(run)
    if run.probes:
        last = run.probes[-1].measurements
        visit = replace(_visit(run, findings), measurements=last)
        yield from (block for block in atlas_of(visit) if not isinstance(block, Recipe))
    yield Recipe(
        facts=(
            ("run", plain(run.name)),
            ("model", plain(run.model)),
            ("began", plain(run.started)),
        ),
        lines=(f"gradmend report {plain(run.name)}.sqlite",),
    )


def _pins(run: TrainingRun, findings: Sequence[Finding]) -> tuple[tuple[int, str], ...]:
    pins = {
        int(evidence.value): f"{finding.code} {finding.name}"
        for finding in reversed(findings)
        for evidence in finding.evidence
        if evidence.name in AT and math.isfinite(evidence.value)
    }
    for incident in run.incidents:
        if incident.kind != "note":
            pins.setdefault(incident.step, plain(incident.kind))
    return tuple(sorted(pins.items())[:MOST_PINS])


def _loss(run: TrainingRun, findings: Sequence[Finding]) -> Curve | None:
    points = [(s.step, s.loss) for s in run.samples if s.loss is not None]
    if not points:
        return None
    first, last = loss(points[0][1]), loss(points[-1][1])
    return _curve(f"loss {first} → {last}, the mean over the epoch so far", points, run, findings)


def _norm(run: TrainingRun, findings: Sequence[Finding]) -> Curve | None:
    points = [(s.step, s.grad_norm) for s in run.samples]
    if not points:
        return None
    caption = "gradient norm of all weights together, before clipping"
    return _curve(caption, points, run, findings, quantity="gradient norm")


def _curve(
    caption: str,
    points: Sequence[tuple[int, float]],
    run: TrainingRun,
    findings: Sequence[Finding],
    quantity: str = "loss",
) -> Curve:
    steps, values = zip(*points, strict=True)
    return Curve(
        caption=caption, steps=steps, values=values, pins=_pins(run, findings), quantity=quantity
    )


def heat_maps(run: TrainingRun, columns: int = COLUMNS) -> Iterator[HeatMap]:
    """Return how gradient, step, saturation and death went, layer by layer and stretch by stretch.

    Each cell is the largest value of its stretch of samples, so that no spike is lost.
    """
    paths = [weight.path.removeprefix(f"{run.model}/") for weight in run.weights]
    gradients = [[w.gradient_norm for w in sample.weights] for sample in run.samples]
    updates = [[w.update_ratio for w in sample.weights] for sample in run.samples]
    steps = [sample.step for sample in run.samples]
    for caption, table in (
        ("gradient norm of each weight through training", gradients),
        ("step of each weight through training, as a share of it", updates),
    ):
        rows = _heat_rows(paths, table, columns)
        if rows:
            yield HeatMap(caption=caption, steps=_starts(steps, columns), rows=rows, log=True)
    yield from layer_maps(run, columns)


def layer_maps(run: TrainingRun, columns: int = COLUMNS) -> Iterator[HeatMap]:
    """Return how dead and saturated units went, over the samples that looked at the layers."""
    looks = [sample for sample in run.samples if sample.layers]
    if not looks:
        return
    names = [layer.path for layer in looks[-1].layers]
    steps = _starts([sample.step for sample in looks], columns)
    for caption, table in (
        ("dead units through training", [[la.dead_share for la in s.layers] for s in looks]),
        ("saturated units through training", [[la.saturated for la in s.layers] for s in looks]),
    ):
        rows = _heat_rows(names, table, columns)
        if rows:
            yield HeatMap(caption=caption, steps=steps, rows=rows, log=False)


def _starts(steps: Sequence[int], columns: int) -> tuple[int, ...]:
    return tuple(steps[i] for i in range(0, len(steps), -(-len(steps) // columns)))


def _heat_rows(
    names: Sequence[str], table: Sequence[Sequence[float | None]], columns: int
) -> tuple[HeatRow, ...]:
    size = -(-len(table) // columns) if table else 1
    rows = []
    for place, name in enumerate(names):
        course = [line[place] if place < len(line) else None for line in table]
        cells = [_largest(course[i : i + size]) for i in range(0, len(course), size)]
        if any(cell is not None for cell in cells):
            rows.append(HeatRow(label=plain(name), values=tuple(cells)))
    return tuple(rows)


def _largest(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return next((v for v in known if not math.isfinite(v)), max(known, default=None))
