"""Lessons as HTML, for editors that show pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from shapewise.lessons.load import load_pack
from shapewise.lessons.model import Lesson, Pack
from shapewise.lessons.rendered import code_html, inline_html, page_html

PACK = Path(__file__).parent / "sample-pack/sample_course/packs/broadcasting"


def lesson(markdown: str = "") -> tuple[Pack, Lesson]:
    """A lesson of the sample pack, its English page with another text if one is given."""
    pack = load_pack(PACK).pack
    assert pack is not None
    found = pack.lesson("add-a-row")
    assert found is not None
    if markdown:
        page = replace(found.page("en"), markdown=markdown)
        found = replace(found, pages={**found.pages, "en": page})
    return pack, found


def test_a_page_has_its_programs_coloured_and_its_claims_read() -> None:
    text = "# Rows\n\n```python\nx = torch.rand(3) + 1  # reveal: (3,) float32\n```\n"
    page = page_html(*lesson(text), "en")
    assert page.startswith("<h1>Rows</h1>")
    assert '<span class="c1"># (3,) float32</span>' in page
    assert "reveal" not in page


def test_shapes_are_drawn() -> None:
    page = page_html(*lesson("```shapes\nx (3, 2) + b (2) -> y (3, 2)\n```\n"), "en")
    assert page.startswith('<svg class="shapes" role="img" aria-label="x (3, 2) + b (2)')


def test_links_lead_to_lessons_and_pictures_to_files() -> None:
    text = "[a](lesson:column) [b](lesson:other/column) [c](https://pytorch.org) ![d](rows.svg)\n"
    pack, its = lesson(text)
    page = page_html(pack, its, "en")
    assert 'href="lesson:broadcasting/column"' in page
    assert 'href="lesson:other/column"' in page
    assert 'href="https://pytorch.org"' in page
    assert f'src="{(its.folder / "rows.svg").resolve().as_uri()}"' in page


def test_html_and_scripts_of_a_pack_stay_text() -> None:
    text = "<script>alert(1)</script> [x](javascript:alert(1))\n"
    page = page_html(*lesson(text), "en")
    assert "<script" not in page
    assert "<a " not in page


def test_sentences_and_programs() -> None:
    assert inline_html("`x` & **y**") == "<code>x</code> &amp; <strong>y</strong>"
    assert code_html("x = 'a<b'").startswith('<pre class="code"><code><span class="n">x</span>')
    assert "a&lt;b" in code_html("x = 'a<b'")
