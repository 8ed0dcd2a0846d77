"""What a person is told of a download at a terminal and without one."""

from __future__ import annotations

import pytest

from textlift.commands.terminal import Reporter
from textlift.commands.transfer_bar import TransferBar, progress_words
from textlift.downloads.messages import Fetching


@pytest.mark.parametrize(
    ("fetching", "words"),
    [
        (Fetching(0, 0), "0 of 0 MB"),
        (Fetching(124_000_000, 300_000_000), "124 of 300 MB"),
        (
            Fetching(1_240_000_000, 6_080_000_000, rate=8_000_000),
            "1.24 of 6.08 GB, 8 MB/s, 11 min left",
        ),
        (Fetching(10_000_000, 20_000_000, rate=4_000_000), "10 of 20 MB, 4 MB/s, 3 s left"),
        (
            Fetching(0, 60_000_000_000, rate=2_000_000),
            "0.00 of 60.00 GB, 2 MB/s, 8 h left",
        ),
        (Fetching(20_000_000, 20_000_000, checking=True), "20 of 20 MB, checking"),
        (
            Fetching(1_000_000, 20_000_000, waiting="The hub is busy."),
            "1 of 20 MB, The hub is busy.",
        ),
    ],
)
def test_progress_in_words(fetching: Fetching, words: str) -> None:
    assert progress_words(fetching) == words


def test_without_a_terminal_each_wait_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    bar = TransferBar(Reporter(bar=False, quiet=False), shown=False)
    with bar.running("Reader"):
        for waiting in ("", "Busy, 2 s.", "Busy, 1 s.", "", "Lost, 1 s."):
            bar.show(Fetching(1, 2, waiting=waiting))
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "Busy, 2 s.\nLost, 1 s.\n")
