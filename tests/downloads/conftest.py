"""A download process, shared by a module or of a test's own, and where it puts what it gets."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from doubles.loopback_hub import LoopbackHub
from doubles.own_network import forget_network
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


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Downloads]:
    """Has been started, for tests that neither kill it nor change its environment."""
    with pytest.MonkeyPatch.context() as environment:
        forget_network(environment, home=str(tmp_path_factory.mktemp("huggingface")))
        environment.setenv("TEXTLIFT_DOWNLOAD_PATIENCE", json.dumps(PATIENCE))
        with contextlib.closing(Downloads()) as downloads:
            downloads.token_state()
            yield downloads


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
