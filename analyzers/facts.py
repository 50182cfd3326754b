"""What an analysis says: the facts and problems every feature is built on.

Lines and columns are 1-based; columns count Unicode code points. A `Span` may
lie in one of several parts: a file has part 0, a notebook one part a code cell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ..runtime.oracle.dims import Dim
from .explain.model import Explanation

Severity = Literal["error", "warning", "information", "hint"]
BindingKind = Literal["variable", "parameter", "attribute", "loop", "with", "comprehension"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of source text; the end is exclusive."""

    part: int
    line: int
    column: int
    end_line: int
    end_column: int

    def contains(self, part: int, line: int, column: int) -> bool:
        """Whether the position lies in the range, its end included."""
        here = (line, column)
        return part == self.part and (self.line, self.column) <= here <= (
            self.end_line,
            self.end_column,
        )


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence for people: an English template with `{named}` fields.

    `messages.render` puts it into the reader's language. A field may itself be
    a `Text`.
    """

    template: str
    fields: tuple[tuple[str, object], ...] = ()


def text(template: str, **fields: object) -> Text:
    """A `Text`; `template` is the key into the gettext catalogue."""
    return Text(template, tuple(sorted(fields.items())))


@dataclass(frozen=True, slots=True)
class TensorFact:
    """What is known of a tensor at one place.

    shape: None when not even the rank is known.
    device: on this machine; `accelerated_device` where a machine with an
        accelerator would give another one.
    """

    shape: tuple[Dim, ...] | None
    dtype: str | None
    device: str | None
    requires_grad: bool | None = None
    accelerated_device: str | None = None
    kind: Literal["tensor", "parameter", "ndarray"] = "tensor"
    expected: bool = False
    """Not what is there, but what the code around it works with."""
    certain_shape: tuple[Dim, ...] | None = None
    """Of an expected one, the shape without sizes that are merely usual: `H` for 28.

    None where tensors of another number of axes would do as well.
    """

    @property
    def claimed_shape(self) -> tuple[Dim, ...] | None:
        """The shape as far as it is certain."""
        return self.certain_shape if self.expected else self.shape


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from: an expression and its text, shortened.

    claim: `comment`, `annotation`, `docstring` or `assert`, if it is not what made the
    value but what is said of it.
    """

    span: Span
    source: str
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """A place that binds a name to a tensor.

    facts: the first one is what the first execution saw, or a join over the
        rest when they differ only in sizes; the others are alternatives.
    name: as written, `self.x` for an attribute.
    """

    span: Span
    name: str
    kind: BindingKind
    facts: tuple[TensorFact, ...]
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of an expression or a name: for hovers.

    facts: for a tensor. summary: for anything else worth a line (a layer, a
    function, an int), as code: `nn.Linear(784, 10)`.
    lines: more to say, in the reader's language, one sentence each.
    weights: how many learnable numbers a module has, if that is known.
    """

    span: Span
    source: str
    facts: tuple[TensorFact, ...] = ()
    summary: str = ""
    lines: tuple[Text, ...] = ()
    origin: Origin | None = None
    weights: int | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a problem.

    path: the file it lies in; None for the document itself. further: a step farther back,
    for who has the room.
    """

    span: Span
    message: Text
    path: Path | None = None
    further: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnostic.

    code, slug: `SW101`, `matmul-inner-dim`; the page is `docs/rules/<code>.md`.
    message: one sentence with the learner's names, axes and sizes.
    torch_message: what torch will print, `RuntimeError: …`; empty where nothing
        is raised.
    accelerated_only: it fails only where an accelerator is available.
    explanation: the numbers behind it, where the rule knows them.
    """

    span: Span
    code: str
    slug: str
    severity: Severity
    message: Text
    torch_message: str = ""
    related: tuple[Related, ...] = ()
    accelerated_only: bool = False
    explanation: Explanation | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function of the learner's takes and returns.

    span: of its name in the `def`. name: with its class, `Net.forward`.
    parameters: those that are tensors, with the facts of each; what several
    calls gave is joined, with a symbol for sizes that differ.
    returns: as code, `(N, 10)`; empty if nothing is known.
    expected: nothing gives the parameters a value yet; these are the shapes
    with which the body works.
    class_span: of the name of its class, if it is the `forward` of a module.
    weights: how many learnable numbers the module has, if that is known.
    """

    span: Span
    name: str
    parameters: tuple[tuple[str, TensorFact], ...]
    returns: str
    expected: bool
    class_span: Span | None = None
    weights: int | None = None


@dataclass(frozen=True, slots=True)
class UnknownFact:
    """A place that binds a name to a value about which nothing is known, and why."""

    span: Span
    name: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment, or one of its codes, that keeps problems silent.

    span: of the code, or of the words if there is none. code: a code or a prefix;
    empty for all. problems: what would be reported without it.
    """

    span: Span
    code: str
    whole_file: bool
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything known of one document. All tuples are sorted by span."""

    bindings: tuple[Binding, ...] = ()
    values: tuple[Value, ...] = ()
    problems: tuple[Problem, ...] = ()
    unknowns: tuple[UnknownFact, ...] = ()
    complete: bool = True
    """False when the budget ran out: what is known so far stands."""

    signatures: tuple[Signature, ...] = ()
    notes: tuple[Text, ...] = field(default=())
    """What a person should know about the analysis itself (no torch, budget)."""

    suppressions: tuple[Suppression, ...] = ()
    imported: tuple[Path, ...] = ()
    """The files of the workspace that the document imports, and those that they import."""
