"""Training loops: steps that are missing or in another order."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..facts import text
from .base import Candidate, Edit
from .site import Site


def zero_grad(site: Site) -> Iterator[Candidate]:
    """`optimizer.zero_grad()` before `backward()`."""
    if site.statement is None:
        return
    for name in _optimizers(site):
        line = f"{name}.zero_grad()"
        edit = site.line_before(site.statement, line)
        if edit is not None:
            title = text("Insert `{line}`", line=line)
            yield site.candidate("zero-grad", title, (edit,), safe=True)


def _optimizers(site: Site) -> list[str]:
    """What has a `step()`, as it is called."""
    found = [
        site.code(node.func.value)
        for node in site.program.nodes()
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "step"
    ]
    optimizers = [name for name in found if "sched" not in name]
    return list(dict.fromkeys(optimizers))


def reordered(site: Site) -> Iterator[Candidate]:
    """A statement moved to where its step belongs."""
    statement, node = site.statement, site.node
    if statement is None or not isinstance(node, ast.Call):
        return
    block = site.program.block(statement)
    for other in block:
        called = ast.unparse(other)
        if site.code(node).endswith("zero_grad()") and ".backward(" in called:
            yield from _moved(site, statement, other, above=True)
        elif ".step(" in called and other is not statement:
            yield from _moved(site, statement, other, above=False)
            yield from _moved(site, other, statement, above=True)
        elif ".backward(" in called and other is not statement:
            yield from _moved(site, statement, other, above=False)


def _moved(site: Site, statement: ast.stmt, other: ast.stmt, *, above: bool) -> Iterator[Candidate]:
    code = site.code(statement)
    removed = site.without(statement)
    added = site.line_before(other, code) if above else site.line_behind(other, code)
    if removed is None or added is None or "\n" in code:
        return
    line, beside = site.short(statement), site.short(other)
    title = (
        text("Move `{line}` above `{other}`", line=line, other=beside)
        if above
        else text("Move `{line}` below `{other}`", line=line, other=beside)
    )
    yield site.candidate("order", title, (removed, added))


def evaluation(site: Site) -> Iterator[Candidate]:
    """`model.eval()` before a model is tried out; in a loop that trains, `train()` again."""
    statement, node = site.statement, site.node
    if statement is None or not isinstance(node, ast.Call):
        return
    if not isinstance(node.func, (ast.Name, ast.Attribute)):
        return
    model = site.code(node.func)
    around = list(site.program.around(statement))
    withs = [n for n in around if isinstance(n, ast.With)]
    edit = site.line_before(withs[-1] if withs else statement, f"{model}.eval()")
    if edit is None:
        return
    title = text("Insert `{line}`", line=f"{model}.eval()")
    trains = any(_calls(n, "train") for n in site.program.nodes())
    loop = next((n for n in around if isinstance(n, (ast.For, ast.While))), None)
    if loop is not None and not trains and any(_calls(n, "backward") for n in ast.walk(loop)):
        again = site.line_before(loop.body[0], f"{model}.train()")
        if again is not None:
            title = text(
                "Insert `{line}`, and `{other}` where the loop begins",
                line=f"{model}.eval()",
                other=f"{model}.train()",
            )
            yield site.candidate("eval", title, (again, edit), safe=True)
        return
    # What runs again and trains would go on in this mode.
    once = loop is None and site.program.function(statement) is None
    yield site.candidate("eval", title, (edit,), safe=trains or once)


def _calls(node: ast.AST, method: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == method
    )


def dropout_mode(site: Site) -> Iterator[Candidate]:
    """`F.dropout` that is told whether the module trains."""
    node = site.node
    if isinstance(node, ast.Call) and site.program.function(node) is not None:
        new = "training=self.training"
        title = text("Write `{new}` in `{old}`", new=new, old=site.short(node))
        yield site.candidate("dropout", title, (site.with_argument(node, new),), safe=True)


def optimizer_behind(site: Site) -> Iterator[Candidate]:
    """The optimizer made after the model."""
    node = site.node
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    made = site.program.assignments(site.code(node.func.value))
    if not made:
        return
    moved = made[-1]
    names = {n.id for n in ast.walk(moved.value) if isinstance(n, ast.Name)}
    later: list[ast.Assign] = [
        assignment
        for name in names
        for assignment in site.program.assignments(name)
        if site.program.span(assignment) > site.program.span(moved)
    ]
    if later:
        last = max(later, key=site.program.span)
        yield from _moved(site, moved, last, above=False)


def permuted(site: Site) -> Iterator[Candidate]:
    """`permute` for a `view` that mixes the pixels."""
    node = site.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        tensor = node.func.value
        rank = site.rank(tensor)
        orders = {4: ["0, 3, 1, 2", "0, 2, 3, 1"], 3: ["2, 0, 1", "1, 2, 0", "0, 2, 1"]}
        for order in orders.get(rank or 0, []):
            new = f"{site.code(tensor)}.permute({order})"
            before, wanted = site.shape(tensor), site.shape(node)
            axes = [int(axis) for axis in order.split(", ")]
            if before is not None and tuple(before[axis] for axis in axes) == wanted:
                yield site.rewrite("permute", node, new)


def swapped_last(site: Site) -> Iterator[Candidate]:
    """`.mT` for a `.T` that reverses all axes."""
    node = site.node
    if isinstance(node, ast.Attribute):
        yield site.rewrite("transpose", node, f"{site.code(node.value)}.mT", safe=True)
        yield site.rewrite("transpose", node, f"{site.code(node.value)}.transpose(-2, -1)")


def batch_of_image(site: Site) -> Iterator[Candidate]:
    """An axis for the batch in front of a single image that layers are given."""
    for node in site.program.nodes():
        if isinstance(node, ast.Call) and node.args and site.program.span(node) < site.problem.span:
            argument = node.args[0]
            if site.rank(argument) == 3 and site.layer_named(node.func).startswith("Conv"):
                yield site.write("unsqueeze", argument, ".unsqueeze(0)")


def flattened_rows(site: Site) -> Iterator[Candidate]:
    """Images in front of a layer that went over their rows flattened, and the layer set."""
    node, call = site.node, site.outer_call
    shape = site.shape(node)
    if node is None or call is None or shape is None or len(shape) != 4:
        return
    made = site.maker(call.func) if isinstance(call.func, (ast.Name, ast.Attribute)) else call.func
    if isinstance(made, ast.Call) and made.args:
        size = shape[1] * shape[2] * shape[3]
        edits: list[Edit] = [*site.suffixed(node, ".flatten(1)")]
        edits.append(site.replace(made.args[0], str(size)))
        title = text(
            "Flatten `{name}` and change {argument} of `{layer}` to {value}",
            name=site.short(node),
            argument="in_features",
            layer=site.short(call.func),
            value=size,
        )
        yield site.candidate("flatten-and-set", title, tuple(edits))
