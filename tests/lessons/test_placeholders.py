"""Snippet bodies: placeholders are read, filled, and written as LSP snippets."""

from __future__ import annotations

import pytest
from shapewise.lessons.placeholders import PlaceholderError, as_plain, as_snippet, parse

FILLED = {"tensor": "images", "in_features": "784"}


@pytest.mark.parametrize(
    ("body", "plain", "snippet"),
    [
        ("x = 1\n", "x = 1\n", "x = 1\n"),
        ("$1 = ${2:rows}$0", " = rows", "$1 = ${2:rows}$0"),
        ("${1:a} = ${1}", "a = a", "${1:a} = $1"),
        ("${1|sum,mean|}", "sum", "${1|sum,mean|}"),
        ("$tensor", "images", "images"),
        (
            "${tensor:x}.view(${batch:64}, ${in_features})",
            "images.view(64, 784)",
            "images.view(${1:64}, 784)",
        ),
        ("${1:a} ${batch} ${other} ${batch}", "a 32 y 32", "${1:a} ${2:32} ${3:y} ${2:32}"),
        ('"\\$5 {\\}" + "\\\\n"', '"$5 {}" + "\\n"', '"\\$5 {\\}" + "\\\\n"'),
        ('f"{x}"', 'f"{x}"', 'f"{x\\}"'),
    ],
)
def test_bodies(body: str, plain: str, snippet: str) -> None:
    assert as_plain(parse(body), FILLED) == plain
    assert as_snippet(parse(body), FILLED) == snippet


@pytest.mark.parametrize(
    ("body", "kind", "line"),
    [
        ("a\n$", "placeholder-syntax", 2),
        ("${1:a", "placeholder-syntax", 1),
        ("${1:a\n}", "placeholder-syntax", 1),
        ("${1|a,b}", "placeholder-syntax", 1),
        ("${1||}", "placeholder-syntax", 1),
        ("${1:${2:a}}", "placeholder-syntax", 1),
        ("${1/a/b/}", "placeholder-syntax", 1),
        ("\n\n${name}", "unknown-placeholder", 3),
        ("${tensor|a,b|}", "unknown-placeholder", 1),
    ],
)
def test_what_cannot_be_read(body: str, kind: str, line: int) -> None:
    with pytest.raises(PlaceholderError) as caught:
        parse(body)
    assert (caught.value.kind, caught.value.line) == (kind, line)
