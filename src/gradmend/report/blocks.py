"""The few kinds of block a report is made of. Every text is chosen; renderers only lay out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How loud a text is."""

    BAD = "bad"
    CAREFUL = "careful"
    GOOD = "good"
    PLAIN = "plain"
    QUIET = "quiet"


@dataclass(frozen=True, kw_only=True, slots=True)
class Headline:
    """The first lines of a report, the most important first: (label, text) each."""

    lines: tuple[tuple[str, str], ...]
    tone: Tone


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """The title of what follows."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """Running text."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A remark in the margin: a limit of what was seen, or the measured facts."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingBlock:
    """One finding. `facts` are (label, text) pairs; `consequences` one line each."""

    code: str
    name: str
    severity: str
    tone: Tone
    message: str
    facts: tuple[tuple[str, str], ...] = ()
    layers: tuple[str, ...] = ()
    consequences: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DepthRow:
    """One layer call, or several beside each other when a renderer groups them.

    `gradient` is None where there is no positive finite norm to draw; `word` then
    says what stands in its place ("zero", "nan", "not seen", "fused with the loss").
    """

    label: str
    gradient: float | None
    word: str = ""
    rms: float | None = None
    marked: bool = False
    calls: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class DepthProfile:
    """The gradient's way through depth, input first."""

    caption: str
    rows: tuple[DepthRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeProfile:
    """The gradient's way through time at one recurrent layer, first step first.

    `words` are what the sequence says at each step, to stand under the steps; `before`
    the norms of the same layer before it was mended. Both may be empty.
    """

    label: str
    norms: tuple[float, ...]
    remark: str
    marked: bool = False
    words: tuple[str, ...] = ()
    before: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """The loss through training, with a level to compare it with.

    `pins` are (step, text) pairs: what begins there.
    """

    caption: str
    steps: tuple[int, ...]
    values: tuple[float, ...]
    level: float | None = None
    level_name: str = ""
    pins: tuple[tuple[int, str], ...] = ()
    quantity: str = "loss"


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """One thing to try. `lines` are (sign, code): "- " before, "+ " after, "  " unchanged."""

    title: str
    remark: str = ""
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightRow:
    """One weight: its size, its gradient and one step, both relative to its size."""

    label: str
    rms: float
    relative_gradient: float | None = None
    update_ratio: float | None = None
    marked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightProfile:
    """Weights and the steps they take, in the order of the model."""

    caption: str
    rows: tuple[WeightRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitRow:
    """The units of one layer call, as shares in 0..1; None where the share has no meaning."""

    label: str
    saturated: float | None = None
    dead: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitStrip:
    """Where units are saturated or dead, input first."""

    caption: str
    rows: tuple[UnitRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatRow:
    """One layer or weight through training; None where nothing was measured."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatMap:
    """A number of every layer through training. `steps[i]` begins the stretch of column i.

    With `log` the numbers are sizes, drawn in decades; without, shares in 0..1.
    """

    caption: str
    steps: tuple[int, ...]
    rows: tuple[HeatRow, ...]
    log: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class GraphNode:
    """One layer call of the model, with its health as a tone and a word."""

    label: str
    kind: str
    tone: Tone
    word: str
    reads: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelGraph:
    """The layer calls in the order of the forward pass; `reads` are places in `nodes`."""

    caption: str
    nodes: tuple[GraphNode, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialRow:
    """One arm of a trial: the mean score, and the score of every seed."""

    label: str
    score: float
    spread: float | None
    seeds: tuple[float, ...] = ()
    word: str = ""
    marked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialTable:
    """All arms of a trial, the placebo first; a score of 1 learned nothing."""

    caption: str
    rows: tuple[TrialRow, ...]
    remark: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Numbers as text, for whoever wants all of them."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How to see this again: what was installed, and the lines to type."""

    facts: tuple[tuple[str, str], ...]
    lines: tuple[str, ...] = ()


Picture = (
    DepthProfile
    | TimeProfile
    | Curve
    | WeightProfile
    | UnitStrip
    | HeatMap
    | ModelGraph
    | TrialTable
)
Block = (
    Headline
    | Heading
    | Paragraph
    | Note
    | FindingBlock
    | DepthProfile
    | TimeProfile
    | Curve
    | Changes
    | WeightProfile
    | UnitStrip
    | HeatMap
    | ModelGraph
    | TrialTable
    | Table
    | Recipe
)
