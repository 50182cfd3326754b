"""Positions: encodings, line ends, and edits of awkward texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types
from shapewise.server.documents import OpenText
from shapewise.server.positions import from_client, split_lines, to_client

URI = "file:///work/lição.py"

# The columns of `bad(x)`'s x after "# ção 🙂 ": in code points, UTF-8 and UTF-16.
LINE = 'ação = "😀"; bad(x)'
PLACES = {"utf-8": 21, "utf-16": 17, "utf-32": 16}


def only(encoding: str):
    def adjust(capabilities: types.ClientCapabilities) -> None:
        capabilities.general.position_encodings = [types.PositionEncodingKind(encoding)]

    return adjust


@pytest.mark.asyncio
@pytest.mark.parametrize("encoding", PLACES)
async def test_ranges_in_each_encoding(start, editor, encoding):
    session = await start(editor, adjust=only(encoding))
    assert session.result.capabilities.position_encoding == encoding
    session.open(URI, f"x = tensor(2)\n{LINE}\n")
    (found,) = await session.diagnostics(URI, 1, bool)
    place = PLACES[encoding]
    assert found.range == types.Range(types.Position(1, place), types.Position(1, place + 1))
    hover = await session.hover(URI, 1, place)
    assert hover.range == found.range


@pytest.mark.asyncio
async def test_the_encodings_that_editors_prefer(start):
    for editor, encoding in (("neovim", "utf-8"), ("vscode", "utf-16")):
        session = await start(editor)
        assert session.result.capabilities.position_encoding == encoding


@pytest.mark.asyncio
@pytest.mark.parametrize("encoding", PLACES)
async def test_edits_in_each_encoding(start, editor, encoding):
    session = await start(editor, adjust=only(encoding))
    session.open(URI, f"x = tensor(2)\n{LINE}\n")
    place = PLACES[encoding]
    # The name x becomes y, which is not bound; and then x again.
    session.change(URI, 2, (1, place, 1, place + 1, "y"))
    assert await session.diagnostics(URI, 2) == []
    session.change(URI, 3, (1, place, 1, place + 1, "x"))
    assert len(await session.diagnostics(URI, 3)) == 1


@pytest.mark.asyncio
async def test_a_file_with_crlf(start, editor):
    session = await start(editor)
    session.open(URI, "x = tensor(2, 3)\r\n\r\nbad(x)\r\n")
    (found,) = await session.diagnostics(URI, 1, bool)
    assert found.range == types.Range(types.Position(2, 4), types.Position(2, 5))
    assert await session.hint_labels(URI) == [(0, 1, "(2, 3)")]
    session.change(URI, 2, (0, 16, 1, 0, "\r\nbad(x)\r\n"))
    assert [d.range.start.line for d in await session.diagnostics(URI, 2)] == [1, 3]


@pytest.mark.asyncio
async def test_lines_end_only_where_the_editor_sees_them_end(start, editor):
    session = await start(editor)
    session.open(URI, 'x = tensor(2)\n\f\nnote = "\u2028 \x85 \x0b"\nbad(x)\n')
    (found,) = await session.diagnostics(URI, 1, bool)
    assert found.range.start == types.Position(3, 4)
    session.change(URI, 2, (3, 4, 3, 5, "y"))
    assert await session.diagnostics(URI, 2) == []


@pytest.mark.asyncio
async def test_half_typed_text_and_positions_outside_it(start, editor):
    session = await start(editor)
    session.open(URI, "")
    assert await session.diagnostics(URI, 1) == []
    for version, char in enumerate("x = tensor(2)\nbad(x", 2):
        line, column = (0, version - 2) if version < 16 else (1, version - 16)
        session.change(URI, version, (line, column, line, column, char))
    session.change(URI, 21, (7, 70, 8, 80, ")"))
    (found,) = await session.diagnostics(URI, 21, bool)
    assert found.range.start == types.Position(1, 4)


def test_lines_are_split_like_in_python_source():
    assert split_lines("") == ("",)
    assert split_lines("a\nb\r\nc\rd") == ("a\n", "b\r\n", "c\r", "d")
    assert split_lines("a\n") == ("a\n", "")
    assert split_lines("a\fb\u2028c") == ("a\fb\u2028c",)


TEXTS = st.text(st.sampled_from("aé€😀\n\r\t x"), max_size=30)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])


@settings(deadline=None)
@given(TEXTS, ENCODINGS, st.data())
def test_positions_there_and_back(text, encoding, data):
    document = OpenText(URI, 1, text)
    assert "".join(document.lines) == text
    line = data.draw(st.sampled_from(document.lines))
    content = line.rstrip("\r\n")
    column = data.draw(st.integers(0, len(content)))
    units = to_client(line, column, encoding)
    code = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[encoding]
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    assert units == len(content[:column].encode(code)) // width
    assert from_client(line, units, encoding) == column


@settings(deadline=None)
@given(TEXTS, TEXTS, ENCODINGS, st.data())
def test_an_edit_replaces_what_lies_between_two_places(text, new, encoding, data):
    document = OpenText(URI, 1, text)
    places = []
    for _ in range(2):
        number = data.draw(st.integers(0, len(document.lines) - 1))
        content = document.lines[number].rstrip("\r\n")
        places.append((number, data.draw(st.integers(0, len(content)))))
    places.sort()
    start, end = (
        types.Position(number, to_client(document.lines[number], column, encoding))
        for number, column in places
    )
    first, last = (sum(map(len, document.lines[:number])) + column for number, column in places)
    change = types.TextDocumentContentChangePartial(types.Range(start, end), new)
    edited = document.edited([change], 2, encoding)
    assert edited.text == text[:first] + new + text[last:]
    assert edited.version == 2
