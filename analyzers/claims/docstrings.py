"""Docstrings: the `Shape:` section of PyTorch's own, `Args:` of Google's, NumPy's parameters.

Read is only what names a parameter or the result and gives its shape as a list.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import axes
from .dims import Sizes, of_list
from .model import Claim

RESULT = "return"
"""The name of what is returned; no parameter can have it."""

_SECTION = re.compile(
    r"\s*(?P<title>Shapes?|Args|Arguments|Parameters|Inputs?|Returns?|Outputs?|Yields|Attributes|"
    r"Raises|Examples?|Notes?|References|See Also)\s*:{0,2}\s*$"
)
_UNDERLINE = re.compile(r"\s*[-=~]{3,}\s*$")
_ITEM = re.compile(
    r"\s*(?:[-*•]\s+)?[`*]{0,2}(?P<name>[A-Za-z_]\w*)[`*]{0,2}\s*(?::|\s-\s|\((?=\w))"
)
_SPHINX = re.compile(r"\s*:(?:param|parameter|arg)\s+(?:[\w.\[\]]+\s+)?(?P<name>\w+):")
_SPHINX_RESULT = re.compile(r"\s*:(?P<name>returns?):")
_LIST = re.compile(r"(?::math:)?(`{0,2})(?P<list>\((?P<inner>[^()`]*)\)|\[[^\[\]`]*\])\1")
_WORDS = re.compile(
    r"(?:of\s+)?(?:shape|size|dimensions?)s?\s*(?:is|of|[:=])?\s*$|\b(?:with|has)\s+shape\s*$",
    re.IGNORECASE,
)
_ALTERNATIVES = re.compile(r"^\s*(?:\)?\s*(?:or|,\s*or|/|\|)\s)|\b(?:if|when|unless)\b")
_INPUT = ("input", "inputs", "x")
_OUTPUT = ("output", "outputs", "returns", "return")


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim of a docstring: of which name, and in which of its lines, from 0."""

    name: str
    claim: Claim
    line: int


def of_docstring(text: str, parameters: tuple[str, ...]) -> tuple[Stated, ...]:
    """What a docstring claims of parameters and of the result (`RESULT`).

    Where a name has several claims, none counts.

    Args:
        parameters: their names, without `self`.
    """
    if "(" not in text and "[" not in text:
        return ()
    found = list(_stated(text, parameters))
    names = [stated.name for stated in found]
    return tuple(stated for stated in found if names.count(stated.name) == 1)


def _stated(text: str, parameters: tuple[str, ...]) -> Iterator[Stated]:
    section, name = "", ""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        title = _SECTION.match(line)
        if title:
            section, name = title["title"].lower().rstrip("s"), ""
            continue
        if _UNDERLINE.match(line) or (not section and not line.lstrip().startswith(":")):
            continue
        item = _SPHINX.match(line) or _SPHINX_RESULT.match(line) or _ITEM.match(line)
        if item:
            name = item["name"]
        who = _who(section, name, line, parameters)
        # An item's claim may stand in the lines below it, in the text of its section.
        for claim in _claims(line, section == "shape") if who else ():
            yield Stated(who, claim, index)


def _who(section: str, name: str, line: str, parameters: tuple[str, ...]) -> str:
    """The parameter that a line speaks of, or `RESULT`; "" if it is none."""
    if line.lstrip().startswith((":return", ":returns")):
        return RESULT
    if section in ("return", "output"):
        return RESULT
    if section in ("shape", "arg", "argument", "parameter", "input", ""):
        if name in parameters:
            return name
        if section == "shape" and name.lower() in _OUTPUT:
            return RESULT
        if section == "shape" and name.lower() in _INPUT and len(parameters) == 1:
            return parameters[0]
    return ""


def _claims(line: str, in_shapes: bool) -> Iterator[Claim]:
    """The shapes in a line, if it gives one and no other."""
    matches = [
        (match, sizes)
        for match in _LIST.finditer(line)
        if (sizes := _sizes(match["list"])) is not None
    ]
    for match, sizes in matches[:1]:
        before, after = line[: match.start()], line[match.end() :]
        said = bool(_WORDS.search(before.rstrip(" `*")))
        if _ALTERNATIVES.search(after) or len(matches) > 1:
            return
        if not said and not (in_shapes and re.search(r"[:\-]\s*(?:math:)?$", before.rstrip("` "))):
            return
        if not said and not axes.are_axes(sizes) and not in_shapes:
            return
        words = re.findall(r"[\w.]+", before + after)
        batched = axes.starts_with_batch(sizes)
        yield Claim(sizes, "docstring", match["list"], axes.dtype_of(words), True, batched)


def _sizes(written: str) -> Sizes | None:
    inner = written[1:-1]
    sizes = of_list(inner) if "," in inner or written.startswith("[") else None
    return sizes or None


def docstring_of(node: ast.AST) -> tuple[str, int] | None:
    """The docstring of a function or class, and the line in which it begins."""
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    constant = first.value if isinstance(first, ast.Expr) else None
    if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
        return constant.value, constant.lineno
    return None
