"""The ways a program is run, what it finds around it, and what comes back."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path

import pytest
from shapewise.runtime.tracing import run_trace
from shapewise.runtime.tracing_types import (
    CutLoop,
    Device,
    Facts,
    Failure,
    Output,
    Started,
    TraceEvent,
    TraceReport,
    TraceRequest,
)

TRAINING = """\
import torch
from torch import nn
from torch.utils.data import DataLoader

from parts import Net, Numbers

def main():
    torch.manual_seed(0)
    model = Net()
    loader = DataLoader(Numbers(), batch_size=4, num_workers=WORKERS)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(100):
        for x, y in loader:
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print("done", epoch)
    model(torch.zeros(4, 7))

if __name__ == "__main__":
    main()
"""

PARTS = """\
import torch
from torch import nn
from torch.utils.data import Dataset

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        return self.fc(x.flatten(1)) * self.scale

class Numbers(Dataset):
    def __len__(self):
        return 40

    def __getitem__(self, i):
        x = torch.full((2, 3), float(i))
        return x, i % 3
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[TraceReport, list[TraceEvent]]:
    pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("training")
    (folder / "parts.py").write_text(PARTS)
    (folder / "main.py").write_text(TRAINING.replace("WORKERS", "0"))
    events: list[TraceEvent] = []
    request = TraceRequest(str(folder / "main.py"), sys.executable)
    return run_trace(request, events.append), events


def _bindings(report: TraceReport) -> list[str]:
    return [
        f"{Path(seen.place.file).name}:{seen.place.line} {seen.kind} {seen.name}"
        f" {seen.last.shape} {seen.last.dtype} {seen.visits}"
        for seen in report.seen
        if seen.kind != "expression"
    ]


def test_training_script(trained: tuple[TraceReport, list[TraceEvent]]) -> None:
    report, _ = trained
    assert _bindings(report) == [
        "main.py:13 loop x (4, 2, 3) float32 4",
        "main.py:13 loop y (4,) int64 4",
        "main.py:14 variable loss () float32 4",
        "parts.py:8 attribute self.scale (1,) float32 1",
        "parts.py:11 parameter x (4, 7) float32 5",
        "parts.py:12 return forward (4, 3) float32 4",
        "parts.py:19 variable x (2, 3) float32 16",
        "parts.py:20 return __getitem__ (2, 3) float32 16",
    ]
    assert [(cut.line, cut.rounds, cut.of) for cut in report.cut] == [(13, 2, 10), (12, 2, 100)]
    assert "done 1" in report.output


def test_failure_of_the_training_script(trained: tuple[TraceReport, list[TraceEvent]]) -> None:
    report, _ = trained
    failure = report.failure
    assert failure is not None
    assert (report.reason, failure.type) == ("exception", "RuntimeError")
    assert "mat1 and mat2 shapes cannot be multiplied (4x7 and 6x3)" in failure.message
    frames = [
        (Path(f.place.file).name, f.place.line, f.place.column, f.function) for f in failure.frames
    ]
    columns = sys.version_info >= (3, 11)
    assert frames == [
        ("main.py", 22, 5 if columns else 0, "<module>"),
        ("main.py", 19, 5 if columns else 0, "main"),
        ("parts.py", 12, 16 if columns else 0, "forward"),
    ]
    assert failure.traceback in report.output
    assert failure.frames[-1].text == "return self.fc(x.flatten(1)) * self.scale"


def test_events_of_the_training_script(trained: tuple[TraceReport, list[TraceEvent]]) -> None:
    report, events = trained
    kinds = [type(event) for event in events]
    assert kinds[0] is Started
    assert {Device, Facts, CutLoop, Output, Failure} <= set(kinds)
    assert kinds.index(Facts) < kinds.index(Failure)
    last = {
        (seen.place, seen.kind): seen
        for event in events
        if isinstance(event, Facts)
        for seen in event.seen
    }
    assert tuple(sorted(last.values(), key=lambda seen: (seen.place, seen.kind))) == report.seen
    assert report.device is not None and report.device in events
    assert report.device.torch and report.device.kind


def test_workers_of_a_loader(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (tmp_path / "parts.py").write_text(PARTS)
    (tmp_path / "main.py").write_text(TRAINING.replace("WORKERS", "2, persistent_workers=True"))
    seen = {}
    for workers in (None, 0):
        report = run_trace(TraceRequest(str(tmp_path / "main.py"), sys.executable, workers=workers))
        assert report.reason == "exception", report.output
        assert "done 1" in report.output
        seen[workers] = "parts.py:19 variable x (2, 3) float32 16" in _bindings(report)
    # What a worker does is seen only where the program loads by itself.
    assert seen == {None: False, 0: True}


def test_what_a_script_finds(trace, tmp_path: Path) -> None:
    report = trace(
        """
        import os, sys
        print(sys.argv[1:], sys.path[0], os.getcwd(), __name__, __file__)
        print(repr(sys.stdin.read()), sys.stdout.encoding)
        """,
        args=("--lr", "0.1"),
    )
    path = tmp_path / "main.py"
    assert report.output.splitlines() == [
        f"['--lr', '0.1'] {tmp_path} {tmp_path} __main__ {path}",
        "'' utf-8",
    ]


def test_the_folder_is_left_as_it_was(trace, tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("from . import part")
    (tmp_path / "package" / "part.py").write_text("y = 1")
    report = trace(
        """
        import subprocess, sys
        import package
        subprocess.run([sys.executable, "-c", "import package"], check=True)
        """
    )
    assert report.reason == "finished", report.output
    names = sorted(path.name for path in tmp_path.rglob("*"))
    assert names == ["__init__.py", "main.py", "package", "part.py"]


ARRAYS = "import numpy\n{}x = numpy.zeros({})\n"


def test_only_the_learners_modules_are_rewritten(trace, tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    places = {
        "beside.py": True,
        "package/__init__.py": True,
        "package/inner.py": True,
        "env/lib/site-packages/installed.py": False,
        "venv/module.py": False,
    }
    (tmp_path / "env" / "lib" / "site-packages").mkdir(parents=True)
    (tmp_path / "package").mkdir()
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "pyvenv.cfg").write_text("")
    for path in places:
        (tmp_path / path).write_text(ARRAYS.format("", 3))
    report = trace(
        """
        import sys
        sys.path += ["env/lib/site-packages", "venv"]
        import beside, package, package.inner, installed, module
        """
    )
    assert report.reason == "finished", report.output
    found = {Path(seen.place.file).relative_to(tmp_path).as_posix() for seen in report.seen}
    assert found == {path for path, own in places.items() if own}


def test_module(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("")
    (tmp_path / "package" / "__main__.py").write_text(
        "import sys\nfrom .part import value\nprint(__name__, __package__, sys.argv[1:], value)"
    )
    (tmp_path / "package" / "part.py").write_text("value = 3")
    for name in ("package", "package.__main__"):
        report = run_trace(
            TraceRequest(name, sys.executable, mode="module", args=("a",), folder=tmp_path)
        )
        assert report.output == "__main__ package ['a'] 3\n"


def test_module_that_is_not_there(tmp_path: Path) -> None:
    report = run_trace(TraceRequest("missing", sys.executable, mode="module", folder=tmp_path))
    assert report.failure is not None
    assert (report.failure.type, report.failure.message) == (
        "ImportError",
        "no module named missing",
    )


def test_function(trace) -> None:
    pytest.importorskip("numpy")
    report = trace(
        """
        import numpy
        def double(x):
            return x * 2
        if __name__ == "__main__":
            print("not now")
        """,
        mode="function",
        expression="double(numpy.zeros((2, 3)))",
    )
    assert report.output == ""
    assert _bindings(report) == [
        "main.py:3 parameter x (2, 3) float64 1",
        "main.py:4 return double (2, 3) float64 1",
    ]


CELLS = [
    ("markdown", "# Arrays"),
    ("code", "%matplotlib inline\n!pip install numpy\nimport numpy"),
    ("code", "x = numpy.zeros(3)\nfiles = !ls\nif x is None:\n    %time y\nx?"),
    ("code", "%%time\ny = x\ny"),
    ("code", "%%bash\nexit 1"),
    ("code", "text = '''\n%not magic\n'''\nz = (x.sum()\n     % 2)\nprint(text, files)"),
    ("code", "display(y + [1, 2])"),
]


def _notebook(path: Path, cells: list[tuple[str, str]], tags: tuple[str, ...] = ()) -> Path:
    content = {
        "cells": [
            {
                "cell_type": kind,
                "metadata": {"tags": list(tags)},
                "source": text.splitlines(keepends=True),
            }
            for kind, text in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(content))
    return path


def test_notebook(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    path = _notebook(tmp_path / "arrays.ipynb", CELLS)
    report = run_trace(TraceRequest(str(path), sys.executable, mode="notebook"))
    assert report.output.startswith("\n%not magic\n None\n")
    found = [
        (seen.place.part, seen.place.line, seen.name)
        for seen in report.seen
        if seen.kind == "variable"
    ]
    assert found == [(1, 1, "x"), (2, 2, "y")]
    assert report.failure is not None
    assert [(f.place.part, f.place.line) for f in report.failure.frames] == [(5, 1)]
    assert "arrays.ipynb[cell 6]" in report.failure.traceback
    assert "display(y + [1, 2])" in report.failure.traceback


def test_notebook_that_shows_an_error(tmp_path: Path) -> None:
    cells = [("code", "1 / 0"), ("code", "print('after')")]
    path = _notebook(tmp_path / "errors.ipynb", cells, ("raises-exception",))
    report = run_trace(TraceRequest(str(path), sys.executable, mode="notebook"))
    assert report.reason == "finished"
    assert "ZeroDivisionError" in report.output and report.output.endswith("after\n")


@pytest.mark.parametrize("text", ["not json", "[]", '{"worksheets": []}'])
def test_what_is_no_notebook(text: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_text(text)
    report = run_trace(TraceRequest(str(path), sys.executable, mode="notebook"))
    assert report.reason == "exception"


def test_roots_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numpy")
    (tmp_path / "library").mkdir()
    (tmp_path / "work").mkdir()
    (tmp_path / "library" / "part.py").write_text(ARRAYS.format("", 3))
    path = tmp_path / "work" / "main.py"
    path.write_text("import sys\nsys.path.append('../library')\nimport part")
    monkeypatch.chdir(tmp_path)
    request = TraceRequest("work/main.py", sys.executable, roots=(Path("library"),))
    assert _bindings(run_trace(request)) == ["part.py:2 variable x (3,) float64 1"]


SAVING = """
    import os, sys, torch
    before = torch.load("old.pt")
    torch.save(before + 1, "old.pt")
    torch.save(before + 2, "new.pt")
    print(before, torch.load("old.pt"), torch.load("new.pt"), os.path.getsize("new.pt") > 0)
    try:
        torch.save(before, "nowhere/new.pt")
    except RuntimeError as error:
        print(error)
    {ending}
"""


@pytest.mark.parametrize("ending", ["", "os._exit(0)"])
def test_a_short_run_leaves_the_weights_alone(trace, tmp_path: Path, ending: str) -> None:
    torch = pytest.importorskip("torch")
    torch.save(torch.tensor(1), tmp_path / "old.pt")
    report = trace(SAVING.format(ending=ending))
    assert report.output == (
        "tensor(1) tensor(2) tensor(3) True\nParent directory nowhere does not exist.\n"
    )
    assert torch.load(tmp_path / "old.pt") == 1
    assert not (tmp_path / "new.pt").exists()


def test_a_full_run_saves(trace, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save(torch.tensor(1), tmp_path / "old.pt")
    trace(SAVING.format(ending=""), iterations=None)
    assert (torch.load(tmp_path / "old.pt"), torch.load(tmp_path / "new.pt")) == (2, 3)


def test_nobody_is_asked(trace) -> None:
    report = trace("name = input('Your name? ')")
    assert report.failure is not None
    assert (report.failure.type, report.failure.message) == (
        "EOFError",
        "input() has nobody to ask in a traced run",
    )
    assert report.output.startswith("Your name? Traceback")
    assert [frame.place.line for frame in report.failure.frames] == [1]


MATPLOTLIB = {
    "__init__.py": """
        chosen = "TkAgg"
        def use(backend, *, force=True):
            global chosen
            chosen = backend
    """,
    "pyplot.py": """
        def show(*args, **options):
            raise SystemExit("a window")
        def switch_backend(backend):
            print("switched to", backend)
    """,
}


def test_no_window_opens(trace, tmp_path: Path) -> None:
    folder = tmp_path / "matplotlib"
    folder.mkdir()
    for name, text in MATPLOTLIB.items():
        (folder / name).write_text(textwrap.dedent(text))
    report = trace(
        """
        import os
        import matplotlib
        matplotlib.use("TkAgg")
        import matplotlib.pyplot as plt
        plt.switch_backend("QtAgg")
        plt.show(block=True)
        print(matplotlib.chosen, os.environ["MPLBACKEND"], os.environ["TQDM_DISABLE"])
        """
    )
    assert report.output == "switched to Agg\nAgg Agg 1\n"


MEMORY = {
    "device": ("class OutOfMemoryError(RuntimeError): pass", "OutOfMemoryError('CUDA')"),
    "mps": ("", "RuntimeError('MPS backend out of memory (MPS allocated: 1 GB)')"),
    "host": ("", "RuntimeError('[enforce fail] DefaultCPUAllocator: can\\'t allocate memory')"),
    "python": ("", "MemoryError()"),
    "other": ("", "RuntimeError('no memory of this')"),
}


@pytest.mark.parametrize(
    "case, memory",
    [
        ("device", "device"),
        ("mps", "device"),
        ("host", "host"),
        ("python", "host"),
        ("other", None),
    ],
)
def test_too_little_memory_is_told_apart(trace, case: str, memory: str | None) -> None:
    head, error = MEMORY[case]
    report = trace(f"{head}\nraise {error}")
    assert report.failure is not None
    assert report.failure.memory == memory


def test_cause(trace) -> None:
    report = trace(
        """
        def load():
            try:
                {}["weights"]
            except KeyError as error:
                raise ValueError("no weights") from error
        load()
        """
    )
    failure = report.failure
    assert failure is not None and failure.cause is not None
    assert (failure.type, failure.cause.type) == ("ValueError", "KeyError")
    assert [frame.place.line for frame in failure.frames] == [7, 6]
    assert [frame.place.line for frame in failure.cause.frames] == [4]


@pytest.mark.parametrize(
    "source, place",
    [("x = 1\nprint('a\n", (2, 7)), ("def f(:\n    pass", (1, 7)), ("return", (1, 1))],
)
def test_syntax_error_has_its_place(trace, source: str, place: tuple[int, int]) -> None:
    report = trace(source)
    assert report.failure is not None
    frame = report.failure.frames[-1]
    assert (frame.place.line, frame.place.column) == place


def test_source_is_what_ran(trace, tmp_path: Path) -> None:
    report = trace("import os\nwith open(__file__, 'w') as f:\n    f.write('changed')\nprint('é')")
    (source,) = report.sources
    assert source.text.endswith("print('é')")
    assert (source.file, source.part) == (str(tmp_path / "main.py"), 0)


@pytest.mark.parametrize(
    "encoding, head",
    [("utf-8-sig", ""), ("latin-1", "# coding: latin-1\n"), ("utf-8", "\n")],
)
def test_encodings(tmp_path: Path, encoding: str, head: str) -> None:
    path = tmp_path / "main.py"
    path.write_bytes((head + "print('ação')\r\n").encode(encoding))
    assert run_trace(TraceRequest(str(path), sys.executable)).output == "ação\n"


def test_wrong_encoding(tmp_path: Path) -> None:
    path = tmp_path / "main.py"
    path.write_bytes(b"x = 1\nprint('a\xe7\xe3o')\n")
    report = run_trace(TraceRequest(str(path), sys.executable))
    assert report.failure is not None
    assert report.failure.type == "SyntaxError"
    assert "utf-8" in report.failure.message


def test_an_optimiser_needs_no_compiler(trace) -> None:
    report = trace(
        """
        import sys
        import torch

        model = torch.nn.Linear(2, 2)
        optimizer = torch.optim.Adam(model.parameters())
        model(torch.rand(1, 2)).sum().backward()
        optimizer.step()
        optimizer.zero_grad()
        print([name for name in sys.modules if name.startswith("torch._dynamo.")])
        compiled = torch.compile(model)(torch.rand(3, 2))
        """
    )
    assert report.reason == "finished"
    assert report.output.startswith("[]")
    assert [s.last.shape for s in report.seen if s.name == "compiled"] == [(3, 2)]
