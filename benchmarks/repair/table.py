"""The table of all arms, and the list of what `mend` did not cure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.repair.cases import FAMILIES
from benchmarks.repair.store import Row
from benchmarks.repair.treat import ORIGINAL

ARMS = ("mend", "autotrainer", "random", "lower-rate", "placebo")
SICK = "sick"
HEADINGS = ("cases", "arm", "cured", "of the detected", "skill after", "times one training",
            "trainings", "changes")  # fmt: skip


def markdown(rows: Sequence[Row]) -> str:
    """All that is told of a run."""
    lines = [f"| {' | '.join(HEADINGS)} |", "|---" * len(HEADINGS) + "|"]
    for family in FAMILIES:
        lines += _family([row for row in rows if row["family"] == family], family)
    lines += ["", "## Left out", "", *_left_out(rows)]
    return "\n".join([*lines, "", "## Not cured by mend", "", *_not_cured(rows)]) + "\n"


def _family(rows: Sequence[Row], family: str) -> Iterator[str]:
    """One line per arm, over the cases that every arm has been through."""
    sick = {_key(r): r for r in rows if r["arm"] == ORIGINAL and r.get("truth") == SICK}
    tried = {arm: {_key(r): r for r in rows if r["arm"] == arm} for arm in ARMS}
    whole = [key for key in sick if all(key in tried[arm] for arm in ARMS)]
    if not whole:
        return
    seen = {key for key in whole if sick[key]["verdict"] == SICK}
    for arm in ARMS:
        mine = [tried[arm][key] for key in whole if key in tried[arm]]
        cured = {_key(row) for row in mine if row["cured"]}
        costs = (_middle(mine, field) for field in ("times_plain", "trainings", "changes"))
        shares = (_share(len(cured), len(whole)), _share(len(cured & seen), len(seen)))
        cells = (*shares, _skill(mine), *costs)
        yield f"| {family} ({len(whole)}) | {arm} | " + " | ".join(cells) + " |"


def _skill(rows: Sequence[Row]) -> str:
    """The median over the cases of the median over the seeds."""
    after = [median(row["skills"]) for row in rows if "skills" in row]
    return f"{median(after):.2f}" if after else "-"


def _key(row: Row) -> tuple[str, int]:
    return row["case"], row["seed"]


def _middle(rows: Sequence[Row], field: str) -> str:
    numbers = [row[field] for row in rows if field in row]
    return f"{median(numbers):.3g}" if numbers else "-"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} % ({part}/{whole})" if whole else "-"


def _left_out(rows: Sequence[Row]) -> Iterator[str]:
    """Candidates that are not sick in truth, counted by what they are."""
    for family in FAMILIES:
        truths = [
            row.get("truth", "error")
            for row in rows
            if row["arm"] == ORIGINAL and row["family"] == family and row.get("truth") != SICK
        ]
        if truths:
            counts = ", ".join(f"{truths.count(t)} {t}" for t in sorted(set(truths)))
            yield f"- {family}: {counts}"


def _not_cured(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row["arm"] == "mend" and not row["cured"]:
            yield f"- **{row['case']}** ({row['family']}): {_why(row)}"


def _why(row: Row) -> str:
    if "error" in row:
        return str(row["error"])
    notes = row.get("notes", {})
    found = ", ".join(notes.get("found", ())) or "nothing found"
    scores = {k: v for k, v in notes.get("scores", {}).items() if isinstance(v, float)}
    best = min(scores, key=lambda name: scores[name], default=None)
    tried = "nothing could be tried" if best is None else f"best {best} {scores[best]:g}"
    return (
        f"{notes.get('outcome')}, chose {row['chosen']}, better on {row['better']} of "
        f"{len(row['skills'])} seeds; {found}; {tried}"
    )
