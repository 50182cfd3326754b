"""One oracle child for all tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from shapewise.runtime.client import OracleClient


@pytest.fixture(scope="session")
def oracle() -> Iterator[OracleClient]:
    """A client without a cache on disk, whose child is up."""
    client = OracleClient(sys.executable, deadline=60.0)
    client.start()
    yield client
    client.close()
