"""The learner's syntax tree, rewritten so that its expressions report their values.

`f(x)` becomes `__shapewise__[1](f(x))`, where `__shapewise__[1]` is a recorder that
returns its argument. Where a value is bound without such an expression (`for x in
…`, a parameter, a part of a tuple) a call of a recorder follows the binding. New
nodes take the place of the old ones in the source, so a traceback reads as if
nothing had been done. What the program computes is the same, except that loops
end early where the run is to be short (`loops`).
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Protocol, Union, cast

from .places import Places
from .record import Label
from .syntax import (
    NEVER_TENSORS,
    Function,
    has_call,
    has_yield,
    imported_libraries,
    is_chain,
    is_compiled,
    is_range,
    leaves,
    may_be_tensor,
    parts_of,
)

FUNCTIONS = "__shapewise__"
"""The builtin that holds the functions which the rewritten tree calls, as a list.

One name, where every module finds it and none sees it among its globals. (Past
some hundred names Python no longer offers "Did you mean" for a misspelt one.)
"""


class Hooks(Protocol):
    """Makes the functions that the rewritten tree calls; each is an index into `FUNCTIONS`."""

    def recorder(self, labels: tuple[Label, ...]) -> int:
        """The recorder of a new site."""

    def iterable(self, line: int, column: int, calls: bool) -> int | None:
        """What to put around a loop's iterable; None to leave it."""

    def condition(self, line: int, column: int) -> int | None:
        """What to call before a `while` loop; None to leave it."""

    trained: int | None
    stepping: int | None


# Before 3.12 the places of expressions inside an f-string are not to be trusted.
_READ_F_STRINGS = sys.version_info >= (3, 12)

Loop = Union[ast.For, ast.AsyncFor]


def rewrite(source: str, tree: ast.Module, hooks: Hooks) -> ast.Module:
    """Rewrite a module in place.

    Args:
        source: the text that the tree was parsed from.
        hooks: makes the recorders.
    """
    _Rewriter(source, tree, hooks).visit(tree)
    return ast.fix_missing_locations(tree)


class _Rewriter(ast.NodeTransformer):
    def __init__(self, source: str, tree: ast.Module, hooks: Hooks) -> None:
        self._places = Places(source)
        self._hooks = hooks
        self._labels: dict[ast.AST, list[Label]] = {}
        self._modules = imported_libraries(tree)
        self._scopes: list[ast.AST] = []
        self._temporaries = 0

    # Expressions.

    def visit(self, node: ast.AST) -> Any:
        labels = self._labels.pop(node, [])
        worth = may_be_tensor(node, self._modules)
        if worth:
            labels.append(Label("expression", "", *self._places.of(node)))
        new = super().visit(node)
        if labels and (worth or not isinstance(node, NEVER_TENSORS)):
            return self._call(self._hooks.recorder(tuple(labels)), [new], node)
        return new

    def visit_Call(self, node: ast.Call) -> ast.AST:
        function = node.func
        trains = None
        if isinstance(function, ast.Attribute):
            # The method itself is no tensor; what it belongs to may be one.
            function.value = self.visit(function.value)
            if function.attr == "step" and self._hooks.stepping is not None:
                function.value = self._call(self._hooks.stepping, [function.value], function.value)
            trains = self._hooks.trained if function.attr == "backward" else None
        elif not isinstance(function, ast.Name):
            node.func = self.visit(function)
        node.args = [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)
        return node if trains is None else self._call(trains, [node], node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        self._mark(node.value, self._label("variable", node.target))
        node.value = self.visit(node.value)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self._visit_defaults(node.args)
        self._mark(node.body, Label("return", "<lambda>", *self._places.of(node.body)))
        self._scopes.append(node)
        node.body = self.visit(node.body)
        self._scopes.pop()
        seen = [self._call(index, [value], node) for index, value in self._parameters(node.args)]
        if seen:
            parts = ast.Tuple([*seen, node.body], ast.Load())
            last = ast.Subscript(parts, ast.Constant(-1), ast.Load())
            node.body = ast.copy_location(last, node)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return self.generic_visit(node) if _READ_F_STRINGS else node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        counts = is_range(node.iter)
        if node.is_async:
            node.iter = self.visit(node.iter)
        else:
            line, column, _, _ = self._places.of(node.target)
            node.iter = self._visit_iterable(node.iter, line, column, False)
        node.ifs = [self.visit(test) for test in node.ifs]
        if not counts:
            # A tuple of one element is true.
            seen = self._reads(node.target, "comprehension")
            node.ifs = [ast.copy_location(ast.Tuple([s], ast.Load()), s) for s in seen] + node.ifs
        return node

    # Statements that bind.

    def visit_Assign(self, node: ast.Assign) -> Any:
        after: list[ast.stmt] = []
        node.targets = [self._bind(target, node.value, after) for target in node.targets]
        node.value = self.visit(node.value)
        return [node, *after] if after else node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is not None:
            # One of the three kinds of target that an annotation allows.
            node.target = cast(Any, self._bind(node.target, node.value, []))
            node.value = self.visit(node.value)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        target = node.target
        if isinstance(target, ast.Attribute):
            return self._augment_attribute(node, target)
        node.value = self.visit(node.value)
        if isinstance(target, ast.Name):
            return [node, *self._statements(self._reads(target, None))]
        node.target = self.visit(target)
        return node

    def _augment_attribute(self, node: ast.AugAssign, target: ast.Attribute) -> Any:
        """`o.x += y` by way of variables: reading `o.x` once more could run the learner's code."""
        recorder = self._hooks.recorder((self._label("attribute", target),))
        owner, value = self._temporary(), self._temporary()

        def attribute(context: ast.expr_context) -> ast.Attribute:
            return ast.Attribute(ast.Name(owner, ast.Load()), target.attr, context)

        seen = self._call(recorder, [ast.Name(value, ast.Load())], node)
        statements: list[ast.stmt] = [
            ast.Assign([ast.Name(owner, ast.Store())], self.visit(target.value)),
            ast.Assign([ast.Name(value, ast.Store())], attribute(ast.Load())),
            ast.AugAssign(ast.Name(value, ast.Store()), node.op, self.visit(node.value)),
            ast.Assign([attribute(ast.Store())], seen),
            ast.Delete([ast.Name(owner, ast.Del()), ast.Name(value, ast.Del())]),
        ]
        return [ast.copy_location(statement, node) for statement in statements]

    def visit_For(self, node: Loop) -> ast.AST:
        seen = [] if is_range(node.iter) else self._reads(node.target, "loop")
        if isinstance(node, ast.For) and not has_yield(node.body):
            line, column, _, _ = self._places.of(node)
            node.iter = self._visit_iterable(node.iter, line, column, has_call(node.body))
        else:
            node.iter = self.visit(node.iter)
        node.body = self._statements(seen) + self._visit_body(node.body)
        node.orelse = self._visit_body(node.orelse)
        return node

    visit_AsyncFor = visit_For

    def visit_While(self, node: ast.While) -> Any:
        line, column, _, _ = self._places.of(node)
        start = None
        if (has_call(node.body) or has_call([node.test])) and not has_yield(node.body):
            start = self._hooks.condition(line, column)
        self.generic_visit(node)
        if start is None:
            return node
        gate = self._temporary()
        first = ast.Assign([ast.Name(gate, ast.Store())], self._call(start, [], node.test))
        goes_on = ast.Call(ast.Name(gate, ast.Load()), [], [])
        node.test = ast.BoolOp(ast.And(), [node.test, goes_on])
        return [ast.copy_location(first, node), node]

    def visit_With(self, node: ast.With | ast.AsyncWith) -> ast.AST:
        seen: list[ast.expr] = []
        for item in node.items:
            item.context_expr = self.visit(item.context_expr)
            if item.optional_vars is not None:
                seen += self._reads(item.optional_vars, "with")
        node.body = self._statements(seen) + self._visit_body(node.body)
        return node

    visit_AsyncWith = visit_With

    def visit_FunctionDef(self, node: Function) -> ast.AST:
        if is_compiled(node):
            return node
        self._visit_defaults(node.args)
        method = bool(self._scopes) and isinstance(self._scopes[-1], ast.ClassDef)
        self._scopes.append(node)
        seen = [
            self._call(index, [value], value)
            for index, value in self._parameters(node.args, skip_first=method)
        ]
        head = 1 if ast.get_docstring(node, clean=False) is not None else 0
        body = self._visit_body(node.body[head:])
        node.body = node.body[:head] + self._statements(seen) + body
        self._scopes.pop()
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._scopes.append(node)
        node.body = self._visit_body(node.body)
        self._scopes.pop()
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        if node.value is not None:
            scope = self._scopes[-1] if self._scopes else None
            name = str(getattr(scope, "name", ""))
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for value in values:
                self._mark(value, Label("return", name, *self._places.of(value)))
            node.value = self.visit(node.value)
        return node

    def visit_match_case(self, node: Any) -> Any:
        seen = []
        for part in ast.walk(node.pattern):
            name = getattr(part, "name", None)
            if isinstance(name, str):
                label = Label("variable", name, *self._places.of_last_name(part, name))
                recorder = self._hooks.recorder((label,))
                seen.append(self._call(recorder, [ast.Name(name, ast.Load())], part))
        if node.guard is not None:
            node.guard = self.visit(node.guard)
        node.body = self._statements(seen) + self._visit_body(node.body)
        return node

    # Parts of these.

    def _bind(self, target: ast.expr, value: ast.expr | None, after: list[ast.stmt]) -> ast.expr:
        """Visit a target, and see to it that what it is bound to is recorded.

        Args:
            value: the expression that the target takes, which is labelled; None for
                a part of a value.
            after: gets the statements that record the parts.
        """
        if isinstance(target, ast.Name):
            if value is None:
                after += self._statements(self._reads(target, None))
            else:
                self._mark(value, self._label(None, target))
        elif isinstance(target, ast.Attribute):
            if value is None:
                return self._by_variable(target, after)
            self._mark(value, self._label(None, target))
            self.generic_visit(target)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = parts_of(value, target.elts)
            target.elts = [self._bind(t, v, after) for t, v in zip(target.elts, parts)]
        elif isinstance(target, ast.Subscript):
            self.generic_visit(target)
        return target

    def _by_variable(self, attribute: ast.Attribute, after: list[ast.stmt]) -> ast.expr:
        """A variable to take a part of a value in place of an attribute.

        The part is recorded on its way from the one to the other: reading the
        attribute could run the learner's code.
        """
        recorder = self._hooks.recorder((self._label("attribute", attribute),))
        name = self._temporary()
        self.generic_visit(attribute)
        seen = self._call(recorder, [ast.Name(name, ast.Load())], attribute)
        assign = ast.Assign([attribute], seen)
        forget = ast.Delete([ast.Name(name, ast.Del())])
        after += [ast.copy_location(assign, attribute), ast.copy_location(forget, attribute)]
        return ast.copy_location(ast.Name(name, ast.Store()), attribute)

    def _reads(self, target: ast.expr, kind: str | None) -> list[ast.expr]:
        """Calls that record the names of a target once it is bound."""
        calls = []
        for part in leaves(target):
            if isinstance(part, ast.Name) or (part is target and is_chain(part)):
                read: Any = copy.deepcopy(part)
                read.ctx = ast.Load()
                recorder = self._hooks.recorder((self._label(kind, part),))
                calls.append(self._call(recorder, [read], part))
        return calls

    def _parameters(
        self, arguments: ast.arguments, skip_first: bool = False
    ) -> Iterator[tuple[int, ast.expr]]:
        every = [*arguments.posonlyargs, *arguments.args]
        if skip_first and every and every[0].arg in ("self", "cls"):
            every = every[1:]
        every += [a for a in (arguments.vararg, *arguments.kwonlyargs, arguments.kwarg) if a]
        for argument in every:
            label = Label("parameter", argument.arg, *self._places.of_name(argument))
            read = ast.copy_location(ast.Name(argument.arg, ast.Load()), argument)
            yield self._hooks.recorder((label,)), read

    def _visit_defaults(self, arguments: ast.arguments) -> None:
        arguments.defaults = [self.visit(value) for value in arguments.defaults]
        arguments.kw_defaults = [
            None if value is None else self.visit(value) for value in arguments.kw_defaults
        ]

    def _visit_iterable(self, node: ast.expr, line: int, column: int, calls: bool) -> ast.expr:
        limit = self._hooks.iterable(line, column, calls)
        new: ast.expr = self.visit(node)
        return new if limit is None else self._call(limit, [new], node)

    def _visit_body(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        new: list[ast.stmt] = []
        for statement in body:
            result = self.visit(statement)
            new += result if isinstance(result, list) else [result]
        return new

    def _label(self, kind: str | None, node: ast.expr) -> Label:
        if isinstance(node, ast.Name):
            return Label(kind or "variable", node.id, *self._places.of(node))
        return Label("attribute", ast.unparse(node), *self._places.of(node))

    def _mark(self, node: ast.AST, label: Label) -> None:
        self._labels.setdefault(node, []).append(label)

    def _temporary(self) -> str:
        self._temporaries += 1
        return f"__shapewise_t{self._temporaries}__"

    @staticmethod
    def _call(index: int, arguments: list[ast.expr], like: ast.AST) -> ast.expr:
        functions = ast.copy_location(ast.Name(FUNCTIONS, ast.Load()), like)
        number = ast.copy_location(ast.Constant(index), like)
        function = ast.copy_location(ast.Subscript(functions, number, ast.Load()), like)
        return ast.copy_location(ast.Call(function, arguments, []), like)

    @staticmethod
    def _statements(calls: Sequence[ast.expr]) -> list[ast.stmt]:
        return [ast.copy_location(ast.Expr(call), call) for call in calls]
