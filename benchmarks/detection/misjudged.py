"""The cases that went wrong, each on one line with the numbers that matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.detection.judge import Judged

from gradmend.records import Verdict


def misjudged(cases: Sequence[Judged]) -> Iterator[str]:
    """Yield a line for each missed, misnamed or falsely alarmed case."""
    for heading, wrong in _kinds(cases).items():
        yield f"\n## {heading} ({len(wrong)})\n"
        yield from (_line(case) for case in wrong)


def _kinds(cases: Sequence[Judged]) -> dict[str, list[Judged]]:
    sick = [case for case in cases if case.truth == "sick"]
    healthy = [case for case in cases if case.truth == "healthy"]
    return {
        "False alarms: healthy, called sick": [c for c in healthy if c.detected],
        "Missed: sick, not called sick": [c for c in sick if not c.detected],
        "Misnamed: called sick, another cause first": [
            c for c in sick if c.detected and not c.cause_right
        ],
        "Misplaced: right cause, wrong layer": [
            c for c in sick if c.detected and c.cause_right and c.layer_right is False
        ],
        "Healthy, called watch or unknown": [
            c for c in healthy if c.visit.verdict in (Verdict.WATCH, Verdict.UNKNOWN)
        ],
        "Learned as well as its twin, called sick": [
            c for c in cases if c.truth == "survived" and c.detected
        ],
    }


def _line(case: Judged) -> str:
    record = case.record
    found = " ".join(
        f"{f.code}{f.severity.value[0].upper()}:{f.cause.value}"
        + (f"<{f.explained_by}" if f.explained_by else "")
        for f in case.visit.findings
    )
    skill = "-" if record["skill"] is None else f"{record['skill']:.2f}"
    wanted = "/".join(record["causes"]) or "healthy"
    error = f" raised {record['error'][:80]}" if record["error"] else ""
    return (
        f"- **{record['name']}** s{record['seed']} want {wanted}, skill {skill}: "
        f"{case.visit.verdict.value} [{found}] {_numbers(case)}{error}"
    )


def _numbers(case: Judged) -> str:
    m = case.measurements
    if m is None:
        return case.visit.reason
    parts = []
    if m.course is not None and m.course.losses:
        c = m.course
        parts.append(f"loss {c.losses[0]:.3g}→{c.losses[-1]:.3g} trivial {_short(c.trivial)}")
        parts.append(f"final {_short(c.final_data_loss)}/{_short(c.final_trivial)}")
        parts.append(f"{c.total_steps} steps")
    if m.rehearsal is not None:
        r = m.rehearsal.losses
        parts.append(f"reh {r[0]:.3g},{r[1] if len(r) > 1 else 0:.3g}→{r[-1]:.3g}")
    if m.optimizer is not None and m.optimizer.learning_rate is not None:
        parts.append(f"{m.optimizer.name} {m.optimizer.learning_rate:.2g}")
    if m.inputs:
        parts.append(f"x rms {m.inputs[0].rms:.2g}")
    return "; ".join(parts)


def _short(value: float | None) -> str:
    return "?" if value is None else f"{value:.3g}"
