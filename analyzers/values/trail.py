"""The trail: undoable writes, so that branches can be tried and joined."""

from __future__ import annotations

from typing import Any

from .join import Joiner
from .model import Value

_MISSING: Any = object()

Delta = dict[tuple[int, str], tuple[dict[str, Any], str, Any]]
"""What a branch changed: (id of slots, key) → (slots, key, new value)."""


class Trail:
    """All writes to `slots` go through here.

    Outside of a speculation nothing is logged.
    """

    def __init__(self) -> None:
        self._log: list[tuple[dict[str, Any], str, Any]] = []
        self._depth = 0

    def set(self, slots: dict[str, Any], key: str, value: Any) -> None:
        """`slots[key] = value`, undoable."""
        if self._depth:
            self._log.append((slots, key, slots.get(key, _MISSING)))
        slots[key] = value

    def delete(self, slots: dict[str, Any], key: str) -> None:
        """`del slots[key]`, undoable; nothing happens if the key is not there."""
        if key in slots:
            if self._depth:
                self._log.append((slots, key, slots[key]))
            del slots[key]

    def begin(self) -> int:
        """Starts a speculation; the mark goes to `rollback` or `commit`."""
        self._depth += 1
        return len(self._log)

    def commit(self, mark: int) -> None:
        """Ends a speculation and keeps what it wrote."""
        self._depth -= 1
        if not self._depth:
            self._log.clear()

    def changes(self, mark: int) -> Delta:
        """What was written since the mark, without undoing it."""
        return {
            (id(slots), key): (slots, key, slots.get(key, _MISSING))
            for slots, key, _ in self._log[mark:]
        }

    def before(self, mark: int) -> Delta:
        """The values that the slots written since the mark had at the mark."""
        result: Delta = {}
        for slots, key, old in self._log[mark:]:
            result.setdefault((id(slots), key), (slots, key, old))
        return result

    def rollback(self, mark: int) -> Delta:
        """Ends a speculation, undoes what it wrote, and returns what that was."""
        delta = self.changes(mark)
        for slots, key, old in reversed(self._log[mark:]):
            if old is _MISSING:
                slots.pop(key, None)
            else:
                slots[key] = old
        del self._log[mark:]
        self.commit(mark)
        return delta

    def unwind(self, mark: int, depth: int) -> None:
        """Undoes everything since the mark, whatever speculations are still open above a depth."""
        for slots, key, old in reversed(self._log[mark:]):
            if old is _MISSING:
                slots.pop(key, None)
            else:
                slots[key] = old
        del self._log[mark:]
        self._depth = depth

    @property
    def depth(self) -> int:
        """How many speculations are open."""
        return self._depth

    def settle(self, depth: int) -> None:
        """Ends all speculations that are open above a depth; what they wrote stays."""
        self._depth = depth
        if not depth:
            self._log.clear()

    def apply(self, delta: Delta) -> None:
        """Writes what a branch wrote."""
        for slots, key, value in delta.values():
            if value is _MISSING:
                self.delete(slots, key)
            else:
                self.set(slots, key, value)

    def merge(self, deltas: list[Delta], joiner: Joiner) -> None:
        """Writes the join of several branches that all started from the current state."""
        keys = {key: entry[:2] for delta in deltas for key, entry in delta.items()}
        for identity, (slots, key) in keys.items():
            current = slots.get(key, _MISSING)
            results = [delta[identity][2] if identity in delta else current for delta in deltas]
            joined = results[0]
            for value in results[1:]:
                joined = _join(joined, value, joiner)
            if joined is _MISSING:
                self.delete(slots, key)
            elif joined is not current:
                self.set(slots, key, joined)
            if key == "items" and all(type(value) is dict for value in results):
                self._note_uncertain(slots, results)

    def _note_uncertain(self, slots: dict[str, Any], results: list[dict[Any, Any]]) -> None:
        """Notes which keys a dict has only if a certain branch ran."""
        everywhere = set(results[0]).intersection(*results[1:])
        uncertain = set().union(*results) - everywhere
        if uncertain:
            self.set(slots, "$maybe", frozenset(uncertain | slots.get("$maybe", frozenset())))


def _join(a: Any, b: Any, joiner: Joiner) -> Any:
    # A name that only one branch binds: using it later fails only if the other
    # branch ran, so what is known is what the first branch says.
    if a is _MISSING:
        return b
    if b is _MISSING:
        return a
    if isinstance(a, Value) and isinstance(b, Value):
        return joiner.join(a, b)
    return joiner.join_slot(a, b)
