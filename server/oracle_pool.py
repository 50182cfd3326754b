"""One oracle for each interpreter that the open folders use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from ..analyzers.oracle import Oracle


class State(Protocol):
    """How an oracle is: its `kind` is one of starting, ready, restarting, no-torch, stopped."""

    @property
    def kind(self) -> str: ...
    @property
    def detail(self) -> str: ...


class Client(Oracle, Protocol):
    """What is needed of `runtime.client.OracleClient`."""

    @property
    def state(self) -> State: ...
    @property
    def info(self) -> Mapping[str, Any]: ...
    def start(self) -> None: ...
    def close(self) -> None: ...


Make = Callable[[str, Callable[[State], None]], Client]
"""Makes a client for an interpreter that tells of its state, from any thread."""


def make_client(python: str, on_state: Callable[[State], None]) -> Client:
    """The real oracle, with the cache that all servers of this user share."""
    from ..runtime.cache import default_cache
    from ..runtime.client import OracleClient

    return OracleClient(python, cache=default_cache(), on_state=on_state)


class OraclePool:
    """Oracles by interpreter, started when first asked for.

    Args:
        changed: told of each change of state, from any thread.
    """

    def __init__(self, make: Make, changed: Callable[[str, State], None]) -> None:
        self._make = make
        self._changed = changed
        self._clients: dict[str, Client] = {}
        self._closing: list[threading.Thread] = []

    def get(self, python: str) -> Client:
        """The oracle of an interpreter."""
        client = self._clients.get(python)
        if client is None:
            client = self._make(python, lambda state: self._changed(python, state))
            self._clients[python] = client
            self._changed(python, client.state)
            client.start()
        return client

    def renew(self, python: str) -> None:
        """Try an interpreter once more that had no torch."""
        client = self._clients.get(python)
        if client is not None and client.state.kind == "no-torch":
            client.close()
            del self._clients[python]
            self.get(python)

    def find(self, python: str) -> Client | None:
        """The oracle of an interpreter, if it runs."""
        return self._clients.get(python)

    def keep(self, pythons: Collection[str]) -> None:
        """Stop the oracles of all other interpreters; returns at once."""
        for python in self._clients.keys() - set(pythons):
            # A child that is importing torch takes a second to be ended.
            thread = threading.Thread(target=self._clients.pop(python).close)
            thread.start()
            self._closing.append(thread)

    def close(self) -> None:
        """Stop all oracles, and wait until they are gone."""
        self.keep(())
        for thread in self._closing:
            thread.join()
