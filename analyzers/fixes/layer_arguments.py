"""A layer is made with another size: the one that flows into it, or one that torch takes."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from ..facts import text
from .base import Candidate
from .site import Site
from .sizing import name_of, number_of, set_size, whole

_INPUT: dict[str, tuple[int, str]] = {
    "Linear": (0, "in_features"),
    "Conv1d": (0, "in_channels"),
    "Conv2d": (0, "in_channels"),
    "Conv3d": (0, "in_channels"),
    "ConvTranspose1d": (0, "in_channels"),
    "ConvTranspose2d": (0, "in_channels"),
    "ConvTranspose3d": (0, "in_channels"),
    "BatchNorm1d": (0, "num_features"),
    "BatchNorm2d": (0, "num_features"),
    "BatchNorm3d": (0, "num_features"),
    "InstanceNorm2d": (0, "num_features"),
    "GroupNorm": (1, "num_channels"),
    "LayerNorm": (0, "normalized_shape"),
    "RNN": (0, "input_size"),
    "LSTM": (0, "input_size"),
    "GRU": (0, "input_size"),
    "RNNCell": (0, "input_size"),
    "LSTMCell": (0, "input_size"),
    "GRUCell": (0, "input_size"),
    "MultiheadAttention": (0, "embed_dim"),
    "TransformerEncoderLayer": (0, "d_model"),
    "TransformerDecoderLayer": (0, "d_model"),
    "Embedding": (0, "num_embeddings"),
}
"""By class: the argument that tells what comes in."""

_OUTPUT: dict[str, tuple[int, str]] = {
    "Linear": (1, "out_features"),
    "Conv1d": (1, "out_channels"),
    "Conv2d": (1, "out_channels"),
    "Conv3d": (1, "out_channels"),
    "ConvTranspose2d": (1, "out_channels"),
}


def class_of(call: ast.Call) -> str:
    """The class that a call makes a layer of: `Linear`."""
    return ast.unparse(call.func).rpartition(".")[2]


def input_size(site: Site) -> Iterator[Candidate]:
    """What flows in becomes the layer's size."""
    made = site.layer
    where = _INPUT.get(class_of(made)) if made is not None else None
    if made is None or where is None:
        return
    size = site.field("got")
    if where[1] == "normalized_shape":
        operand = site.shape(site.node)
        size = str(operand[-1]) if operand else ""
    if where[1] == "in_channels" and class_of(made).endswith("2d") and site.rank(site.node) == 3:
        return  # It is the axis of the batch that is missing.
    if size.isdigit():
        yield from set_size(site, made, where, int(size))


def output_of_previous(site: Site) -> Iterator[Candidate]:
    """The layer in front gives what this one wants, where the two stand in one list."""
    made, wanted = site.layer, site.field("wanted")
    parent = site.program.parents.get(id(made)) if made is not None else None
    if not wanted.isdigit() or not isinstance(parent, (ast.Call, ast.List)):
        return
    layers = parent.args if isinstance(parent, ast.Call) else parent.elts
    place = next((i for i, layer in enumerate(layers) if layer is made), 0)
    for layer in reversed(layers[:place]):
        if isinstance(layer, ast.Call) and class_of(layer) in _OUTPUT:
            yield from set_size(site, layer, _OUTPUT[class_of(layer)], int(wanted))
            return


def output_size(site: Site) -> Iterator[Candidate]:
    """The layer whose output is compared gives as many numbers as the target has."""
    call = site.call
    if call is None or len(call.args) < 2:
        return
    prediction, target = call.args[0], site.shape(call.args[1])
    made = layer_behind(site, prediction)
    sizes = site.shape(prediction)
    if made is None or class_of(made) not in _OUTPUT or sizes is None:
        return
    wanted = target[-1] if target and len(target) == len(sizes) else None
    if site.problem.code == "SW512":
        wanted = 2
    elif site.problem.code == "SW114":
        wanted = (site.number("id") or site.number("label") or 0) + 1
    if wanted is not None:
        yield from set_size(site, made, _OUTPUT[class_of(made)], wanted)


def layer_behind(site: Site, node: ast.expr) -> ast.Call | None:
    """How the layer is made that gives an expression its value: `model` of `model(x)`.

    Of an `nn.Sequential`, the last one that has sizes.
    """
    if isinstance(node, ast.Name):
        made = site.maker(node)
        return layer_behind(site, made) if isinstance(made, ast.Call) else None
    if not isinstance(node, ast.Call):
        return None
    made = node.func if isinstance(node.func, ast.Call) else site.maker(node.func)
    while isinstance(made, ast.Call) and class_of(made) in ("to", "Sequential"):
        if class_of(made) == "to":
            made = made.func.value if isinstance(made.func, ast.Attribute) else None
            continue
        layers = [a for a in made.args if isinstance(a, ast.Call) and class_of(a) in _OUTPUT]
        made = layers[-1] if layers else None
    return made if isinstance(made, ast.Call) else None


def more_rows(site: Site) -> Iterator[Candidate]:
    """An embedding with a row for the largest id."""
    made = site.layer
    if made is None and site.call is not None:
        found = site.maker(site.call.func)
        made = found if isinstance(found, ast.Call) else None
    largest = site.number("id") or site.number("got")
    if made is not None and largest is not None and class_of(made) == "Embedding":
        yield from set_size(site, made, _INPUT["Embedding"], largest + 1)


def divisor(site: Site) -> Iterator[Candidate]:
    """The nearest number of heads or groups that divides what is split."""
    call = site.call
    if call is None:
        return
    heads = class_of(call) == "MultiheadAttention"
    split = site.argument(call, 0, "embed_dim" if heads else "in_channels")
    parts = site.argument(call, 1, "num_heads") if heads else site.argument(call, 6, "groups")
    channels = None if heads else site.argument(call, 1, "out_channels")
    numbers = [number_of(site, node) for node in (split, parts, channels)]
    if split is None or parts is None or not numbers[0] or not numbers[1]:
        return
    fits = [
        n
        for n in range(1, numbers[0] + 1)
        if numbers[0] % n == 0 and (numbers[2] is None or numbers[2] % n == 0)
    ]
    best = min(fits, key=lambda n: (abs(n - (numbers[1] or 0)), n))
    where = (1, "num_heads") if heads else (6, "groups")
    yield from set_size(site, call, where, best)
    if not heads:
        return  # The channels are what flows in: an image has three.
    below = numbers[0] - numbers[0] % numbers[1]
    near = below if numbers[0] - below <= numbers[1] // 2 and below else below + numbers[1]
    yield from set_size(site, call, (0, "embed_dim"), near)


def whole_division(site: Site) -> Iterator[Candidate]:
    """`//` for `/` among the sizes."""
    call = site.call
    if call is None:
        return
    edits = []
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if not any(isinstance(node, ast.BinOp) for argument in given for node in ast.walk(argument)):
        # The division may stand where the name was given its value.
        names = [ast.unparse(a) for a in given if isinstance(a, (ast.Name, ast.Attribute))]
        given = [made.value for name in names for made in site.program.assignments(name)]
    for argument in given:
        for node in ast.walk(argument):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
                # The sign stands somewhere between the operands, perhaps behind a bracket.
                left, right = site.program.span(node.left), site.program.span(node.right)
                whole = site.code(node)
                if left.end_line == right.line and whole.count("/") == 1:
                    edits.append(site.replace(node, whole.replace("/", "//")))
    if edits:
        title = text("Write `{new}` instead of `{old}`", new="//", old="/")
        yield site.candidate("whole-division", title, tuple(edits), safe=True)


def known_keyword(site: Site) -> Iterator[Candidate]:
    """A misspelt argument by its right name."""
    call, wrong = site.call, site.field("argument")
    names = [name for _, name in [*_INPUT.values(), *_OUTPUT.values()]]
    names += ["kernel_size", "stride", "padding", "bias", "hidden_size", "num_layers", "dim"]
    names += ["batch_first", "dropout", "embedding_dim", "num_heads", "inplace", "dtype"]
    for keyword in call.keywords if call is not None else ():
        if keyword.arg != wrong or keyword.arg is None:
            continue
        for name in difflib.get_close_matches(wrong, names, 3, 0.7):
            new = f"{name}={site.code(keyword.value)}"
            title = text("Write `{new}` instead of `{old}`", new=name, old=wrong)
            span = site.program.span(keyword)
            edit = site.replace(keyword.value, new)
            head = type(edit)(
                type(span)(
                    span.part, span.line, span.column, edit.span.end_line, edit.span.end_column
                ),
                new,
            )
            yield site.candidate("keyword", title, (head,))


def padding(site: Site) -> Iterator[Candidate]:
    """Padding that keeps the images as large as they are."""
    made = site.layer
    if made is None or not class_of(made).startswith("Conv"):
        return
    kernel = whole(site.argument(made, 2, "kernel_size"))
    if kernel is not None and site.argument(made, 4, "padding") is None:
        title = text(
            "Change {argument} of `{layer}` to {value}",
            argument="padding",
            layer=name_of(site, made),
            value=kernel // 2,
        )
        edit = site.with_argument(made, f"padding={kernel // 2}")
        yield site.candidate("padding", title, (edit,))


def other_norm(site: Site) -> Iterator[Candidate]:
    """The layer for as many axes as there are: `BatchNorm1d` for `BatchNorm2d`."""
    made = site.layer
    if made is None:
        return
    name = class_of(made)
    if not re.search(r"(Norm|Pool)[123]d$", name):
        return
    attribute = made.func
    for axes in "123":
        new = site.code(attribute)[:-2] + f"{axes}d"
        if new != site.code(attribute):
            title = text("Write `{new}` instead of `{old}`", new=name[:-2] + axes + "d", old=name)
            yield site.candidate("other-layer", title, (site.replace(attribute, new),))
