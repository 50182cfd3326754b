"""Shape comments: `# (B, 784)`, `# x: (B, 784)`, `# shape: …`, `# (B, T) -> (B, C)`.

A comment is a claim only where nothing else could be meant. What is in a
comment besides must be known words or say nothing of shapes; alternatives
(`(B, T) or (B, T, C)`), code and lists of values are no claims.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from . import axes
from .dims import Sizes, of_list
from .model import Claim

MAX_LENGTH = 160

_SIZE = r"torch\.Size\(\[[^()\[\]]*\]\)"
_LIST = rf"(?:{_SIZE}|\([^()\[\]]*\)|\[[^()\[\]]*\])"
_CROSS = r"[A-Za-z_]\w*(?:\s+[x×]\s+\w+)+|\d+(?:\s+[x×]\s+[A-Za-z_]\w*)+"
_ANY = rf"(?:{_LIST}|{_CROSS})"
_NAME = r"[A-Za-z_][\w.]*"
_SHAPE = r"(?:shapes?|sizes?|dims?|dimensions?)"
_OF_NAME = re.compile(
    rf"(?P<name>{_NAME}?)(?:\.(?:shape|size\(\)))?\s*(?:(?P<mark>:|==?|->)\s*|\s(?={_LIST}))"
    rf"(?P<said>(?:[\w\s]*\bof\s+)?{_SHAPE}\s*(?:of|is|[:=])?\s*)?(?P<claim>{_ANY})"
)
_DTYPE = re.compile(r"[\s,]+(?P<dtype>(?:torch\.|np\.)?[A-Za-z]+\d*(?:Tensor)?)\b(?!\s*[:=(\[])")
_NUMBER_NOTE = re.compile(r"\w+\(=(\d+)\)")
_UNCLEAR_NOTE = re.compile(r"\w+(?:[+\-]\d+)?\(=[^()]*\)")
"""`n_layers(=1)` is 1, and `max_len(=n_step, time step)` is anything."""
_BETWEEN = re.compile(r"\s*[,;]\s*|\s+and\s+")
_WORD_SHAPE = re.compile(
    rf"(?:(?P<before>[\w\s'\-]*)\b)?{_SHAPE}\s*(?:of\s+(?P<of>{_NAME})\s*)?"
    rf"(?:is|of|=|==|:)?\s*:?\s*(?P<claim>{_ANY})",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?:now|becomes?|is|gives|returns?|outputs?|out|results?|yields|so|still|again)\s*:?\s+",
    re.IGNORECASE,
)
_ARROW = re.compile(r"\s*(?:-[\w ]*->|=>|→|⟶|->|(?<![=<>!])=(?!=))\s*")
_OPERATORS = re.compile(r"\s*(?:[@*+x×,&]|and|with)\s*")
_HEDGES = re.compile(
    r"\b(or|in|is|for|if|when|unless|else|otherwise|not|before|instead|expects?|expected|should|would|"
    r"want|wants|wanted|was|from|maybe|either|vs|versus|optional|without|to|per|each|input|"
    r"todo|fixme|hack|xxx|why|wrong|bug)\b|[?|/\\<>]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a comment claims.

    named: of what it names. plain: of what its line binds or returns, in order.
    given: in `(B, T) -> (B, C)`, of what goes in. arrow: it is written that way, so
    what is bound may be a function.
    """

    named: tuple[tuple[str, Claim], ...] = ()
    plain: tuple[Claim, ...] = ()
    given: tuple[Claim, ...] = ()
    arrow: bool = False


@lru_cache(maxsize=4096)
def read(comment: str) -> Said | None:
    """What a comment claims, with or without its `#`; None if it certainly is no claim or may
    be something else."""
    text = re.split(r"\s#|(?<=\S)#", comment.strip().lstrip("#:!").strip(), maxsplit=1)[0].strip()
    text = _UNCLEAR_NOTE.sub("_", _NUMBER_NOTE.sub(r"\1", text))
    if not text or len(text) > MAX_LENGTH or not re.search(r"[(\[×]|\sx\s", text):
        return None
    return _named(text) or _by_word(text) or _arrow(text) or _plain(text)


def _named(text: str) -> Said | None:
    """`x: (B, 784)`, `x: (B, 784), y: (B,) int64`."""
    found: list[tuple[str, Claim]] = []
    position = 0
    while position < len(text):
        match = _OF_NAME.match(text, position)
        name = match["name"] if match else ""
        if match is None or not name or not _is_name(name):
            return None
        if match["mark"] == "->" or (not match["mark"] and _HEDGES.fullmatch(name)):
            return None
        claim = _claim(match["claim"], explicit=bool(match["said"]) or ".s" in match[0])
        if claim is None:
            return None
        position = match.end()
        after = _DTYPE.match(text, position)
        if after and axes.dtype_of([after["dtype"]]):
            claim = _with_dtype(claim, after["dtype"])
            position = after.end()
        found.append((name.removesuffix(".shape"), claim))
        between = _BETWEEN.match(text, position)
        if between is None or not _OF_NAME.match(text, between.end()):
            break
        position = between.end()
    if not found or not _says_nothing(text[position:]):
        return None
    claims = _all_certain([claim for _, claim in found])
    return Said(named=tuple(zip((name for name, _ in found), claims, strict=True)))


def _is_name(name: str) -> bool:
    words = ("shape", "size", "dims", "shapes", "now", "is", "becomes", "output", "out", "result")
    return name.lower() not in words or name in ("output", "out", "result")


def _by_word(text: str) -> Said | None:
    """`shape: (B, 784)`, `token embeddings of shape (b, t, n_embd)`."""
    match = _WORD_SHAPE.match(text)
    if match is None or _HEDGES.search(match["before"] or "") or _verb(match["before"] or ""):
        return None
    claim = _claim(match["claim"], explicit=True)
    if claim is None:
        return None
    rest = text[match.end() :]
    after = _DTYPE.match(rest)
    if after and axes.dtype_of([after["dtype"]]):
        claim, rest = _with_dtype(claim, after["dtype"]), rest[after.end() :]
    if not _says_nothing(rest):
        return None
    return Said(named=((match["of"], claim),)) if match["of"] else Said(plain=(claim,))


_VERBS = re.compile(
    r"\b(make|convert\w*|chang\w*|reshap\w*|get|match\w*|fix\w*|check\w*|same|unknown|original|"
    r"target|desired|new|old|kernel|grid|window|image|patch|batch|block|step|file|vocab\w*|"
    r"figure|fig|font|screen|crop\w*|resiz\w*|pad\w*|stride|max|min|item|element|input)\b",
    re.IGNORECASE,
)


def _verb(words: str) -> bool:
    return bool(_VERBS.search(words))


def _arrow(text: str) -> Said | None:
    """`(B, T) -> (B, C)`, `(B, T, C) @ (C, D) = (B, T, D)`, `-> (B, 10)`."""
    steps = _ARROW.split(text)
    if len(steps) < 2:
        return None
    last = re.match(_ANY, steps[-1])
    if last is None:
        return None
    claim = _claim(last.group())
    rest = steps[-1][last.end() :]
    after = _DTYPE.match(rest)
    if claim is not None and after and axes.dtype_of([after["dtype"]]):
        claim, rest = _with_dtype(claim, after["dtype"]), rest[after.end() :]
    if claim is None or not _says_nothing(rest):
        return None
    before = [_all_claims(step) for step in steps[:-1] if step.strip()]
    if any(parts is None for parts in before):
        return None
    given = [_claim(part.source) for part in before[0] or ()] if before else []
    known = tuple(part for part in given if part is not None)
    return Said((), (claim,), known if len(known) == len(given) else (), arrow=True)


def _all_claims(text: str) -> tuple[Claim, ...] | None:
    found: list[Claim] = []
    position = 0
    while position < len(text.rstrip()):
        match = re.compile(_ANY).match(text, position)
        claim = _claim(match.group(), explicit=True) if match else None
        if match is None or claim is None:
            return None
        found.append(claim)
        operator = _OPERATORS.match(text, match.end())
        if operator is None:
            return tuple(found) if not text[match.end() :].strip() else None
        position = operator.end()
    return tuple(found)


def _plain(text: str) -> Said | None:
    """`(B, T, C)`, with words behind it that say nothing else; `(B, T), (B,)`."""
    leading = _LEADING.match(text)
    position = leading.end() if leading else 0
    found: list[Claim] = []
    while True:
        match = re.compile(_ANY).match(text, position)
        claim = _claim(match.group()) if match else None
        if match is None or claim is None:
            return None
        position = match.end()
        after = _DTYPE.match(text, position)
        if after and axes.dtype_of([after["dtype"]]):
            claim = _with_dtype(claim, after["dtype"])
            position = after.end()
        found.append(claim)
        between = _BETWEEN.match(text, position)
        if between is None or not re.compile(_ANY).match(text, between.end()):
            break
        position = between.end()
    if not _says_nothing(text[position:], strict=not found[0].certain):
        return None
    return Said(plain=_all_certain(found))


def _all_certain(found: Sequence[Claim]) -> tuple[Claim, ...]:
    """Beside one that is certainly a shape, the others are shapes as well."""
    if not any(claim.certain for claim in found):
        return tuple(found)
    return tuple(replace(claim, certain=True) for claim in found)


def _says_nothing(rest: str, strict: bool = False) -> bool:
    """Whether what stands behind a claim takes nothing back and adds no other shape."""
    rest = rest.strip()
    if not rest.strip(".;,:-"):
        return True
    if strict or _HEDGES.search(rest.replace("not one-hot", "")):
        return False
    note = re.sub(r"\((?:[A-Z][a-z]+Tensor\b[^()]*|[a-z][a-z ]*)\)", "", rest)
    return not re.search(r"[()\[\]{}=×*@]|\sx\s", note)


def _with_dtype(claim: Claim, word: str) -> Claim:
    return replace(claim, dtype=axes.dtype_of([word]), certain=True)


def _claim(written: str, explicit: bool = False) -> Claim | None:
    """The claim that a list in brackets, or `B x T x C`, makes; None if it may be no shape."""
    written = written.strip()
    bracket = written[0]
    inner = written
    if written.startswith("torch.Size"):
        inner, explicit = written[len("torch.Size([") : -2], True
    elif bracket in "([":
        inner = written[1:-1]
    sizes = of_list(inner)
    if sizes is None:
        return None
    batched = axes.starts_with_batch(sizes)
    if explicit:
        return Claim(sizes, "comment", written, "", True, batched) if sizes else None
    if not sizes or (len(sizes) == 1 and bracket != "[" and "," not in inner):
        return None
    if axes.are_axes(sizes):
        return Claim(sizes, "comment", written, "", True, batched)
    if bracket == "(" and _only_numbers(sizes):
        return Claim(sizes, "comment", written, "", False, False)
    return None


def _only_numbers(sizes: Sizes) -> bool:
    return all(isinstance(size.dim, int) and size.dim > 0 for size in sizes)
