"""Counts, shares and the tables made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.detection.judge import HEALTHY_KINDS, Judged
from benchmarks.detection.published import RULE_SETS, seen_in

from gradmend.records import Verdict

GROUPS = {"real": ("real",), "seeded": ("seeded",), "healthy": HEALTHY_KINDS}


def share(part: int, whole: int) -> dict[str, Any]:
    """A share with the counts behind it."""
    return {"count": part, "of": whole, "share": round(part / whole, 4) if whole else None}


def figures(cases: Sequence[Judged]) -> dict[str, Any]:
    """Everything that is reported about gradmend on some cases."""
    sick = [case for case in cases if case.truth == "sick"]
    found: dict[str, Any] = {"truth": _counts(cases)}
    for group in ("real", "seeded"):
        found[group] = _on_sick([case for case in sick if case.record["kind"] in GROUPS[group]])
    healthy = [case for case in cases if case.truth == "healthy"]
    found["healthy"] = {
        "cases": len({case.record["name"] for case in healthy}),
        "false alarms": _verdicts(healthy, Verdict.SICK),
        "watch": _verdicts(healthy, Verdict.WATCH),
    }
    for truth in ("survived", "hurt"):
        odd = [case for case in cases if case.truth == truth]
        found[truth] = {
            "sick": _verdicts(odd, Verdict.SICK),
            "watch": _verdicts(odd, Verdict.WATCH),
        }
    return found


def _counts(cases: Sequence[Judged]) -> dict[str, int]:
    truths = [case.truth for case in cases]
    return {truth: truths.count(truth) for truth in sorted(set(truths))}


def _on_sick(sick: list[Judged]) -> dict[str, Any]:
    placed = [case for case in sick if case.detected and case.layer_right is not None]
    return {
        "cases": len({case.record["name"] for case in sick}),
        "recall": share(sum(case.detected for case in sick), len(sick)),
        "watch": _verdicts(sick, Verdict.WATCH),
        "root cause first": share(sum(c.detected and c.cause_right for c in sick), len(sick)),
        "right layer": share(sum(bool(case.layer_right) for case in placed), len(placed)),
    }


def _verdicts(cases: Sequence[Judged], verdict: Verdict) -> dict[str, Any]:
    return share(sum(case.visit.verdict is verdict for case in cases), len(cases))


def published(cases: Sequence[Judged]) -> dict[str, Any]:
    """Recall and false alarms of the published rule sets on the same cases."""
    counted = [case for case in cases if case.truth in ("sick", "healthy")]
    seen = [(case, seen_in(case.record)) for case in counted]
    return {name: _of_rules(rules, seen) for name, rules in RULE_SETS.items()}


def _of_rules(rules: Callable[[Any], list[str]], seen: list[tuple[Judged, Any]]) -> dict[str, Any]:
    def flagged(case_seen: Any) -> bool:
        return case_seen is not None and bool(rules(case_seen))

    row: dict[str, Any] = {}
    for group, kinds in GROUPS.items():
        truth = "healthy" if group == "healthy" else "sick"
        # The programs of the gallery carry no skill, which AUTOTRAINER waits for.
        inside = [s for c, s in seen if c.record["kind"] in kinds and c.truth == truth]
        row[group] = share(sum(flagged(s) for s in inside), len(inside))
    return row


def by_fault(cases: Sequence[Judged]) -> list[dict[str, Any]]:
    """One row per fault: how often it made a program sick, was seen, and was named right."""
    faults: dict[str, list[Judged]] = {}
    for case in cases:
        if case.record["kind"] == "seeded":
            faults.setdefault(case.record["name"].partition("+")[2], []).append(case)
    rows = []
    for name, group in faults.items():
        sick = [case for case in group if case.truth == "sick"]
        rows.append(
            {
                "fault": name,
                "trained": len(group),
                "sick": len(sick),
                "seen": sum(case.detected for case in sick),
                "named": sum(case.detected and case.cause_right for case in sick),
                "placed": sum(bool(case.detected and case.layer_right) for case in sick),
            }
        )
    return rows


def percent(cell: dict[str, Any]) -> str:
    """A share as it stands in a table."""
    if cell["share"] is None:
        return "-"
    return f"{100 * cell['share']:.1f} % ({cell['count']}/{cell['of']})"


def markdown(results: dict[str, Any]) -> str:
    """The tables of one run as Markdown."""
    lines = [f"# Detection, {results['about']}", ""]
    for split, found in results["splits"].items():
        lines += [f"## {split}", "", *_summary(found), "", *_against(found), ""]
    lines += ["## By fault", "", *_faults(results["faults"])]
    return "\n".join(lines) + "\n"


def _summary(found: dict[str, Any]) -> list[str]:
    lines = [
        "| cases | called sick | called watch | root cause first | right layer |",
        "|---|---|---|---|---|",
    ]
    for group in ("real", "seeded"):
        row = found[group]
        cells = [percent(row[k]) for k in ("recall", "watch", "root cause first", "right layer")]
        lines.append(f"| {group}, sick ({row['cases']}) | " + " | ".join(cells) + " |")
    row = found["healthy"]
    alarms, watched = percent(row["false alarms"]), percent(row["watch"])
    lines.append(f"| healthy ({row['cases']}) | {alarms} | {watched} | | |")
    for truth in ("survived", "hurt"):
        row = found[truth]
        lines.append(f"| {truth} | {percent(row['sick'])} | {percent(row['watch'])} | | |")
    return lines


def _against(found: dict[str, Any]) -> list[str]:
    lines = ["| rules | real, sick | seeded, sick | healthy: false alarms |", "|---|---|---|---|"]
    own = [found["real"]["recall"], found["seeded"]["recall"], found["healthy"]["false alarms"]]
    lines.append("| **gradmend** | " + " | ".join(percent(cell) for cell in own) + " |")
    for name, row in found["published"].items():
        cells = [percent(row[group]) for group in GROUPS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _faults(rows: list[dict[str, Any]]) -> list[str]:
    keys = ("fault", "trained", "sick", "seen", "named", "placed")
    lines = ["| " + " | ".join(keys) + " |", "|---" * len(keys) + "|"]
    return lines + ["| " + " | ".join(str(row[key]) for key in keys) + " |" for row in rows]
