"""Explanations as Markdown."""

from __future__ import annotations

from shapewise.analyzers.explain.blocks import Drawn, Said, Shown, markdown
from shapewise.analyzers.explain.pictures.canvas import Picture


def test_images_come_first_with_the_words_that_announce_them() -> None:
    picture = Drawn(Picture(svg="<svg/>", text="[]", alt="a picture", width=9, height=9))
    blocks = [Said("Why."), Shown("a @ b"), Said("So it came about:"), picture, Said("The end.")]
    first, second, *rest = markdown(blocks, images=True)
    assert first == "So it came about:"
    assert second.startswith("![a picture](data:image/svg+xml;base64,")
    assert rest == ["Why.", "```text\na @ b\n```", "The end."]
    kept = ["Why.", "```text\na @ b\n```", "So it came about:", "```text\n[]\n```", "The end."]
    assert markdown(blocks, images=False) == kept
