"""``textlift models get``: says what it will cost, asks, fetches, and says how to go on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
import typer

from textlift.commands.interruption import EXIT_INTERRUPTED, attend
from textlift.commands.ocr import EXIT_DONE, EXIT_FAILED
from textlift.commands.terminal import Reporter, Terminal
from textlift.commands.transfer_bar import TransferBar, shown_share
from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.download import Download, DownloadState
from textlift.downloads.gettable import Gettable
from textlift.downloads.messages import DownloadFailure, Fetching, Plan, Source
from textlift.downloads.records import DownloadRecords
from textlift.models.on_disk import shown_size
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessFailure
from textlift.settings import Settings

T = TypeVar("T")

_WORTH_TELLING = 1_000_000
"""Bytes that are here already, from which on they are told."""


class LicenceError(Exception):
    """A licence that restricts the use was not accepted; the sentence says where it stands."""


def accept_licence(
    gettable: Gettable, settings: Settings, *, accepted: bool, asks: bool
) -> Settings:
    """The settings that hold the acceptance of a model's licence, where it restricts the use.

    Args:
        gettable: What is to be got.
        settings: As they are.
        accepted: It was accepted on the command line.
        asks: Somebody can be asked.

    Raises:
        LicenceError: It was not accepted.
    """
    model = gettable.model
    if model is None or not model.licence_restricts or model.name in settings.accepted_licences:
        return settings
    told = f"{model.title} has a licence that restricts its use: {model.licence}."
    told = f"{told} {model.licence_note}".strip()
    if model.licence_url:
        told += f" It stands at {model.licence_url}"
    if not accepted and asks:
        typer.echo(told, err=True)
        accepted = typer.confirm("Do you accept it?", err=True)
        told = f"{model.title} was not fetched, since its licence was not accepted."
    elif not accepted:
        told += "\nRead it, and add --accept-licence if you accept it."
    if not accepted:
        raise LicenceError(told)
    names = (*settings.accepted_licences, model.name)
    return msgspec.structs.replace(settings, accepted_licences=names)


class ModelGetting:
    """Gets models and alphabets one after the other."""

    def __init__(
        self,
        source: Source,
        *,
        records: DownloadRecords,
        reporter: Reporter,
        terminal: Terminal,
        asks: bool,
    ) -> None:
        """Prepares.

        Args:
            source: Where from and where to.
            records: Where downloads that are not finished are remembered, for the window too.
            reporter: Told what goes on.
            terminal: What the standard streams lead to.
            asks: Ask whether it is worth its size, where somebody can answer.
        """
        self._source = source
        self._records = records
        self._reporter = reporter
        self._asks = asks and terminal.asks
        self._bar = TransferBar(reporter, shown=terminal.bar)

    def get_all(self, gettables: Sequence[Gettable]) -> int:
        """Gets them; returns the exit status. Ctrl-C pauses, and ends it."""
        status = EXIT_DONE
        with contextlib.closing(Downloads()) as downloads:
            for gettable in gettables:
                record = _Record(gettable, self._source, self._records, self._reporter)
                try:
                    status = status if self._get(gettable, downloads, record) else EXIT_FAILED
                except DownloadError as error:
                    if error.failure is DownloadFailure.CANCELLED:
                        self._reporter.say(record.pause())
                        return EXIT_INTERRUPTED
                    record.fail(error.failure, error.sentence)
                    self._reporter.fail(f"{gettable.title}: {error.sentence}")
                    status = EXIT_FAILED
                except typer.Abort:
                    # Ctrl-C where it was asked whether to fetch it.
                    self._reporter.say("Stopped; nothing was fetched.")
                    return EXIT_INTERRUPTED
                except ProcessFailure as error:
                    record.fail(None, error.sentence)
                    self._reporter.fail(f"{gettable.title}: {error.sentence} {record.go_on}")
                    status = EXIT_FAILED
        return status

    def _get(self, gettable: Gettable, downloads: Downloads, record: _Record) -> bool:
        """Gets one; False when the user does not want it for its size."""
        wanted, source = gettable.wanted, self._source
        with self._bar.running(f"Looking up {gettable.title}"):
            plan = _attended(lambda stop: downloads.look_up(wanted, source, cancellation=stop))
        missing = plan.size - plan.have
        if missing:
            # Where there is no room nobody need be asked: it is refused before a byte comes.
            if missing <= plan.disk_free and not self._agreed(gettable, plan):
                return False
            record.begin(plan)

        def show(fetching: Fetching) -> None:
            record.have = fetching.have
            self._bar.show(fetching)

        with self._bar.running(gettable.title):
            got = _attended(
                lambda stop: downloads.get(
                    wanted, plan, source, on_fetching=show, cancellation=stop
                )
            )
        record.forget()
        where = f"{shown_size(plan.size)} in {got.folder}"
        already = " already" if not missing and not got.fetched else ""
        typer.echo(f"{gettable.title} is here{already}: {where}.")
        return True

    def _agreed(self, gettable: Gettable, plan: Plan) -> bool:
        """Whether it may be fetched, now that it is known how much there is to fetch."""
        size = shown_size(plan.size - plan.have)
        more = f" more, {shown_size(plan.have)} are here," if plan.have >= _WORTH_TELLING else ""
        free = f"{shown_size(plan.disk_free)} are free there"
        told = f"{gettable.title}: {size}{more} to fetch into {plan.folder}; {free}."
        if not self._asks:
            self._reporter.note(told)
            return True
        typer.echo(told, err=True)
        return typer.confirm("Fetch it?", default=True, err=True)


class _Record:
    """The record of one download, there while it runs: a kill must leave it behind too.

    Attributes:
        have: Bytes that are here.
    """

    def __init__(
        self, gettable: Gettable, source: Source, records: DownloadRecords, reporter: Reporter
    ) -> None:
        self.have = 0
        self._download = Download(
            gettable.name,
            gettable.title,
            gettable.wanted,
            state=DownloadState.PAUSED,
            cache=source.cache,
        )
        self._records = records
        self._reporter = reporter

    @property
    def go_on(self) -> str:
        return f"Type: textlift models get {self._download.name}"

    def begin(self, plan: Plan) -> None:
        """There are bytes to fetch."""
        self.have = plan.have
        self._write(size=plan.size)

    def pause(self) -> str:
        """It was stopped; what can be said of it."""
        if not self._download.size:
            return "Stopped; nothing was fetched."
        self._write()
        share = shown_share(self.have, self._download.size)
        return f"Paused: {share} are here. To go on, {_small(self.go_on)}"

    def fail(self, failure: DownloadFailure | None, sentence: str) -> None:
        """It could not be got; what is here of it stays."""
        if self._download.size:
            self._write(state=DownloadState.FAILED, failure=failure, sentence=sentence)

    def forget(self) -> None:
        """It is here."""
        with contextlib.suppress(OSError):
            self._records.forget(self._download.name)

    def _write(self, **changes: object) -> None:
        self._download = msgspec.structs.replace(self._download, have=self.have, **changes)
        try:
            place = len(self._records.read()[0])
            self._records.write(self._download, place=place)
        except OSError as error:
            self._reporter.note(
                f"The download cannot be remembered for the window: {error.strerror}."
            )


def _attended(work: Callable[[Cancellation], T]) -> T:
    """Does something that Ctrl-C stops; an error in it must stop nothing that comes after."""
    cancellation = Cancellation()
    return attend(lambda: work(cancellation), cancellation=cancellation)


def _small(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
