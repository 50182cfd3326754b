"""`shapewise/explain`: a diagnostic's page, in the editor's language or another."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.asyncio


async def ask(session, **params):
    return await session.client.protocol.send_request_async("shapewise/explain", params)


async def test_a_page_in_the_editors_language(start, editor):
    session = await start(editor, locale="pt-BR")
    page = await ask(session, code="sw101")
    assert (page.code, page.language) == ("SW101", "pt-BR")
    assert page.markdown.startswith("# SW101")
    assert page.markdown != (await ask(session, code="SW101", language="en")).markdown


async def test_the_expectations_of_the_tests_are_not_for_readers(start, editor):
    session = await start(editor)
    page = await ask(session, code="SW101")
    assert "# ✗" in page.markdown and "error: SW101" not in page.markdown


async def test_what_is_no_code_has_no_page(start, editor):
    session = await start(editor)
    assert await ask(session, code="SW000") is None
    assert await ask(session, code="../README") is None
    assert await ask(session, code=None) is None
    assert await ask(session) is None
