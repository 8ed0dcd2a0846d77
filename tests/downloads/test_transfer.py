"""One file: what is there of it is gone on with, and not lost lightly."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from doubles.downloading import get, running_get
from doubles.hub_faults import Fault
from doubles.hub_repository import made_up_model
from doubles.loopback_hub import LoopbackHub
from textlift.downloads.client import Downloads
from textlift.downloads.messages import Got, Source
from textlift.downloads.transfer import _write_all
from textlift.models.download_record import PARTIAL

WEIGHTS = "model.safetensors"
SIZE = 400_000


@pytest.mark.parametrize(
    "fault",
    [
        Fault(no_range=True, content=b"<html>Please log in.</html>"),
        Fault(no_range=True, content=bytes(2 * SIZE)),
        Fault(content=b"<html>Please log in.</html>"),
        Fault(status=416),
        Fault(status=503),
    ],
)
def test_an_answer_that_is_not_the_file_costs_nothing_of_what_is_there(
    downloads: Downloads, hub: LoopbackHub, source: Source, fault: Fault
) -> None:
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(hold_after=300_000), file=WEIGHTS)
    with running_get(downloads, source) as running:
        running.wait_until_told(lambda told: told.have >= 300_000)
        running.cancel()
        running.outcome()
    hub.mend()
    hub.forget()
    hub.script(fault, file=WEIGHTS)
    assert 0 < get(downloads, source).fetched < SIZE - 200_000
    assert [asked.range for asked in hub.asked(kind="bytes", file=WEIGHTS)] == [
        "bytes=300000-",
        "bytes=300000-",
    ]


def test_what_another_program_writes_into_the_file_does_not_pass(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    repository = hub.add("tiny/reader", made_up_model(size=SIZE))
    held = hub.script(Fault(hold_after=300_000), file=WEIGHTS)
    with running_get(downloads, source) as running:
        running.wait_until_told(lambda told: told.have >= 300_000)
        (partial,) = cache.rglob(f"*{PARTIAL}")
        with partial.open("ab") as file:
            file.write(b"what else there is")
        held.release.set()
        got = running.outcome()
    assert isinstance(got, Got)
    assert (Path(got.folder) / WEIGHTS).read_bytes() == repository.files()[WEIGHTS].content


def test_a_disk_that_takes_a_part_at_a_time_gets_all() -> None:
    class SlowDisk(io.BytesIO):
        def write(self, piece) -> int:
            return super().write(piece[:7])

    disk = SlowDisk()
    _write_all(disk, bytes(range(100)))
    assert disk.getvalue() == bytes(range(100))
