"""Writes docs/fixes.md: which quick fixes there are. `python -m tests.fixes.table`."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from shapewise.analyzers.messages import render

from ..catalogue.rows import TOTAL, Row, read
from .rows import Tried, tried

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/fixes.md"

_HEAD = """\
# Quick fixes

A quick fix is an edit that was proved: the edited program was analysed again, its problem is gone
and no new one has come, everything that was known still is, and what failed has a result. What is
not proved is not offered. The title tells what is done, and the shape that comes of it.

- **In an editor** the fixes of a problem are code actions (*Quick Fix*), at most {most} of them, the
  preferred one first. They come before the lessons. Where several problems are fixed in one way,
  another action fixes them all. An editor that asks for `source.fixAll` or
  `source.fixAll.shapewise` (VS Code: `"editor.codeActionsOnSave"`) has everything fixed that is *safe*.
- **In a terminal** [`shapewise check --fix`](check.md#fixing) does the same, and `--diff` shows what
  it would do.

A fix is *safe* if it says what the program means already: it may be applied without being read. To
change a size, to move an axis or to exchange a loss is to decide something, and is not safe.

Edits are made on ranges of the text that the syntax tree gives, so spaces, comments, quotes, tabs
and line ends that are not meant to change stay. A problem that was hidden by a failure, such as a
missing `model.eval()` further down, is no new one: it is told apart by analysing the program with
the failing expression left out.

What is written here is counted by `python -m tests.fixes.table`; do not edit it. `tests/fixes` holds
every fix against torch: the fixed programs of the catalogue, of the rules' pages and of learners are
run for real, past the line that failed.
"""

_KINDS = {
    "set-size": "a layer is made with another size: in the words of the program (`input_size + "
    "hidden_size`), where a name got its number, or as a number",
    "flatten": "everything but the batch in one axis: `.flatten(1)`, `nn.Flatten()`",
    "flatten-and-set": "flattened, and the layer made for what that gives",
    "unsqueeze": "an axis of size 1, often the batch's, where it is used or at the call",
    "squeeze": "an axis of size 1 less",
    "transpose": "two axes change places: `.T`, `.transpose(-2, -1)`, `.mT`",
    "permute": "the axes in another order",
    "other-product": "`@` for `bmm` or `mm`",
    "view-size": "a size in `view` or `reshape`",
    "reshape": "`reshape` for `view`",
    "dim": "another axis in `dim=`",
    "index": "an index that is there",
    "unpack": "as many names as there are values",
    "join": "`stack` for `cat`, or the other way",
    "join-list": "the tensors of `cat` in a list",
    "resize": "a picture brought to the size of another",
    "stack": "`torch.stack` of a list of tensors",
    "padded": "sequences filled up to one length, in the `DataLoader`",
    "equation": "the letters of an `einsum`",
    "keepdim": "`keepdim=True`",
    "flip": "`torch.flip` for `[::-1]`",
    "padding": "`padding=` for a kernel that is larger than its input",
    "remove-layer": "a pooling layer less",
    "other-layer": "`BatchNorm1d` for `BatchNorm2d`, and the like",
    "state": "the hidden state in the shape that the layer wants",
    "mask": "the attention mask in the size of the sequences",
    "batch-first": "`batch_first=True`",
    "float": "`.float()`",
    "long": "`.long()`",
    "bool": "`.bool()`",
    "dtype": "`dtype=` where a tensor is made, or the dtype of the other operand",
    "argmax": "class numbers from one-hot rows",
    "logic": "`&`, `|`, `^` and `~` for the arithmetic of bools",
    "out-of-place": "`x = x + y` for `x += y`",
    "astype": "the dtype of an array, and `.to(dtype)` for `astype`",
    "from-numpy": "a tensor made of an array",
    "copy": "`.copy()` of an array that runs backwards",
    "device": "`.to(device)`, `device=`, `map_location=`, or a device that is asked for first",
    "keep": "`x = x.to(device)`",
    "numpy": "`.detach()` and `.cpu()` before NumPy",
    "detach": "what is carried from round to round cut off",
    "no-grad": "`with torch.no_grad():` put around, taken away, or called",
    "retain-graph": "`retain_graph=True`, or a second `backward()` less",
    "retain-grad": "`retain_grad()`",
    "guard": "`if w.grad is not None:`",
    "zero-grad": "`optimizer.zero_grad()`",
    "order": "the steps of a training round in their order; the optimizer behind its model",
    "eval": "`model.eval()`, and `model.train()` where the loop begins",
    "dropout": "`training=self.training`",
    "item": "`.item()`",
    "mean": "`.mean()` or `.sum()` of a loss of many numbers",
    "to-list": "`.tolist()`",
    "condition": "`torch.equal`, `.all()` or `.any()`",
    "cut": "a loss that is not cut out of its graph",
    "clone": "`.detach().clone()`",
    "constructor": "`torch.tensor` or `torch.zeros` for `torch.Tensor`",
    "class-axis": "the axis of the classes: `dim=1`",
    "softmax": "a softmax or sigmoid less in front of a loss that has its own",
    "log-softmax": "log-probabilities",
    "other-loss": "the loss that takes what there is",
    "call-loss": "a loss made first and then called",
    "swap": "prediction and target in their order",
    "labels": "labels that begin with 0",
    "module-list": "`nn.ModuleList` around a list of layers",
    "sequential": "`nn.Sequential(*layers)`",
    "super-init": "`super().__init__()`",
    "forward": "a misspelt `forward`",
    "return": "`return x` at the end of `forward` or `__getitem__`",
    "parameters": "`model.parameters()`",
    "parameter": "`nn.Parameter`",
    "whole-division": "`//` for `/` in a size",
    "attribute": "`x.shape` for `x.shape()`",
    "values": "one of the two that `max(1)` gives",
    "state-dict": "`model.state_dict()` saved for a whole model",
    "keyword": "a misspelt argument",
    "leaf": "`requires_grad=True` where a tensor is made",
    "comment": "a comment that keeps nothing silent taken away",
    "pair": "the output of a recurrent layer without its state",
}
"""What is done, by kind, in the order of the page."""


def written(rows: list[Row], fixes: dict[int, list[Tried]]) -> str:
    """The text of the page.

    Args:
        fixes: by row, the preferred one first.
    """
    from shapewise.analyzers.fixes import MOST

    offered = [row for row in rows if fixes[row.number]]
    same = sum(fixes[row.number][0].right for row in offered)
    any_same = sum(any(item.right for item in fixes[row.number]) for row in offered)
    safe = sum(fixes[row.number][0].fix.safe for row in offered)
    gpu = sum(row.needs == "an accelerator" for row in offered)
    lines = [
        _HEAD.format(most=MOST),
        "## In numbers",
        "",
        f"- {len(offered)} of the {TOTAL} rows of the [catalogue](coverage.md) have a proved fix; for "
        f"{safe} of them the preferred one is safe.",
        f"- In {same} rows the preferred fix is, but for spaces, the program that the catalogue gives "
        f"as the right one; in {any_same} one of those offered is.",
        f"- All fixes of {len(offered) - gpu} rows run in torch to the end of the program; the other "
        f"{gpu} need an accelerator, and run where there is one.",
        "",
        "## Kinds",
        "",
        "| what is done | rows | of rules | safe | for example |",
        "|---|---|---|---|---|",
    ]
    by_kind: dict[str, list[tuple[Row, Tried]]] = defaultdict(list)
    for row in rows:
        for item in fixes[row.number]:
            by_kind[item.fix.kind].append((row, item))
    for kind, what in _KINDS.items():
        found = by_kind.pop(kind, [])
        numbers = {row.number for row, _ in found}
        codes = sorted({row.code for row, _ in found})
        mark = {True: "yes", False: "no"}
        kept = " or ".join(sorted({mark[item.fix.safe] for _, item in found}, reverse=True))
        # The preferred one tells best what the kind is for.
        best = sorted(found, key=lambda pair: not pair[1].fix.preferred)
        title = render(best[0][1].fix.title, "en").replace("|", "\\|") if best else ""
        lines.append(
            f"| {what.replace('|', chr(92) + '|')} | {len(numbers) or ''} | {', '.join(codes)} "
            f"| {kept} | {title} |"
        )
    assert not by_kind, f"not described: {list(by_kind)}"
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes the page."""
    from shapewise.runtime.client import OracleClient

    rows = read()
    client = OracleClient()
    client.start()
    try:
        fixes = {row.number: tried(row, client) for row in rows}
    finally:
        client.close()
    PAGE.write_text(written(rows, fixes), encoding="utf-8")
    print(f"{sum(map(bool, fixes.values()))} of {TOTAL} rows have a fix")


if __name__ == "__main__":
    main()
