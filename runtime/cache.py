"""Answers of the oracle, kept in memory and on disk.

The transfer function is pure, so an answer holds as long as torch, Python,
NumPy and the oracle itself stay the same. On disk they lie in one SQLite file
(write-ahead log, shared by all servers of a user). Nothing that goes wrong
there matters: a file that cannot be read is deleted, a disk that cannot be
written is left alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from .oracle import wire
from .oracle.wire import Answer, Request

T = TypeVar("T")

_log = logging.getLogger(__name__)

MEMORY_ENTRIES = 50_000
"""Answers kept in memory: up to twice as many."""

_FLUSH_SECONDS = 1.0
_FLUSH_ROWS = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    key BLOB PRIMARY KEY, answer TEXT NOT NULL, used INTEGER NOT NULL
) WITHOUT ROWID
"""


def default_cache() -> Cache:
    """The cache in the user's cache folder."""
    import platformdirs

    return Cache(Path(platformdirs.user_cache_dir("shapewise", appauthor=False)))


def fingerprint(versions: Mapping[str, object]) -> str:
    """What an answer depends on beside the question: versions, and the oracle's own sources."""
    parts = {name: versions.get(name) for name in ("protocol", "python", "torch", "numpy")}
    return f"{sorted(parts.items())} {_sources()}"


@lru_cache(maxsize=1)
def _sources() -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted((Path(__file__).parent / "oracle").glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Session:
    """The answers for one interpreter: memory in front of the disk. Thread-safe.

    Args:
        cache: the store on disk; None for memory only.
        environment: what `fingerprint` says of the interpreter.
    """

    def __init__(self, cache: Cache | None, environment: str) -> None:
        self._cache = cache
        self._salt = environment.encode()
        # Two generations instead of a list of uses: a lookup is one or two
        # dict lookups without a lock, and the older half is dropped at once.
        self._young: dict[Request, Answer] = {}
        self._old: dict[Request, Answer] = {}

    def get(self, request: Request) -> Answer | None:
        """The kept answer, None if there is none."""
        found = self._young.get(request)
        if found is not None:
            return found
        found = self._old.get(request)
        if found is None and self._cache is not None:
            found = self._cache.get(self._key(request))
        if found is not None:
            self._remember(request, found)
        return found

    def put(self, request: Request, answer: Answer) -> None:
        """Keeps an answer."""
        self._remember(request, answer)
        if self._cache is not None:
            self._cache.put(self._key(request), answer)

    def close(self) -> None:
        """Writes what is not yet on disk."""
        if self._cache is not None:
            self._cache.flush()

    def _remember(self, request: Request, answer: Answer) -> None:
        if len(self._young) >= MEMORY_ENTRIES:
            self._old, self._young = self._young, {}
        self._young[request] = answer

    def _key(self, request: Request) -> bytes:
        text = wire.dumps(request).encode()
        return hashlib.blake2b(
            text, digest_size=16, key=hashlib.blake2b(self._salt, digest_size=32).digest()
        ).digest()


class Cache:
    """Answers on disk. Thread-safe; never raises.

    Args:
        folder: where the file is; made if need be.
        max_bytes: about how large the file may become.
    """

    def __init__(self, folder: Path, max_bytes: int = 64_000_000) -> None:
        self._path = folder / "oracle-answers.sqlite3"
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._waiting: dict[bytes, str] = {}
        self._used: set[bytes] = set()
        self._flusher: threading.Timer | None = None
        self._connection: sqlite3.Connection | None = None
        self._broken = False

    def get(self, key: bytes) -> Answer | None:
        """The answer with this key, None if there is none."""
        with self._lock:
            text = self._waiting.get(key)
            if text is None:
                query = "SELECT answer FROM answers WHERE key = ?"
                row = self._attempt(lambda open_: open_.execute(query, (key,)).fetchone())
                if row is None:
                    return None
                text = row[0]
                self._used.add(key)
        try:
            return wire.load_answer(wire.loads(text))
        except (ValueError, TypeError):
            return None

    def put(self, key: bytes, answer: Answer) -> None:
        """Keeps an answer; it is written within a second or so."""
        text = wire.dumps(wire.dump_answer(answer))
        with self._lock:
            self._waiting[key] = text
            if len(self._waiting) >= _FLUSH_ROWS:
                self._write()
            elif self._flusher is None and not self._broken:
                self._flusher = threading.Timer(_FLUSH_SECONDS, self.flush)
                self._flusher.daemon = True
                self._flusher.start()

    def flush(self) -> None:
        """Writes what is waiting."""
        with self._lock:
            if self._flusher is not None:
                self._flusher.cancel()
                self._flusher = None
            self._write()

    def close(self) -> None:
        """Writes what is waiting and closes the file."""
        self.flush()
        with self._lock:
            self._disconnect()

    def _write(self) -> None:
        now = time.time_ns() // 1_000_000
        rows = [(key, text, now) for key, text in self._waiting.items()]
        used = [(now, key) for key in self._used]
        if rows or used:
            self._attempt(lambda connection: self._store(connection, rows, used))
        self._waiting.clear()
        self._used.clear()

    def _store(self, connection: sqlite3.Connection, rows: list[Any], used: list[Any]) -> None:
        with connection:
            connection.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", rows)
            connection.executemany("UPDATE answers SET used = ? WHERE key = ?", used)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        free = connection.execute("PRAGMA freelist_count").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        if (pages - free) * size <= self._max_bytes:
            return
        with connection:
            # The quarter that was not used for the longest time.
            connection.execute(
                "DELETE FROM answers WHERE key IN (SELECT key FROM answers ORDER BY used "
                "LIMIT (SELECT count(*) / 4 + 1 FROM answers))"
            )

    def _attempt(self, action: Callable[[sqlite3.Connection], T]) -> T | None:
        """Does something with the file; None if that fails. A damaged file starts anew."""
        for _ in range(2):
            try:
                connection = self._connect()
                return None if connection is None else action(connection)
            except sqlite3.DatabaseError as error:
                busy = isinstance(error, sqlite3.OperationalError)
                if busy and error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                    # Locked by another server, no space, read-only.
                    _log.debug("the cache of answers: %s", error)
                    return None
                _log.warning("the cache of answers is damaged and starts anew: %s", error)
                self._disconnect()
                self._delete()
        return None

    def _connect(self) -> sqlite3.Connection | None:
        if self._connection is None and not self._broken:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._connection = self._open()
            except OSError as error:
                _log.info("answers are not kept on disk: %s", error)
                self._broken = True
        return self._connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=0.25, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(_SCHEMA)
            connection.execute("SELECT used FROM answers LIMIT 1").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _delete(self) -> None:
        try:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        except OSError:
            self._broken = True
