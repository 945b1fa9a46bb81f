"""One document, four forms: what one of them states, all of them state."""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Callable, Iterator

import pytest

from gradmend.records import Visit
from gradmend.report.blocks import Changes, Curve, FindingBlock, Headline, Note, Paragraph
from gradmend.report.document import Document, document_of
from gradmend.report.forms import FORMS
from gradmend.report.json import dumps
from tests.report.patients import PATIENTS


def words(text: str) -> str:
    """Text without layout: one space between words, no words broken over lines."""
    return re.sub(r"\s+", " ", text)


def read_html(text: str) -> str:
    body = re.sub(r"<(style|script)>.*?</\1>", " ", text, flags=re.DOTALL)
    body = re.sub(r"</?(code|ins|del|span)[^>]*>", "", body)
    return words(entities.unescape(re.sub(r"<[^>]+>", " ", body)))


def read_markdown(text: str) -> str:
    plain = re.sub(r"\\([\\*\[\]|~#_`])", r"\1", text).replace("`", "")
    return words(entities.unescape(re.sub(r"<br>|</?details>|</?summary>", " ", plain)))


READERS: dict[str, Callable[[str], str]] = {
    ".html": read_html,
    ".md": read_markdown,
    ".txt": lambda text: words(text).replace("`", ""),
}


def facts(document: Document) -> Iterator[str]:
    """Every text that a reader must find, whatever the form."""
    for block in document.blocks:
        if isinstance(block, Headline):
            yield from (text.removeprefix(f"{document.title}: ") for _, text in block.lines)
        elif isinstance(block, FindingBlock):
            yield from (block.code, block.name, block.message, *block.consequences)
            yield from (text for _, text in block.facts)
        elif isinstance(block, Changes):
            yield from (block.title, block.remark, *(code for _, code in block.lines))
        elif isinstance(block, Note | Paragraph):
            yield block.text
        elif isinstance(block, Curve):
            yield block.caption


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("name", [name for name in PATIENTS if name != "very_deep"])
def test_every_form_states_every_fact(name: str, form: str) -> None:
    document = document_of(PATIENTS[name](), title="train.py")
    shown = READERS[form](FORMS[form]([document])).lower()
    told = [fact for fact in facts(document) if fact]
    assert told
    for fact in told:
        assert words(fact).replace("`", "").strip().lower() in shown, fact


@pytest.mark.parametrize("make", PATIENTS.values(), ids=PATIENTS)
def test_json_holds_what_the_others_tell(make: Callable[[], Visit]) -> None:
    visit = make()
    data = json.loads(dumps(visit))
    assert data["verdict"] == visit.verdict.value
    assert [f["message"] for f in data["findings"]] == [f.message for f in visit.findings]
    for told, prescription in zip(data["prescriptions"], visit.prescriptions, strict=True):
        assert told["after"] == list(prescription.after)


def test_the_readers_do_not_find_what_is_not_there() -> None:
    document = document_of(PATIENTS["healthy"](), title="train.py")
    for form, read in READERS.items():
        assert "the gradient vanishes" not in read(FORMS[form]([document]))
