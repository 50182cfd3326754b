"""Running statements: blocks, branches, `try`, `with`, definitions, imports."""

from __future__ import annotations

import ast
from collections.abc import Callable
from enum import Enum
from typing import Any

from ...runtime.oracle.wire import Error
from ..values.model import (
    Alternatives,
    Const,
    InstanceV,
    Library,
    ModuleV,
    Native,
    TensorV,
    Unknown,
    Value,
)
from . import (
    asserted,
    attributes,
    claimed,
    classes,
    failures,
    functions,
    imports,
    loops,
    managers,
    narrowing,
    operators,
    scopes,
)
from .assign import assign, delete
from .call import Call
from .expressions import evaluate
from .machine import Machine, Raised


class Flow(Enum):
    """How a block ends."""

    NEXT = "next"
    RETURN = "return"
    BREAK = "break"
    CONTINUE = "continue"
    DEAD = "dead"
    """It raises: nothing behind it runs."""

    @property
    def falls_through(self) -> bool:
        """Whether the statement behind the block runs."""
        return self is Flow.NEXT


def run_block(machine: Machine, body: list[ast.stmt]) -> Flow:
    """Runs statements in order, up to the first one that leaves the block."""
    for statement in body:
        flow = run_statement(machine, statement)
        if flow is not Flow.NEXT:
            return flow
    return Flow.NEXT


def run_statement(machine: Machine, node: ast.stmt) -> Flow:
    """Runs one statement."""
    machine.budget.step()
    runner = _RUNNERS.get(type(node))
    if runner is None:
        return Flow.NEXT
    flow = runner(machine, node)
    return flow if isinstance(flow, Flow) else Flow.NEXT


def _expr(machine: Machine, node: ast.Expr) -> Flow:
    value = evaluate(machine, node.value)
    if isinstance(value, Unknown) and _exits(node.value):
        return Flow.DEAD
    return Flow.NEXT


def _exits(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func)
    return name in ("exit", "quit", "sys.exit", "os._exit", "os.abort")


def _assign(machine: Machine, node: ast.Assign) -> None:
    value = evaluate(machine, node.value)
    for target in node.targets:
        assign(machine, target, value, source=node.value)


def _ann_assign(machine: Machine, node: ast.AnnAssign) -> None:
    if node.value is not None:
        assign(machine, node.target, evaluate(machine, node.value), source=node.value)


def _aug_assign(machine: Machine, node: ast.AugAssign) -> None:
    load: ast.expr
    if isinstance(node.target, ast.Name):
        load = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
    else:
        load = node.target
    old = evaluate(machine, load)
    value = evaluate(machine, node.value)
    place = ast.copy_location(ast.BinOp(load, node.op, node.value), node)
    ast.copy_location(place, node)
    result = operators.binary(
        machine, place, node.op, old, value, [node.target, node.value], in_place=True
    )
    if isinstance(result, Unknown) and isinstance(old, TensorV) and failures.is_failure(result):
        # The statement raised: the name keeps what it had.
        return
    assign(machine, node.target, result)


def _return(machine: Machine, node: ast.Return) -> Flow:
    value: Value = evaluate(machine, node.value) if node.value is not None else Const(None)
    machine.frame.returns.append(claimed.returned(machine, node, value))
    return Flow.RETURN


def _if(machine: Machine, node: ast.If) -> Flow:
    condition = evaluate(machine, node.test)
    truth = operators.truth_of(machine, node.test, condition)
    if truth is not None:
        return run_block(machine, node.body if truth else node.orelse)
    return branch(
        machine,
        [
            lambda: _narrowed(machine, node.test, True, node.body),
            lambda: _narrowed(machine, node.test, False, node.orelse),
        ],
    )


def _narrowed(machine: Machine, test: ast.expr, truth: bool, body: list[ast.stmt]) -> Flow:
    narrowing.narrow(machine, test, truth)
    return run_block(machine, body)


def branch(machine: Machine, bodies: list[Callable[[], Flow]]) -> Flow:
    """Runs the branches of a decision that cannot be taken, each from the same state.

    The state afterwards is the join of those that fall through. A branch that
    leaves early keeps what it changed for the place it leaves to.
    """
    outcomes = []
    for body in bodies:
        mark = machine.trail.begin()
        machine.recorder.training.path.append(object())
        try:
            flow = body()
        except Raised:
            flow = Flow.DEAD
            if machine.frame.function is None and not machine.catching:
                flow = Flow.NEXT
        except BaseException:
            machine.trail.rollback(mark)
            raise
        finally:
            machine.recorder.training.path.pop()
        outcomes.append((flow, machine.trail.rollback(mark)))
    going_on = [delta for flow, delta in outcomes if flow is Flow.NEXT]
    if going_on:
        for flow, delta in outcomes:
            _park(machine, flow, delta)
        machine.trail.merge(going_on, machine.joiner)
        return Flow.NEXT
    # All branches leave: go on with the one that stays closest.
    for kind in (Flow.CONTINUE, Flow.BREAK, Flow.RETURN):
        same = [delta for flow, delta in outcomes if flow is kind]
        if same:
            for flow, delta in outcomes:
                if flow is not kind:
                    _park(machine, flow, delta)
            machine.trail.merge(same, machine.joiner)
            return kind
    return Flow.DEAD


def _park(machine: Machine, flow: Flow, delta: Any) -> None:
    if flow is Flow.RETURN:
        machine.frame.pending.append(delta)
    elif flow in (Flow.BREAK, Flow.CONTINUE):
        loops.park(machine, flow is Flow.BREAK, delta)


def _assert(machine: Machine, node: ast.Assert) -> None:
    value = evaluate(machine, node.test)
    truth = operators.truth_of(machine, node.test, value)
    if truth is None:
        narrowing.narrow(machine, node.test, True)
        asserted.holds(machine, node)
    elif truth is False:
        asserted.fails(machine, node)


def _raise(machine: Machine, node: ast.Raise) -> Flow:
    name = ""
    if node.exc is not None:
        target = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        name = ast.unparse(target).rpartition(".")[2]
    if machine.catches(name):
        raise Raised(name)
    return Flow.DEAD


def _try(machine: Machine, node: ast.Try) -> Flow:
    names = tuple(name for handler in node.handlers for name in _caught(handler))
    depth = len(machine.frames)
    grad, autocast = machine.modes.grad, machine.modes.autocast
    machine.catching.append(names)
    raised: Raised | None = None
    flow = Flow.NEXT
    try:
        flow = run_block(machine, node.body)
    except Raised as exception:
        raised = exception
        del machine.frames[depth:]
        machine.modes.grad, machine.modes.autocast = grad, autocast
    finally:
        machine.catching.pop()
    if raised is not None:
        handler = _handler_for(node, raised.type_name)
        flow = _handle(machine, handler) if handler is not None else Flow.DEAD
    elif flow is Flow.NEXT:
        flow = run_block(machine, node.orelse)
        # Whether anything raises is not known: what the handlers bind may be there.
        for handler in node.handlers:
            machine.quiet += 1
            try:
                branch(machine, [lambda h=handler: _handle_dry(machine, h), lambda: Flow.NEXT])  # type: ignore[misc]
            finally:
                machine.quiet -= 1
    final = run_block(machine, node.finalbody)
    return flow if final is Flow.NEXT else final


def _handle_dry(machine: Machine, handler: ast.ExceptHandler) -> Flow:
    flow = _handle(machine, handler)
    # A handler that leaves does so only when something raised.
    return Flow.DEAD if flow is not Flow.NEXT else flow


def _handle(machine: Machine, handler: ast.ExceptHandler) -> Flow:
    if handler.name:
        scopes.bind(machine, handler.name, machine.unknown("what an exception holds is not known"))
    return run_block(machine, handler.body)


def _caught(handler: ast.ExceptHandler) -> list[str]:
    if handler.type is None:
        return [""]
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [ast.unparse(item).rpartition(".")[2] for item in types]


def _handler_for(node: ast.Try, name: str) -> ast.ExceptHandler | None:
    for handler in node.handlers:
        if name in _caught(handler) or {"", "Exception", "BaseException"} & set(_caught(handler)):
            return handler
    return node.handlers[0] if node.handlers else None


def _with(machine: Machine, node: ast.With | ast.AsyncWith) -> Flow:
    return _within(machine, node.items, node.body)


def _within(machine: Machine, items: list[ast.withitem], body: list[ast.stmt]) -> Flow:
    """Enters the first context manager, and runs the others and the body inside it."""
    if not items:
        return run_block(machine, body)
    item, others = items[0], items[1:]

    def inside(entered: Value) -> Flow:
        if item.optional_vars is not None:
            assign(machine, item.optional_vars, entered, "with")
        return _within(machine, others, body)

    manager = evaluate(machine, item.context_expr)
    if managers.is_generator(manager):
        return managers.run(machine, manager, inside)
    entered, leave = enter(machine, item.context_expr, manager)
    try:
        return inside(entered)
    finally:
        leave()


def enter(machine: Machine, node: ast.expr, manager: Value) -> tuple[Value, Callable[[], None]]:
    """`__enter__` of a context manager: what `as` binds, and how to leave."""
    if isinstance(manager, InstanceV):
        enter_hook = manager.slots.get("$enter")
        if isinstance(enter_hook, Native):
            leave = enter_hook.run(Call(machine, node, enter_hook.name))
            leaver = leave.run if isinstance(leave, Native) else None
            value = manager.slots.get("$entered", manager)
            return value, (lambda: leaver(None)) if leaver else _nothing  # type: ignore[return-value]
        if attributes.find_method(manager, "__enter__") is not None:
            value = attributes.call_method(machine, node, manager, "__enter__", [])

            def leave_instance() -> None:
                if attributes.find_method(manager, "__exit__") is not None:
                    none: list[Value] = [Const(None)] * 3
                    attributes.call_method(machine, node, manager, "__exit__", none)

            return value, leave_instance
        return manager, _nothing
    if isinstance(manager, Alternatives):
        return enter(machine, node, manager.options[0])
    if isinstance(manager, Library) and manager.name in classes.GRAD_MODES:
        call = Call(machine, node, "with", [manager], nodes=[node])
        message = "'type' object does not support the context manager protocol"
        return failures.report(call, Error("TypeError", message), "python"), _nothing
    if isinstance(manager, Unknown):
        return manager, _nothing
    return machine.unknown("what this context manager gives is not known"), _nothing


def _nothing() -> None:
    return None


def _function(machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    value: Value = functions.make_function(machine, node.name, node)
    for decorator in reversed(node.decorator_list):
        wrapper = evaluate(machine, decorator)
        value = classes.decorate(machine, decorator, wrapper, value)
    scopes.bind(machine, node.name, value)


def _class(machine: Machine, node: ast.ClassDef) -> None:
    value: Value = classes.define(machine, node, run_block)
    for decorator in reversed(node.decorator_list):
        wrapper = evaluate(machine, decorator)
        value = classes.decorate(machine, decorator, wrapper, value)
    scopes.bind(machine, node.name, value)


def _global(machine: Machine, node: ast.Global) -> None:
    scopes.declare(machine, node.names, nonlocal_=False)


def _nonlocal(machine: Machine, node: ast.Nonlocal) -> None:
    scopes.declare(machine, node.names, nonlocal_=True)


def _delete(machine: Machine, node: ast.Delete) -> None:
    for target in node.targets:
        delete(machine, target)


def _match(machine: Machine, node: ast.Match) -> Flow:
    subject = evaluate(machine, node.subject)
    undecided: list[list[ast.stmt]] = []
    for case in node.cases:
        matched = narrowing.match(machine, case.pattern, subject)
        if matched and case.guard is not None:
            matched = operators.truth_of(machine, case.guard, evaluate(machine, case.guard))
        if matched is True and not undecided:
            return run_block(machine, case.body)
        if matched is not False:
            undecided.append(case.body)
        if matched is True:
            break
    else:
        undecided.append([])
    return branch(machine, [lambda body=body: run_block(machine, body) for body in undecided])  # type: ignore[misc]


def _import(machine: Machine, node: ast.Import) -> None:
    for alias in node.names:
        module = imports.import_module(machine, alias.name)
        if alias.asname:
            scopes.bind(machine, alias.asname, module)
        else:
            top = alias.name.partition(".")[0]
            if isinstance(module, ModuleV) and "." not in alias.name:
                scopes.bind(machine, top, module)
            else:
                scopes.bind(machine, top, imports.import_module(machine, top))


def _import_from(machine: Machine, node: ast.ImportFrom) -> None:
    imports.import_from(machine, node)


_RUNNERS: dict[type[ast.stmt], Callable[[Machine, Any], Flow | None]] = {
    ast.Expr: _expr,
    ast.Assign: _assign,
    ast.AnnAssign: _ann_assign,
    ast.AugAssign: _aug_assign,
    ast.Return: _return,
    ast.If: _if,
    ast.For: lambda machine, node: loops.run_for(machine, node),
    ast.AsyncFor: lambda machine, node: loops.run_for(machine, node),
    ast.While: lambda machine, node: loops.run_while(machine, node),
    ast.Break: lambda machine, node: Flow.BREAK,
    ast.Continue: lambda machine, node: Flow.CONTINUE,
    ast.Assert: _assert,
    ast.Raise: _raise,
    ast.Try: _try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Delete: _delete,
    ast.Match: _match,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
}
