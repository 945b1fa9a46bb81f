"""MkDocs hook: one page with the tables that the benchmarks wrote, as they wrote them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
RESULTS = BENCHMARKS / "results"
BACKENDS = ("jax", "tensorflow", "torch")
ADDRESS = "measured.md"
HEAD = """# What was measured

Tables as the programs in `benchmarks/` wrote them, on a machine with two cores and no GPU. Times
are ratios within one run, plain and watched by turns; each program says in its first lines how it
measures and how to run it again. Noise of a few percent is left in them.
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page."""
    files.append(File.generated(config, ADDRESS, content=measured_page()))
    return files


def measured_page() -> str:
    """Return the page; a benchmark without results has no section."""
    sections: tuple[tuple[str, Callable[[], str]], ...] = (
        ("Does it find what is wrong?", _detection),
        ("Does it say the same from other starting weights?", _stability),
        ("Do its cures help?", _repair),
        ("Recurrent networks that forget", _memory),
        ("What a monitor costs", _overhead),
        ("What a check-up costs", _check_cost),
        ("What following the gradient through time costs", _through_time),
        ("What judging costs", _judging),
        ("A run that is killed", _kills),
    )
    told = [(title, section()) for title, section in sections]
    return "\n".join([HEAD, *(f"## {title}\n\n{text}\n" for title, text in told if text)])


def _detection() -> str:
    told = []
    for file in sorted((BENCHMARKS / "detection" / "results").glob("detection_*.md")):
        text = file.read_text().partition("\n## By fault")[0]
        told.append(text.replace("\n## ", "\n#### ").replace("# Detection", "### Detection", 1))
    if not told:
        return ""
    about = (
        "Sick and healthy programs, trained as `gradmend run` sees them; `test` was split off by a "
        "hash and is looked at only to report. The other rules are published ones, run on the same "
        "measurements."
    )
    return "\n\n".join([about, *told])


def _stability() -> str:
    found = [_read(f"stability_{backend}.json") for backend in BACKENDS]
    keys = ("backend", "patients", "visits", "right on every seed", "one verdict and cause")
    rows = [
        (
            *(one[key] for key in keys),
            ", ".join(one["differs"]) or "-",
            ", ".join(one["wrong"]) or "-",
        )
        for one in found
        if one is not None
    ]
    if not rows:
        return ""
    about = (
        "Every patient of the gallery, from ten seeds: which differ, and which are judged wrong."
    )
    return f"{about}\n\n" + _table((*keys, "differs", "wrong"), rows)


def _repair() -> str:
    files = sorted((BENCHMARKS / "repair" / "results").glob("*.md"))
    texts = [file.read_text().replace("\n## ", "\n#### ").strip() for file in files]
    about = (
        "Sick programs given to `gradmend.mend` and to other ways of choosing a repair. Cured: "
        "better than the original by more than its spread, and than a constant, on at least "
        "four of five seeds that no arm has seen. Real and gallery cases were looked at while the "
        "cures were built."
    )
    return "\n\n".join([about, *(f"##{text}" for text in texts)]) if texts else ""


def _memory() -> str:
    rows = _read("memory_jax.json")
    if rows is None:
        return ""
    lines = [
        (row["network"], row["steps"], _shares(row["sick"]), _shares(row["mended"]),
         ", ".join(row["by"]), row["seconds"])
        for row in rows
    ]  # fmt: skip
    head = ("network", "steps", "accuracy before", "accuracy after", "by", "seconds")
    return "The agreement language, one number per seed, chance is 0.5 (JAX).\n\n" + _table(
        head, lines
    )


def _shares(values: Iterable[float]) -> str:
    return " ".join(f"{value:.2f}" for value in values) or "no cure needed or found"


def _overhead() -> str:
    found = {backend: _read(f"overhead_{backend}.json") for backend in BACKENDS}
    known = {name: result["results"] for name, result in found.items() if result is not None}
    pairs = sorted(
        {(load, way) for loads in known.values() for load in loads for way in loads[load]}
    )
    rows = [
        (load, way, *(_ratio(loads.get(load, {}).get(way)) for loads in known.values()))
        for load, way in pairs
        if way != "plain"
    ]
    if not rows:
        return ""
    about = "Time of `fit` over that of a plain `fit`: median (quartiles) of rounds by turns."
    return f"{about}\n\n" + _table(("workload", "way", *known), rows)


def _ratio(one: dict[str, Any] | None) -> str:
    if one is None:
        return "-"
    low, high = one["quartiles"]
    return f"{one['ratio']:.2f} ({low:.2f}-{high:.2f})"


def _check_cost() -> str:
    rows = []
    for backend in BACKENDS:
        found = _read(f"check_cost_{backend}.json")
        for row in found["rows"] if found else ():
            cells = [f"{row[key]['ratio']:.2f}" for key in ("first", "compile", "run", "memory")]
            rows.append((backend, row["model"], *cells))
    if not rows:
        return ""
    about = (
        "One check-up over one plain training step of the same model: all included to the verdict, "
        "compiling alone, one more step once compiled, peak memory."
    )
    head = ("backend", "model", "to the verdict", "compile", "run", "memory")
    return f"{about}\n\n" + _table(head, rows)


def _through_time() -> str:
    rows, slopes = [], []
    for backend in BACKENDS:
        found = _read(f"through_time_{backend}.json")
        if found is None:
            continue
        slopes.append(f"{backend} {found['slope']['run']:.2f}")
        least = found["rows"][0]["run"]
        for row in found["rows"]:
            cells = [f"{row['run'] / least:.1f}", f"{row['run'] / row['plain']:.1f}"]
            rows.append(
                (backend, int(row["steps"]), *cells, f"{row['first']:.1f}", f"{row['memory']:.0f}")
            )
    if not rows:
        return ""
    about = (
        "One pass of `through_time=True` over an LSTM(32) and 32 sequences, once compiled. Time "
        f"grows with the steps to the power of: {', '.join(slopes)}; 1 is linear."
    )
    head = ("backend", "steps", "times the shortest", "times a training step", "check, s", "MB")
    return f"{about}\n\n" + _table(head, rows)


def _judging() -> str:
    found = _read("judge_cost.json")
    if found is None:
        return ""
    return (
        f"All rules on measurements of {found['calls']} layer calls and {found['weights']} "
        f"weights: {found['milliseconds']} ms, no framework imported."
    )


def _kills() -> str:
    found = _read("kills.json")
    if not found:
        return ""
    whole = sum(run["whole"] for run in found)
    return f"`kill -9` at random moments: {whole} of {len(found)} run stores opened whole."


def _read(name: str) -> Any:
    file = RESULTS / name
    return json.loads(file.read_text()) if file.exists() else None


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines: list[Sequence[object]] = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)
