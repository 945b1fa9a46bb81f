"""The comment for a review: short enough, and nothing in it is more than text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gradmend.report.document import document_of
from gradmend.report.markdown import FITS, MOST_ROWS, escaped, fenced, markdown
from tests.report.patients import dead_relu, deep_sigmoid, healthy, hostile, very_deep


def test_it_reads_as_a_comment() -> None:
    text = markdown([document_of(deep_sigmoid(), title="train.py")])
    assert text.startswith("### sick · train.py: the gradient vanishes toward the first layers\n")
    assert "**try** use relu with he\\_normal" in text or "**try** use relu with he_normal" in text
    assert '```diff\n- layers.Dense(64, activation="sigmoid")\n+ layers' in text
    assert "<details><summary>the gradient through depth, input first</summary>\n\n|" in text


def test_many_layers_are_grouped() -> None:
    text = markdown([document_of(very_deep(), title="train.py")])
    depth = text.partition("through depth")[2].partition("</details>")[0]
    assert depth.count("\n| dense") == MOST_ROWS


def test_many_trainings_fit_a_comment() -> None:
    documents = [document_of(very_deep(), title=f"fit {i}") for i in range(40)]
    text = markdown([*documents, document_of(healthy(), title="the last")])
    assert len(text) < FITS
    assert text.count("### sick") == 40  # those without room keep their headline
    assert "the last" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>", "&lt;script&gt;"),
        ("@everyone", "&commat;everyone"),
        ("a|b", r"a\|b"),
        ("[x](y)", r"\[x\](y)"),
        ("**bold**", r"\*\*bold\*\*"),
        ("dense_1", "dense_1"),
        ("_x", r"\_x"),
        ("&lt;", "&amp;lt;"),
        ("a`b", r"a\`b"),
    ],
)
def test_names_stay_text(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_code_cannot_leave_its_fence() -> None:
    assert fenced("a\n```\nb", "diff").startswith("````diff\n")
    visit = dead_relu()
    cure = replace(visit.prescriptions[0], after=("```", "<img src=x>"))
    text = markdown([document_of(replace(visit, prescriptions=(cure,)), title="m")])
    assert "````diff" in text


def test_no_tag_of_a_layer_reaches_the_comment() -> None:
    visit = hostile()
    named = replace(visit.findings[0], message="<img src=x onerror=alert(1)> @all")
    text = markdown([document_of(replace(visit, findings=(named,)), title="<b>")])
    assert "<img" not in text
    assert "@all" not in text
    assert "<b>" not in text
