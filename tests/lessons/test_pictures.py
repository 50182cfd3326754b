"""Pictures of shapes: well-formed, as large as the sizes say, within their frame."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

from shapewise.lessons.pictures import picture_of

SVG = "{http://www.w3.org/2000/svg}"


def drawn(line: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture_of(line))


def boxes(line: str) -> list[tuple[float, float, float]]:
    """Width, height and upper edge of each box."""
    return [
        (float(box.get("width", "")), float(box.get("height", "")), float(box.get("y", "")))
        for box in drawn(line).iter()
        if box.tag.removeprefix(SVG) == "rect"
    ]


def test_a_product_is_boxes_with_their_labels() -> None:
    picture = drawn("amounts (2, 3) @ prices (3, 2) -> total (2, 2)")
    texts = [text.text for text in picture.iter() if text.tag.removeprefix(SVG) == "text"]
    assert texts == ["amounts (2, 3)", "@", "prices (3, 2)", "→", "total (2, 2)"]
    (a, b, c) = boxes("amounts (2, 3) @ prices (3, 2) -> total (2, 2)")
    assert a[0] == b[1] > a[1] == b[0] == c[0] == c[1]


def test_each_size_is_longer_than_a_smaller_one() -> None:
    sides = [boxes(f"x (1, {size})")[0][0] for size in (1, 2, 3, 10, 28, 64, 784, 10**6)]
    assert all(short + 1 < long for short, long in pairwise(sides))


def test_a_batch_is_a_pile_that_stays_in_its_frame() -> None:
    pile = boxes("images (64, 3, 1000000, 1000000)")
    assert len(pile) == 3
    height = float(drawn("images (64, 3, 1000000, 1000000)").get("height", ""))
    for _, high, top in pile:
        assert top >= 0
        assert top + high < height - 18


def test_a_vector_a_number_and_a_name_for_a_size() -> None:
    assert len(boxes("row (3,) -> number () -> rows (N, 3)")) == 3
