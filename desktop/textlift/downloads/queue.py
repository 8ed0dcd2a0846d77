"""The queue of downloads: several wait, one is fetched, and all outlive the program."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from textlift.downloads.check_words import damage_found, soundness_found
from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.download import Download, DownloadState, Task
from textlift.downloads.messages import (
    DownloadFailure,
    Fetching,
    Source,
    TokenState,
    Wanted,
)
from textlift.downloads.records import DownloadRecords
from textlift.downloads.worker import Worker
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessFailure, RequestFailed

OnChange = Callable[[Download], None]

OFFLINE = "The network is switched off in the settings. Switch it on there to get models."

_MOST_DEATHS = 3
"""Of the download process in a row, without a byte in between; then it is a failure."""
_PAUSE_AFTER_DEATH = 1.0
"""Seconds before the process is started again, doubled each time."""
_RECORD_INTERVAL = 1.0
"""Seconds between two records of a download that runs."""
_END_PATIENCE = 3.0
"""Seconds that a removal may take when the program ends."""


class _Entry:
    """A download of the queue, and the stop signal of what is done about it now."""

    def __init__(self, download: Download) -> None:
        self.download = download
        self.run: Cancellation | None = None
        self.discard = False
        self.recorded = 0.0


class DownloadQueue:
    """Gets, verifies and removes in threads of its own; no method waits for disk or network.

    Downloads are got one after the other. Verifying does not wait for them, and removing waits
    for neither. What is not finished is kept as a record, and is there, paused, when the next
    queue starts. When the download process dies it is started again, and the download goes on.
    """

    def __init__(
        self,
        folder: Path,
        *,
        source: Source,
        on_change: OnChange,
        on_problem: Callable[[str], None],
        downloads: Downloads | None = None,
    ) -> None:
        """Prepares; ``start`` brings back what was not finished.

        Args:
            folder: For the records.
            source: Where to get from and where to put it; see ``use_source``.
            on_change: Told of each change of a download, in order, in any thread; must not wait.
            on_problem: Told, likewise, a sentence when records cannot be read or written.
            downloads: The download process.
        """
        self._records = DownloadRecords(folder)
        self._source = source
        self._on_change = on_change
        self._on_problem = on_problem
        self._downloads = downloads or Downloads()
        # Held while a change is told, so that changes are told in the order they happen.
        self._lock = threading.RLock()
        self._entries: dict[str, _Entry] = {}
        self._closing = False
        self._unwritable = False
        self._fetching = Worker("download-fetching")
        self._checking = Worker("download-checking")
        self._asking = Worker("download-asking")
        self._recording = Worker("download-records")

    def start(self) -> None:
        """Starts the threads; what was not finished comes back as paused, and nothing is got."""
        self._recording.do(self._restore)
        for worker in (self._fetching, self._checking, self._asking, self._recording):
            worker.start()

    def use_source(self, source: Source) -> None:
        """Gets from there from the next download on; pauses all when the network is off now."""
        with self._lock:
            self._source = source
            if source.offline:
                for name in list(self._entries):
                    self.pause(name)

    def downloads(self) -> tuple[Download, ...]:
        """All there are, in the order they are got."""
        with self._lock:
            return tuple(entry.download for entry in self._entries.values())

    def download(self, name: str) -> Download | None:
        """That of a name; None when nothing is or was done about it."""
        with self._lock:
            entry = self._entries.get(name)
            return entry.download if entry is not None else None

    # What the user asks for

    def get(self, name: str, *, title: str, wanted: Wanted) -> None:
        """Gets something when its turn comes, or goes on with it; nothing while it is busy."""
        with self._lock:
            entry = self._entries.get(name)
            before = entry.download if entry is not None else None
            if self._closing or (before is not None and before.busy):
                return
            if before is not None and before.unfinished:
                download = msgspec.structs.replace(before, title=title, wanted=wanted)
            else:
                download = Download(name, title, wanted, cache=self._source.cache)
            self._queue(entry, download)

    def resume(self, name: str) -> None:
        """Goes on with a download that is paused or has failed."""
        with self._lock:
            entry = self._entries.get(name)
            if entry is not None and entry.download.unfinished and not entry.download.busy:
                self._queue(entry, entry.download)

    def mark_for_reading(self, name: str) -> None:
        """Remembers with a download, beyond the end of the program, what it is wanted for."""
        with self._lock:
            entry = self._entries.get(name)
            if entry is None or not entry.download.unfinished or entry.download.for_reading:
                return
            self._set(entry, for_reading=True)
            self._record(entry)

    def pause(self, name: str) -> None:
        """Stops a download; what was fetched of it stays."""
        with self._lock:
            entry = self._entries.get(name)
            if entry is not None and entry.download.unfinished and entry.download.busy:
                self._stop(entry)
                self._set(entry, state=DownloadState.PAUSED, rate=0.0, waiting="")

    def cancel(self, name: str) -> None:
        """Gives a download up and removes what was fetched of it; stops a ``verify``."""
        with self._lock:
            entry = self._entries.get(name)
            if entry is None:
                return
            if entry.download.task is Task.VERIFY:
                self._stop(entry)
                return
            if not entry.download.unfinished:
                return
            running = entry.run is not None
            self._stop(entry)
            entry.discard = True
            self._set(entry, state=DownloadState.REMOVING, rate=0.0, waiting="")
            if not running:
                self._asking.do(lambda: self._discard(entry))

    def verify(self, name: str, *, title: str, wanted: Wanted) -> None:
        """Compares what is on disk with its checksums, without the network."""
        begun = Download(name, title, wanted, DownloadState.CHECKING, Task.VERIFY)
        self._begin(begun, self._verify, self._checking)

    def remove(self, name: str, *, title: str, wanted: Wanted, first: Callable[[], None]) -> None:
        """Removes something from the disk.

        Args:
            name: Of the model or the alphabet.
            title: The name people know.
            wanted: What it is for the download process.
            first: Ends what uses it; called in another thread, and may wait.
        """
        begun = Download(name, title, wanted, DownloadState.REMOVING, Task.REMOVE)

        def remove(entry: _Entry, run: Cancellation) -> None:
            first()
            self._downloads.remove(wanted, self._source_of(entry))
            self._update(entry, run, state=DownloadState.GONE)

        self._begin(begun, remove, self._asking)

    def dismiss(self, name: str) -> None:
        """Forgets how something ended that is done, or that failed and was not a download."""
        with self._lock:
            entry = self._entries.get(name)
            if entry is not None and not entry.download.busy and not entry.download.unfinished:
                self._set(entry, state=DownloadState.GONE)

    def move_first(self, name: str) -> None:
        """Gets a download that waits before the others that do."""
        with self._lock:
            entry = self._entries.get(name)
            if entry is None or entry.download.state is not DownloadState.WAITING:
                return
            others = {key: one for key, one in self._entries.items() if one is not entry}
            self._entries = {name: entry, **others}
            for one in self._entries.values():
                self._record(one)

    def ask_token(self, then: Callable[[TokenState | DownloadError], None]) -> None:
        """Whether there is a token, and where; ``then`` is told in another thread."""
        self._asking.do(lambda: self._tell_token(self._downloads.token_state, then))

    def store_token(self, token: str, then: Callable[[TokenState | DownloadError], None]) -> None:
        """Keeps the hub's token in the keyring; an empty one removes it."""
        self._asking.do(lambda: self._tell_token(lambda: self._downloads.store_token(token), then))

    def close(self) -> None:
        """Pauses everything and ends threads and process; waits a second or so."""
        with self._lock:
            self._closing = True
            for entry in self._entries.values():
                if entry.run is not None:
                    entry.run.cancel()
        self._fetching.close()
        self._checking.close()
        if not self._asking.close(patience=_END_PATIENCE):
            self._downloads.close()
            self._asking.close()
        self._recording.close()
        self._downloads.close()

    # In the thread that fetches

    def _fetch_next(self) -> None:
        with self._lock:
            entry = next(
                (
                    one
                    for one in self._entries.values()
                    if one.download.state is DownloadState.WAITING and one.run is None
                ),
                None,
            )
            if entry is None or self._closing:
                return
            run = entry.run = Cancellation()
            self._set(entry, state=DownloadState.LOOKING_UP)
        self._do(entry, run, lambda: self._fetch(entry, run))

    def _fetch(self, entry: _Entry, run: Cancellation) -> None:
        source = self._source_of(entry)
        wanted = entry.download.wanted

        def told(fetching: Fetching) -> None:
            checking = fetching.checking
            self._update(
                entry,
                run,
                state=DownloadState.CHECKING if checking else DownloadState.DOWNLOADING,
                have=fetching.have,
                size=fetching.size,
                rate=fetching.rate,
                waiting=fetching.waiting,
            )

        def attempt() -> None:
            plan = self._downloads.look_up(wanted, source, cancellation=run)
            state = DownloadState.DOWNLOADING
            self._update(entry, run, state=state, have=plan.have, size=plan.size, waiting="")
            self._downloads.get(wanted, plan, source, on_fetching=told, cancellation=run)

        self._over_deaths(entry, run, attempt)
        size = entry.download.size
        self._update(entry, run, state=DownloadState.DONE, have=size, rate=0.0, waiting="")

    def _over_deaths(self, entry: _Entry, run: Cancellation, attempt: Callable[[], object]) -> None:
        """Tries again when the process dies, as long as it gets anywhere."""
        deaths = 0
        while True:
            before = entry.download.have
            try:
                attempt()
                return
            except RequestFailed:
                raise  # It lives, and would say the same again.
            except ProcessFailure:
                deaths = 1 if entry.download.have > before else deaths + 1
                if deaths >= _MOST_DEATHS or run.cancelled:
                    raise
            words = "The download process stopped and is started again."
            self._update(entry, run, rate=0.0, waiting=words)
            woken = threading.Event()
            with run.watching(woken.set):
                woken.wait(_PAUSE_AFTER_DEATH * 2 ** (deaths - 1))

    # In the thread that checks

    def _verify(self, entry: _Entry, run: Cancellation) -> None:
        source, wanted = self._source_of(entry), entry.download.wanted

        def told(fetching: Fetching) -> None:
            have, size, rate = fetching.have, fetching.size, fetching.rate
            self._update(entry, run, have=have, size=size, rate=rate)

        def attempt() -> None:
            found = self._downloads.verify(wanted, source, on_fetching=told, cancellation=run)
            if found.damaged:
                sentence = damage_found(found)
                failure = DownloadFailure.DAMAGED
                # What is to be done about it is to get the damaged files.
                self._update(
                    entry,
                    run,
                    state=DownloadState.FAILED,
                    task=Task.GET,
                    failure=failure,
                    sentence=sentence,
                    have=0,
                    size=0,
                    rate=0.0,
                )
            else:
                done = DownloadState.DONE
                self._update(entry, run, state=done, sentence=soundness_found(found), rate=0.0)

        self._over_deaths(entry, run, attempt)

    # In the thread that asks

    def _discard(self, entry: _Entry) -> None:
        with self._lock:
            if self._closing or not entry.discard:
                return
            run = entry.run = Cancellation()
            entry.discard = False
        if entry.download.size:

            def discard() -> None:
                self._downloads.discard(entry.download.wanted, self._source_of(entry))
                self._update(entry, run, state=DownloadState.GONE)

            self._do(entry, run, discard)
        else:
            # Nothing was ever fetched of it.
            self._update(entry, run, state=DownloadState.GONE)

    def _tell_token(
        self,
        ask: Callable[[], TokenState],
        then: Callable[[TokenState | DownloadError], None],
    ) -> None:
        if self._closing:
            return
        try:
            then(ask())
        except DownloadError as error:
            then(error)
        except ProcessFailure as error:
            then(DownloadError(DownloadFailure.DISK, error.sentence, details=error.details))

    # In any thread

    def _begin(
        self, download: Download, work: Callable[[_Entry, Cancellation], None], worker: Worker
    ) -> None:
        with self._lock:
            entry = self._entries.get(download.name)
            if self._closing or (entry is not None and entry.download.busy):
                return
            if entry is None:
                entry = self._entries[download.name] = _Entry(download)
            run = entry.run = Cancellation()
            entry.download = msgspec.structs.replace(download, cache=self._source.cache)
            self._set(entry)
            worker.do(lambda: self._do(entry, run, lambda: work(entry, run)))

    def _queue(self, entry: _Entry | None, download: Download) -> None:
        if entry is None:
            entry = _Entry(download)
            self._entries[download.name] = entry
        entry.download = msgspec.structs.replace(
            download, task=Task.GET, failure=None, sentence="", details="", rate=0.0, waiting=""
        )
        if self._source.offline:
            offline, sentence = DownloadFailure.OFFLINE, OFFLINE
            self._set(entry, state=DownloadState.FAILED, failure=offline, sentence=sentence)
            return
        self._set(entry, state=DownloadState.WAITING)
        self._fetching.do(self._fetch_next)

    def _stop(self, entry: _Entry) -> None:
        if entry.run is not None:
            entry.run.cancel()

    def _do(self, entry: _Entry, run: Cancellation, work: Callable[[], None]) -> None:
        """Does something about a download and takes note of how it failed."""
        try:
            if not self._closing:
                work()
        except DownloadError as error:
            self._fail(entry, run, error.failure, error.sentence, error.details)
        except ProcessFailure as error:
            sentence = f"{error.sentence.rstrip('.')}. Try again."
            self._fail(entry, run, None, sentence, error.details)
        with self._lock:
            entry.run = None
            # Whoever stopped it may have asked for something else in the meantime.
            if self._closing:
                return
            if entry.discard:
                self._asking.do(lambda: self._discard(entry))
            elif entry.download.state is DownloadState.WAITING:
                self._fetching.do(self._fetch_next)

    def _fail(
        self,
        entry: _Entry,
        run: Cancellation,
        failure: DownloadFailure | None,
        sentence: str,
        details: str,
    ) -> None:
        with self._lock:
            if failure is DownloadFailure.CANCELLED or run.cancelled:
                if entry.download.task is not Task.GET:
                    self._set(entry, state=DownloadState.GONE)
                elif self._closing and entry.download.busy:
                    self._set(entry, state=DownloadState.PAUSED, rate=0.0, waiting="")
                return
            self._set(
                entry,
                state=DownloadState.FAILED,
                failure=failure,
                sentence=sentence,
                details=details,
                rate=0.0,
                waiting="",
            )

    def _update(self, entry: _Entry, run: Cancellation, **changes: object) -> None:
        """Takes note of news from a run, unless that was stopped."""
        with self._lock:
            if not run.cancelled:
                self._set(entry, **changes)

    def _set(self, entry: _Entry, **changes: object) -> None:
        before = entry.download
        entry.download = after = msgspec.structs.replace(before, **changes)
        if after.state is DownloadState.GONE and self._entries.get(after.name) is entry:
            del self._entries[after.name]
        if after.state is not before.state or time.monotonic() - entry.recorded > _RECORD_INTERVAL:
            self._record(entry)
        self._on_change(after)

    def _source_of(self, entry: _Entry) -> Source:
        with self._lock:
            return msgspec.structs.replace(self._source, cache=entry.download.cache)

    # Records

    def _record(self, entry: _Entry) -> None:
        entry.recorded = time.monotonic()
        download = entry.download
        place = list(self._entries).index(download.name) if download.name in self._entries else 0
        # What is being discarded is over only when nothing of it is left.
        discarded = download.task is Task.GET and download.state is DownloadState.REMOVING
        refused = download.failure is DownloadFailure.OFFLINE and not download.size
        keep = discarded or (download.unfinished and not refused)
        self._recording.do(lambda: self._write(download, place, keep=keep))

    def _write(self, download: Download, place: int, *, keep: bool) -> None:
        try:
            if keep:
                self._records.write(download, place=place)
            else:
                self._records.forget(download.name)
            self._unwritable = False
        except OSError as error:
            if not self._unwritable:
                self._unwritable = True
                self._on_problem(
                    "What is being downloaded cannot be remembered for the next start: "
                    f"{self._records.folder} cannot be written to ({error.strerror})."
                )

    def _restore(self) -> None:
        try:
            found, problems = self._records.read()
        except OSError as error:
            found, problems = [], []
            self._on_problem(
                f"The downloads of the last time cannot be read: {error.strerror}. "
                f"They are kept in {self._records.folder}."
            )
        for problem in problems:
            self._on_problem(problem)
        with self._lock:
            for download in found:
                if download.name not in self._entries:
                    self._entries[download.name] = entry = _Entry(download)
                    entry.recorded = time.monotonic()
                    self._on_change(download)
