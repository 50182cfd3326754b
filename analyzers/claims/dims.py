"""The little language of dimensions: `b 784`, `*batch n+1 _`, `B, T, C`, `N x C x H x W`.

What is read is a tuple of `Size`s. Symbols keep the names that the program
gives them; what they stand for is not decided here.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ...runtime.oracle import dims
from ...runtime.oracle.dims import Dim

MAX_RANK = 8
_LARGEST = 10**9


@dataclass(frozen=True, slots=True)
class Size:
    """What is said of one axis, or of several.

    dim: a size, or an expression over names; None where any size will do.
    many: it stands for any number of axes; `name` is theirs, if they have one.
    """

    dim: Dim | None = None
    many: bool = False
    name: str = ""


ANY = Size()
ANY_NUMBER = Size(many=True)

Sizes = tuple[Size, ...]


@lru_cache(maxsize=2048)
def of_jaxtyping(text: str) -> Sizes | None:
    """The dims of a jaxtyping annotation, `"*batch n+1 784"`; None if they cannot be read.

    Axes that may be broadcast (`#n`), that differ by leaf (`?n`) or that only a
    run knows (`{self.n}`) are any size. `"name=4"` is 4.
    """
    found: list[Size] = []
    for word in _without_braces(text).split():
        size = _of_word(word)
        if size is None:
            return None
        found.append(size)
    return _checked(found)


def _without_braces(text: str) -> str:
    """`{…}` is filled in by a run: a word with it in it says nothing."""
    return re.sub(r"\S*\{[^{}]*\}\S*", "_", text)


def _of_word(word: str) -> Size | None:
    if word == "...":
        return ANY_NUMBER
    prefix = re.match(r"[*#?_]*", word)
    marks, rest = (prefix.group(), word[prefix.end() :]) if prefix else ("", word)
    if "=" in rest and not rest.startswith("="):
        rest = rest.partition("=")[2]
    if "*" in marks:
        known = rest.isidentifier() and not set(marks) - {"*"}
        return Size(many=True, name=rest if known else "")
    if not rest or set(marks):
        return ANY if not rest or _dim(rest) is not None else None
    dim = _dim(rest)
    return Size(dim) if dim is not None else None


@lru_cache(maxsize=2048)
def of_list(text: str) -> Sizes | None:
    """The dims of a shape as it stands in a comment, `B, T, C` or `B x T x C`, without brackets.

    `...` and `*` stand for any axes, `_`, `?` and `None` for any size.
    """
    text = text.strip()
    if not text:
        return ()
    if "," in text:
        words = [word.strip() for word in text.removesuffix(",").split(",")]
    else:
        words = [word.strip() for word in re.split(r"\s+[x×]\s+|\s*×\s*", text)]
    found: list[Size] = []
    for word in words:
        if word in ("...", "…", "*"):
            found.append(ANY_NUMBER)
        elif word in ("_", "?", "None", "any"):
            found.append(ANY)
        else:
            dim = _dim(_plain(word))
            if dim is None:
                return None
            found.append(Size(dim))
    return _checked(found)


def _plain(word: str) -> str:
    """`C_{in}`, `H'` and `\\text{seq\\_len}` are names, `D/2` is a whole number."""
    word = re.sub(r"\\(?:text|mathrm|mathit)\{([^{}]*)\}", r"\1", word)
    word = word.replace("\\_", "_").replace("\\times", "*").replace("\\", "")
    word = re.sub(r"\{([^{}]*)\}", r"\1", word)
    word = re.sub(r"(?<=\w)['′]", "_out", word)
    return re.sub(r"(?<!/)/(?!/)", "//", word).replace(".", "_")


@lru_cache(maxsize=2048)
def _dim(text: str) -> Dim | None:
    """One dim in canonical form; None if it is none."""
    text = text.strip()
    if re.fullmatch(r"\d{1,9}", text):
        return int(text)
    if not re.fullmatch(r"[\w\s+\-*/%()]{1,60}", text) or "**" in text:
        return None
    names = re.findall(r"[^\W\d]\w*", text)
    if not names or any(keyword.iskeyword(name) for name in names):
        return None
    if re.search(r"\w\s+\w", text) or re.search(r"\d[^\W\d]", text):
        return None
    try:
        dim = dims.canonical(text)
        if dims.canonical(dim) != dim:
            return None
    except (dims.DimError, ZeroDivisionError, RecursionError, MemoryError):
        return None
    return dim if not isinstance(dim, int) or 0 <= dim <= _LARGEST else None


def _checked(found: Sequence[Size]) -> Sizes | None:
    """No more axes than a tensor has, and at most one place that stands for several."""
    if len(found) > MAX_RANK or sum(size.many for size in found) > 1:
        return None
    return tuple(found)


def names_in(sizes: Sizes) -> tuple[str, ...]:
    """The names in some sizes, in the order in which they are met."""
    found = (name for size in sizes if size.dim is not None for name in dims.symbols(size.dim))
    return tuple(dict.fromkeys(found))
