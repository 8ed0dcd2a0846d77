"""A download process of each test's own, and where it puts what it gets."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from doubles.loopback_hub import LoopbackHub
from textlift.downloads.client import Downloads
from textlift.downloads.messages import Source

PATIENCE = {
    "connect": 5.0,
    "read": 2.5,
    "tries": 4,
    "first_delay": 0.1,
    "longest_delay": 1.0,
    "longest_wait": 5.0,
    "slow_seconds": 2.0,
    "slow_rate": 2000.0,
}
"""That a test has time for."""


@pytest.fixture
def downloads(hub_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Downloads]:
    """Starts its process when it is first asked."""
    monkeypatch.setenv("TEXTLIFT_DOWNLOAD_PATIENCE", json.dumps(PATIENCE))
    with contextlib.closing(Downloads()) as own:
        yield own


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """The folder that models are put into; it is not there yet."""
    return tmp_path / "cache"


@pytest.fixture
def source(hub: LoopbackHub, cache: Path) -> Source:
    """The hub of the test, and the folder of the test."""
    return Source(cache=str(cache), endpoint=hub.url)
