from __future__ import annotations

import pytest

from textlift.downloads.download import Download, DownloadState, Task
from textlift.downloads.messages import DownloadFailure, HubModel
from textlift.ui.download_indicator import DownloadIndicator
from textlift.ui.download_words import bytes_words, fraction, long_words, short_words


def download(state: DownloadState, *, name: str = "reader", **changes) -> Download:
    return Download(name, name.capitalize(), HubModel((f"tiny/{name}",)), state, **changes)


HALF = {"have": 1_500_000_000, "size": 3_000_000_000}


@pytest.mark.parametrize(
    ("one", "short", "long"),
    [
        (
            download(DownloadState.WAITING),
            "Waits its turn",
            "Waits for the download before it.",
        ),
        (
            download(DownloadState.DOWNLOADING, rate=12_300_000.0, **HALF),
            "Downloading · 50% · 12.3 MB/s",
            "1.50 of 3.00 GB · 12.3 MB/s · about 2 min left",
        ),
        (
            download(DownloadState.DOWNLOADING, waiting="No answer; again in 8 s.", **HALF),
            "Downloading · 50% · waiting",
            "1.50 of 3.00 GB · No answer; again in 8 s.",
        ),
        (
            download(DownloadState.CHECKING, **HALF),
            "Being checked · 50%",
            "Checking what came: 1.50 of 3.00 GB",
        ),
        (
            download(DownloadState.CHECKING, task=Task.VERIFY),
            "Being checked",
            "Verifying…",
        ),
        (
            download(DownloadState.PAUSED, **HALF),
            "Paused at 50%",
            "Paused at 1.50 of 3.00 GB.",
        ),
        (
            download(DownloadState.PAUSED),
            "Paused",
            "Paused before anything was fetched.",
        ),
        (
            download(
                DownloadState.FAILED,
                failure=DownloadFailure.DISK_FULL,
                sentence="The disk is full.",
            ),
            "Download failed",
            "The disk is full.",
        ),
        (
            download(DownloadState.FAILED, task=Task.REMOVE, sentence="It is in use."),
            "Could not be removed",
            "It is in use.",
        ),
    ],
)
def test_what_is_said_of_a_download(one, short, long):
    assert short_words(one) == short
    assert long_words(one) == long


def test_every_state_has_words():
    for state in DownloadState:
        if state is not DownloadState.GONE:
            assert long_words(download(state, sentence="What went wrong.")), state


def test_bytes_have_the_unit_of_the_whole():
    assert bytes_words(900_000, 6_080_000_000) == "0.00 of 6.08 GB"
    assert bytes_words(900_000, 7_900_000) == "0.9 of 7.9 MB"
    assert bytes_words(500, 12_000) == "0 of 12 kB"


def test_a_bar_is_for_what_has_a_size():
    assert fraction(download(DownloadState.DOWNLOADING, **HALF)) == 0.5
    assert fraction(download(DownloadState.DOWNLOADING)) is None
    assert fraction(download(DownloadState.DONE, **HALF)) is None


def test_the_status_bar_tells_of_what_runs_before_what_rests(qtbot):
    indicator = DownloadIndicator()
    qtbot.addWidget(indicator)
    running = download(DownloadState.DOWNLOADING, **HALF)
    waiting = download(DownloadState.WAITING, name="second")
    paused = download(DownloadState.PAUSED, name="third", **HALF)
    indicator.show_downloads([waiting, running, paused])
    assert indicator.text() == "Reader 50% (+1)"
    assert indicator.shown == "reader"
    assert indicator.accessibleName() == "Downloads: Reader 50% (+1)"
    indicator.show_downloads([paused])
    assert indicator.text() == "1 download paused"
    assert indicator.shown == "third"
    failed = [download(DownloadState.FAILED, name=name) for name in ("fourth", "fifth")]
    indicator.show_downloads([paused, *failed])
    assert indicator.text() == "2 downloads failed, 1 paused"
    assert indicator.shown == "fourth"
    verified = download(DownloadState.CHECKING, task=Task.VERIFY)
    indicator.show_downloads([verified])
    assert indicator.isHidden()
