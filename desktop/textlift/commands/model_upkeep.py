"""``textlift models verify`` and ``remove``: what is on this machine, checked or taken off it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

import msgspec
import typer

from textlift.commands.interruption import EXIT_INTERRUPTED, attend
from textlift.commands.model_files import OnDisk
from textlift.commands.ocr import EXIT_DONE, EXIT_FAILED
from textlift.commands.terminal import Reporter, Terminal
from textlift.commands.transfer_bar import TransferBar
from textlift.downloads.check_words import soundness_found
from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.gettable import Gettable
from textlift.downloads.messages import DownloadFailure, Source
from textlift.downloads.records import DownloadRecords
from textlift.models.on_disk import shown_size
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessFailure


class Kept(msgspec.Struct, frozen=True):
    """Something that a command is about.

    Attributes:
        gettable: What it is.
        on_disk: What of it is on this machine; None when nothing is.
    """

    gettable: Gettable
    on_disk: OnDisk | None


_Work = Callable[[Kept, Downloads], bool]
"""Done about one of them; whether it went well."""


class ModelUpkeep:
    """Checks and removes models and alphabets one after the other, without the network."""

    def __init__(
        self,
        source: Source,
        *,
        records: DownloadRecords,
        reporter: Reporter,
        terminal: Terminal,
    ) -> None:
        """Prepares.

        Args:
            source: Where they lie.
            records: Of the downloads that are not finished.
            reporter: Told what goes on.
            terminal: What the standard streams lead to.
        """
        self._source = source
        self._records = records
        self._reporter = reporter
        self._bar = TransferBar(reporter, shown=terminal.bar)

    def verify_all(self, kept: Sequence[Kept]) -> int:
        """Compares their files with the published checksums; returns the exit status."""
        return self._each(kept, self._verify)

    def remove_all(self, kept: Sequence[Kept]) -> int:
        """Removes them and what downloads left of them; returns the exit status."""
        return self._each(kept, self._remove)

    def _verify(self, one: Kept, downloads: Downloads) -> bool:
        gettable = one.gettable
        if one.on_disk is None:
            self._reporter.fail(f"{gettable.title} is not on this machine.")
            return False
        # Its own: an error in one sets it, and must not stop the next.
        cancellation = Cancellation()
        with self._bar.running(f"Checking {gettable.title}"):
            found = attend(
                lambda: downloads.verify(
                    gettable.wanted,
                    self._source,
                    on_fetching=self._bar.show,
                    cancellation=cancellation,
                ),
                cancellation=cancellation,
            )
        if not found.damaged:
            typer.echo(f"{gettable.title}: {soundness_found(found)}")
            return True
        files = ", ".join(found.damaged)
        few = "this file is" if len(found.damaged) == 1 else "these files are"
        self._reporter.fail(
            f"{gettable.title}: damaged or missing: {files}. "
            f"To have it whole, where only {few} fetched, type: textlift models get {gettable.name}"
        )
        return False

    def _remove(self, one: Kept, downloads: Downloads) -> bool:
        wanted = one.gettable.wanted
        freed = downloads.discard(wanted, self._source).freed
        if one.on_disk is not None:
            freed += downloads.remove(wanted, self._source).freed
        with contextlib.suppress(OSError):
            self._records.forget(one.gettable.name)
        if one.on_disk is None and not freed:
            self._reporter.fail(f"{one.gettable.title} is not on this machine.")
            return False
        typer.echo(f"{one.gettable.title} was removed; {shown_size(freed)} are free again.")
        return True

    def _each(self, kept: Sequence[Kept], work: _Work) -> int:
        status = EXIT_DONE
        with contextlib.closing(Downloads()) as downloads:
            for one in kept:
                try:
                    done = work(one, downloads)
                except DownloadError as error:
                    if error.failure is DownloadFailure.CANCELLED:
                        self._reporter.say("Stopped.")
                        return EXIT_INTERRUPTED
                    self._reporter.fail(f"{one.gettable.title}: {error.sentence}")
                    done = False
                except ProcessFailure as error:
                    self._reporter.fail(f"{one.gettable.title}: {error.sentence} Try again.")
                    done = False
                status = status if done else EXIT_FAILED
        return status


def removal_question(kept: Sequence[Kept]) -> str:
    """What is asked before anything is removed."""
    there = [one for one in kept if one.on_disk is not None]
    if not there:
        names = ", ".join(one.gettable.title for one in kept)
        return f"Remove what downloads left of {names}?"
    size = sum(one.on_disk.size for one in there if one.on_disk is not None)
    names = ", ".join(one.gettable.title for one in there)
    shared = " Other programs that use the folder lose it too." if _shared(there) else ""
    return f"Remove {names}, {shown_size(size)}?{shared}"


def _shared(kept: Sequence[Kept]) -> bool:
    return any(one.gettable.model is not None for one in kept)
