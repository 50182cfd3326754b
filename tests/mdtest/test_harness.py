"""The harness itself: that it tells agreement from disagreement, in both modes."""

from __future__ import annotations

from pathlib import Path

import pytest

from .blocks import Mode, Outcome, Program, Seen, Trouble, disagreements, programs
from .runs import RealRun


def program(tmp_path: Path, *lines: str) -> Program:
    path = tmp_path / "suite.md"
    path.write_text("# Title\n\n```python\n" + "\n".join(lines) + "\n```\n", encoding="utf-8")
    (found,) = programs(path)
    return found


def seen(*shape: int | str, line: int = 1, name: str = "x") -> Seen:
    return Seen(line, name, shape, "float32", ("cpu", "cuda:0"), False)


def problems(block: Program, *found: Seen | Trouble, mode: Mode = "static") -> list[str]:
    bound = tuple(one for one in found if isinstance(one, Seen))
    troubles = tuple(one for one in found if isinstance(one, Trouble))
    return list(disagreements(block, Outcome(bound, troubles), mode))


def test_blocks_are_named_by_heading_and_continued(tmp_path: Path) -> None:
    path = tmp_path / "suite.md"
    fences = ["```python", "a = 1", "```", "```python", "b = 2", "```", "```python continued"]
    text = "\n".join(["# One", *fences, "c = 3", "```", "## Two", "```text", "no", "```"])
    path.write_text(text, encoding="utf-8")
    found = [(one.name, one.source, one.lines) for one in programs(path)]
    assert found == [("One 1", "a = 1\n", (3,)), ("One 2", "b = 2\nc = 3\n", (6, 9))]


def test_a_block_says_how_it_is_run(tmp_path: Path) -> None:
    path = tmp_path / "suite.md"
    fences = ["```python static", "a = 1", "```", "```python needs json os", "b = 2", "```"]
    path.write_text("\n".join(["# One", *fences]), encoding="utf-8")
    found = [(one.static_only, one.needs) for one in programs(path)]
    assert found == [(True, ()), (False, ("json", "os"))]


def test_functions_that_nothing_calls_are_called_with_what_they_expect(tmp_path: Path) -> None:
    path = tmp_path / "suite.md"
    lines = [
        "```python uncalled",
        "def f(x, y):  # reveal: x (N, 4) float32; y (N,) int64",
        "    return x",
        "class Net:",
        "    def forward(self, x):  # reveal: (N, C) bool",
        "        return x",
        "```",
    ]
    path.write_text("\n".join(["# One", *lines]), encoding="utf-8")
    (block,) = programs(path)
    called = [form.source.removeprefix(block.source) for form in block.for_real()]
    assert called == [
        "f(torch.ones([3, 4], dtype=torch.float32), torch.ones([3], dtype=torch.int64))\n"
        "Net().forward(torch.ones([3, 5], dtype=torch.bool))\n",
        "f(torch.ones([6, 4], dtype=torch.float32), torch.ones([6], dtype=torch.int64))\n"
        "Net().forward(torch.ones([6, 4], dtype=torch.bool))\n",
    ]


def test_a_parameter_of_which_nothing_is_said_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "suite.md"
    text = "# One\n```python uncalled\ndef f(x, y):  # reveal: x (N,)\n    return x\n```\n"
    path.write_text(text, encoding="utf-8")
    (block,) = programs(path)
    with pytest.raises(ValueError, match="nothing is said of 'y' in 'f'"):
        block.for_real()


def test_a_block_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "suite.md"
    path.write_text("```python statik\na = 1\n```\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no such block: python statik"):
        programs(path)


@pytest.mark.parametrize(
    ("comment", "observed", "agrees"),
    [
        ("(2, 3)", seen(2, 3), True),
        ("(2, 3) float32 cpu nograd", seen(2, 3), True),
        ("(2, 4)", seen(2, 3), False),
        ("(2,)", seen(2, 3), False),
        ("()", seen(), True),
        ("(2, 3) float64", seen(2, 3), False),
        ("(2, 3) cuda", seen(2, 3), False),
        ("(2, 3) cpu|cuda", seen(2, 3), True),
        ("(2, 3) cpu|cuda:1", seen(2, 3), False),
        ("(2, 3) grad", seen(2, 3), False),
        ("y (2, 3)", seen(2, 3), False),
        ("(N, 2*N)", seen("B", "2*B"), True),
        ("(N, 2*N)", seen("B", "3*B"), False),
        ("(N, M)", seen("B", "B"), False),
        ("(N, 3)", seen(4, 3), False),
        ("(?, 3)", seen(4, 3), True),
        ("unknown", Seen(1, "x", None), True),
        ("unknown", seen(2, 3), False),
        ("(2,) | (3,)", seen(2), False),
    ],
)
def test_reveal_static(tmp_path: Path, comment: str, observed: Seen, agrees: bool) -> None:
    block = program(tmp_path, f"x = f()  # reveal: {comment}")
    assert (problems(block, observed) == []) is agrees


def test_a_binding_that_nobody_saw_is_a_failure(tmp_path: Path) -> None:
    block = program(tmp_path, "x = f()  # reveal: (2, 3)")
    assert problems(block, mode="static") and problems(block, mode="real")
    unknown = program(tmp_path, "x = f()  # reveal: unknown")
    assert problems(unknown, mode="static")


def test_a_symbol_keeps_its_size_through_a_real_run(tmp_path: Path) -> None:
    block = program(tmp_path, "x = f()  # reveal: (N,)", "y = g()  # reveal: (N, 2*N)")
    assert not problems(block, seen(5), seen(5, 10, line=2, name="y"), mode="real")
    assert problems(block, seen(5), seen(6, 12, line=2, name="y"), mode="real")


def test_errors_need_their_code_text_and_severity(tmp_path: Path) -> None:
    block = program(tmp_path, "x = f(", '    a)  # error: SW101 "cannot"', "y = 1")
    good = Trouble(1, "RuntimeError: cannot", "SW101", "error")
    assert not problems(block, good)
    assert not problems(block, Trouble(2, "RuntimeError: cannot"), mode="real")
    assert problems(block), "an error that did not come"
    for bad in (
        Trouble(1, "RuntimeError: can", "SW101", "error"),
        Trouble(1, "RuntimeError: cannot", "SW102", "error"),
        Trouble(1, "RuntimeError: cannot", "SW101", "warning"),
        Trouble(3, "RuntimeError: cannot", "SW101", "error"),
    ):
        assert problems(block, bad)
    assert problems(block, good, Trouble(1, "more", "SW102", "error"))


def test_lines_without_comments_must_be_clean(tmp_path: Path) -> None:
    block = program(tmp_path, "x = f()", "y = g()  # warning: SW109")
    warning = Trouble(2, "", "SW109", "warning")
    assert not problems(block, warning)
    assert not problems(block, mode="real"), "a silent bug raises nothing"
    assert problems(block, warning, Trouble(1, "KeyError: 0"))
    assert problems(block, Trouble(1, "KeyError: 0"), mode="real")


@pytest.mark.parametrize("comment", ["error: 101", "reveal: (2,) floaty", "warning: oops"])
def test_a_comment_that_cannot_be_read_is_refused(tmp_path: Path, comment: str) -> None:
    with pytest.raises(ValueError, match=r"suite\.md:4"):
        program(tmp_path, f"x = 1  # {comment}")


def test_the_real_run_sees_every_kind_of_binding_and_goes_on_after_errors(tmp_path: Path) -> None:
    block = program(
        tmp_path,
        "import torch",
        "a, (b, *c) = torch.rand(1), (torch.rand(2), 3)  # reveal: a (1,); b (2,)",
        "a = a @ torch.rand(5)  # error: SW101",
        "for t in [torch.rand(1), torch.rand(2)]:  # reveal: (1,) | (2,)",
        "    t += 1  # reveal: (1,) | (2,)",
        "def f(x, *, y=None):  # reveal: x (3,); y (4,)",
        "    return [z for z in (x, y)]  # reveal: z (3,) | (4,)",
        "f(torch.rand(3), y=torch.rand(4))",
        "class A: pass",
        "o = A()",
        "o.w = (v := torch.rand(6).double())  # reveal: o.w (6,) float64; v (6,) float64",
        "with torch.no_grad() as n:",
        '    k = o.w.to("cuda")  # reveal: (6,) cuda (accelerator)',
        "def g(x):",
        "    return x @ x.T @ x  # error: SW101",
        "g(torch.rand(2, 3, 4))",
    )
    run = RealRun()
    try:
        assert list(disagreements(block, run(block), "real")) == []
    finally:
        run.close()


def test_a_crash_is_contained(tmp_path: Path) -> None:
    run = RealRun()
    try:
        crash = program(tmp_path, "import os", "os.abort()")
        assert "ended" in " ".join(disagreements(crash, run(crash), "real"))
        calm = program(tmp_path, "import torch", "x = torch.rand(2)  # reveal: (2,)")
        assert list(disagreements(calm, run(calm), "real")) == []
    finally:
        run.close()
