"""The page: safe whatever a layer is called, complete without its charts, loading nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from gradmend.records import Visit
from gradmend.report import html
from gradmend.report.document import Document, document_of
from tests.report.patients import PATIENTS, dead_relu, deep_sigmoid, healthy, measured, unknown

EVIL = "</script><script>alert(1)</script>"
ATTRIBUTE = "\" onload='alert(2)' x=\"&lt;"


class Tags(HTMLParser):
    """The tags of a page with their attributes, as a browser finds them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def page(visit: Visit, title: str = "train.py") -> str:
    return html.page([document_of(visit, title=title)])


def attacked() -> Visit:
    visit = dead_relu()
    names = {f"{EVIL}{i}": 10.0**-i for i in range(3)} | {ATTRIBUTE: 1.0}
    root = replace(
        visit.findings[0], where=tuple(names), message=f"blocked by {EVIL}", name=ATTRIBUTE
    )
    cure = replace(visit.prescriptions[0], title=EVIL, before=(EVIL,), after=(ATTRIBUTE,))
    course = replace(healthy().measurements.course, error=EVIL)  # type: ignore[union-attr]  # has one
    return replace(
        visit,
        reason=EVIL,
        findings=(root,),
        prescriptions=(cure,),
        measurements=measured(names, notes=(EVIL, ATTRIBUTE), course=course),
    )


def test_hostile_names_stay_text() -> None:
    text = page(attacked(), title=EVIL)
    tags = Tags(text)
    assert EVIL not in text
    assert len(tags.named("script")) == 1  # our own
    assert not [a for _, attributes in tags.found for a in attributes if a.startswith("on")]
    assert "alert(1)" in text  # the name is still shown


def test_hostile_names_stay_text_in_a_cell() -> None:
    tags = Tags(html.cell(document_of(attacked(), title=EVIL)))
    assert not tags.named("script")
    assert not [a for _, attributes in tags.found for a in attributes if a.startswith("on")]


@pytest.mark.parametrize("name", ["deep_sigmoid", "exploding_rnn", "healthy", "unknown"])
def test_nothing_is_loaded_from_anywhere(name: str) -> None:
    tags = Tags(page(PATIENTS[name]()))
    for tag, attributes in tags.found:
        assert not {"src", "srcset", "poster", "data"} & attributes.keys(), tag
        assert (attributes.get("href") or "#").startswith("#")
    text = page(PATIENTS[name]())
    assert "url(" not in text
    assert "@import" not in text
    policy = tags.named("meta")[1]["content"] or ""
    assert policy.startswith("default-src 'none'")
    assert "script-src 'sha256-" in policy


def test_every_chart_has_its_table_and_every_table_its_header() -> None:
    text = page(deep_sigmoid())
    figures = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert len(figures) == 4  # depth, loss, weights, graph
    for figure in figures:
        assert figure.count("<svg") == 2  # a wide one and one for phones
        assert '<th scope="col">' in figure
        assert '<th scope="row">' in figure
        assert "<figcaption>" in figure


def test_headings_go_down_one_level_at_a_time() -> None:
    for text in (page(deep_sigmoid()), html.page(_two(), title="train.py")):
        levels = [int(tag[1]) for tag, _ in Tags(text).found if re.fullmatch(r"h\d", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))


def _two() -> list[Document]:
    return [document_of(deep_sigmoid(), title="fit 1"), document_of(healthy(), title="fit 2")]


def test_several_trainings_have_a_table_of_contents() -> None:
    text = html.page(_two(), title="train.py")
    tags = Tags(text)
    ids = {attributes.get("id") for attributes in tags.named("article")}
    assert {f"#{name}" for name in ids} == {a["href"] for a in tags.named("a")}
    assert len(ids) == 2


def test_no_id_stands_twice() -> None:
    text = html.page(_two(), title="train.py")
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_without_the_library_the_tables_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "drawable", lambda: False)
    text = page(deep_sigmoid())
    assert "<svg" not in text
    assert html.NO_CHARTS in text
    assert text.count("<details open>") == 4


def test_a_thousand_layers_stay_under_the_limit() -> None:
    assert len(page(deep_sigmoid(1000)).encode()) < 3_000_000


def test_the_first_screen_says_it_all() -> None:
    head = re.search(r"<header.*?</header>", page(deep_sigmoid()), re.DOTALL)
    assert head
    for part in ("sick", "gradient vanishes", "cause: activation", "use relu", "how sure"):
        assert part in head[0]


def test_what_was_not_judged_claims_no_certainty() -> None:
    assert "how sure" not in page(unknown())
