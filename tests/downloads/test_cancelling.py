"""What cannot be interrupted is not waited for, and costs the other downloads nothing."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from doubles import silent_keyring
from doubles.downloading import MODEL, running_get
from doubles.hub_faults import Fault
from doubles.hub_repository import made_up_model
from doubles.loopback_hub import LoopbackHub
from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.messages import DownloadFailure, HubModel, Source
from textlift.processes.cancellation import Cancellation

SOON = 0.5
"""Seconds within which a cancelled call must be over."""


@pytest.fixture
def full_server() -> Iterator[str]:
    """The address of a server that takes no more connections, so that one waits for it."""
    with contextlib.ExitStack() as sockets:
        server = sockets.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def seconds_to_cancel(downloads: Downloads, source: Source) -> float:
    """How long a look-up takes to end that is cancelled while it waits."""
    cancellation = Cancellation()
    ended: list[float] = []

    def look_up() -> None:
        with pytest.raises(DownloadError) as raised:
            downloads.look_up(MODEL, source, cancellation=cancellation)
        ended.append(time.monotonic())
        assert raised.value.failure is DownloadFailure.CANCELLED

    downloads.discard(MODEL, source)  # So that the process runs.
    thread = threading.Thread(target=look_up)
    thread.start()
    thread.join(0.3)
    assert thread.is_alive()
    began = time.monotonic()
    cancellation.cancel()
    thread.join()
    return ended[0] - began


def test_a_connection_that_is_not_taken_up(
    downloads: Downloads, hub: LoopbackHub, source: Source, full_server: str
) -> None:
    hub.add("org/other", made_up_model(size=200_000))
    held = hub.script(Fault(hold_after=1000), file="model.safetensors")
    with running_get(downloads, source, HubModel(("org/other",))) as other:
        other.wait_until_told(lambda told: told.have > 0)
        there = Source(cache=source.cache, endpoint=full_server)
        assert seconds_to_cancel(downloads, there) < SOON
        held.release.set()
        assert not isinstance(other.outcome(), Exception)


def test_a_keyring_that_waits_for_the_user(
    downloads: Downloads, hub: LoopbackHub, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", silent_keyring.NAME)
    monkeypatch.setenv("PYTHONPATH", str(Path(silent_keyring.__file__).parents[1]))
    assert seconds_to_cancel(downloads, source) < SOON
    assert not hub.asked()
