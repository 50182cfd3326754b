"""Random chains of operators, found by running each line as it is drawn."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from hypothesis import strategies as st

from .operators import OPERATORS
from .programs import HEAD, LAYER, Run, Runner, Step, function, module, script

Form = Literal["script", "function", "module"]
MAX_STEPS = 8
MAX_NUMBERS = 5_000
"""Tensors with more numbers are not gone on with."""

INPUTS = (
    "torch.rand({})",
    "torch.randn({})",
    "torch.randn({}, requires_grad=True)",
    "torch.randint(0, 5, ({},))",
    "torch.ones({}, dtype=torch.float64)",
    "torch.zeros({}).bool()",
    "torch.rand({}).half()",
    "torch.full(({},), 7)",
)
NAMED = ("n", "m")


@dataclass(frozen=True)
class Chain:
    """A program, and what it showed when it was drawn.

    sizes: of the program's arguments, if it has any. result: the name of the last tensor.
    """

    source: str
    run: Run
    sizes: tuple[int, ...] = ()


class _Builder:
    """Draws steps, and runs each in torch."""

    def __init__(self, draw: st.DrawFn, form: Form) -> None:
        self._draw = draw
        self._form = form
        self._runner = Runner()
        self._count = 0
        self._inside: set[str] = set()
        self.inputs: list[str] = []
        self.parameters: list[str] = []
        self.steps: list[Step] = []
        for line in HEAD:
            self._execute(line)

    def choose(self, options: Sequence[Any]) -> Any:
        return self._draw(st.sampled_from(options))

    def rarely(self) -> bool:
        return self._draw(st.integers(0, 24)) == 24

    def value(self, name: str) -> torch.Tensor:
        tensor = self._runner.names[name]
        assert isinstance(tensor, torch.Tensor)
        return tensor

    def other(self, name: str) -> str:
        return str(self.choose(self.tensors()))

    def size(self, name: str, axis: int) -> str:
        number = str(self.value(name).shape[axis])
        if self._form != "script":
            return number  # a layer is made where there is no input yet
        return str(self.choose([number, f"{name}.shape[{axis}]", f"{name}.size({axis})"]))

    def fresh(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def bind(self, expression: str, *makes: str, count: int = 1) -> Step:
        names = [self.fresh() for _ in range(abs(count))]
        target = ", ".join(names)
        if count < -1:
            target = f"{names[0]}, ({', '.join(names[1:])})"
        return Step(makes, f"{target} = {expression}")

    def tensors(self) -> list[str]:
        """The names of what may be gone on with, the newest first."""
        names = [
            name
            for name, value in self._runner.names.items()
            if isinstance(value, torch.Tensor)
            and not isinstance(value, torch.nn.Parameter)
            and value.numel() <= MAX_NUMBERS
        ]
        return names[::-1]

    def add_input(self, named: dict[str, int]) -> None:
        """One more tensor to begin with; `named` are sizes that have a name."""
        name = self.fresh()
        rank = self._draw(st.integers(1, 4))
        sizes = [self.choose([1, 2, 3, 4, 5, 6, 8, *named]) for _ in range(rank)]
        line = f"{name} = {self.choose(INPUTS).format(', '.join(map(str, sizes)))}"
        self.inputs.append(line)
        self.parameters.append(name)
        self._runner.names.update(named)
        self._execute(line)

    def add_step(self) -> bool:
        """One more operator; False when the chain has ended."""
        x = self.choose(self.tensors()[:3])
        step = self.choose(OPERATORS)(self, x)
        if step is None:
            return True
        before = self._runner.names.copy()
        if all(self._execute(line) for line in (*step.makes, step.uses)):
            self.steps.append(step)
            return bool(self.tensors())
        if self.choose([True, True, True, False]):
            # Mostly left out: chains shall get long.
            self._runner.names, self._runner.run.raised = before, None
            return True
        self.steps.append(step)
        return False

    @property
    def raised(self) -> bool:
        """Whether the last step raised."""
        return self._runner.run.raised is not None

    @property
    def last(self) -> str:
        """The newest tensor."""
        return self.tensors()[0]

    def _execute(self, line: str) -> bool:
        # Where a layer is an attribute later, a plain name stands for it here.
        return self._runner.execute(ast.parse(line.replace(LAYER, "")).body[0])


def _built(draw: st.DrawFn, form: Form, named: dict[str, int]) -> _Builder:
    builder = _Builder(draw, form)
    for _ in range(draw(st.integers(1, 2))):
        builder.add_input(named)
    for _ in range(draw(st.integers(1, MAX_STEPS))):
        if not builder.add_step():
            break
    return builder


@st.composite
def concrete(draw: st.DrawFn) -> str:
    """A script all of whose sizes are numbers."""
    builder = _built(draw, "script", {})
    return script(tuple(builder.inputs), tuple(builder.steps))


@st.composite
def symbolic(draw: st.DrawFn) -> tuple[str, tuple[int, ...]]:
    """A script with sizes that it is started with, and two numbers for them."""
    sizes = (draw(st.sampled_from([3, 4, 6])), draw(st.sampled_from([2, 5, 8])))
    builder = _built(draw, "script", dict(zip(NAMED, sizes)))
    return script(tuple(builder.inputs), tuple(builder.steps), NAMED), sizes


@st.composite
def uncalled(draw: st.DrawFn) -> tuple[str, bool]:
    """A function or a `forward` that nothing calls; whether it works for some tensors."""
    form: Form = draw(st.sampled_from(["function", "module"]))
    builder = _built(draw, form, {})
    write = function if form == "function" else module
    source = write(tuple(builder.parameters), tuple(builder.steps), builder.last)
    return source, not builder.raised
