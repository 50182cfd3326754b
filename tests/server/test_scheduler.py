"""Who asks does not wait for a pause in typing; who does not ask causes no analysis."""

from __future__ import annotations

import asyncio

import pytest
from shapewise.analyzers.facts import Analysis
from shapewise.server.documents import OpenText, Snapshot
from shapewise.server.scheduler import Result, Scheduler

HOUR = 3600.0

pytestmark = pytest.mark.asyncio


def text(serial: int) -> Snapshot:
    return Snapshot("key", serial, (OpenText("file:///a.py", serial, "x = 1\n"),))


async def test_asking_ends_the_pause() -> None:
    done: list[Result] = []
    scheduler = Scheduler(done.append, lambda *_: None)
    scheduler.submit(text(1), lambda _: Analysis(), HOUR)
    async with asyncio.timeout(30):
        result = await scheduler.newest("key")
    assert result is not None and result.snapshot.serial == 1
    # Newer text starts a pause of its own, which a question ends again.
    scheduler.submit(text(2), lambda _: Analysis(), HOUR)
    assert [found.snapshot.serial for found in done] == [1]
    async with asyncio.timeout(30):
        first, second = await asyncio.gather(scheduler.newest("key"), scheduler.newest("key"))
    assert first is second and first is not None and first.snapshot.serial == 2
    assert [found.snapshot.serial for found in done] == [1, 2]
    scheduler.close()
