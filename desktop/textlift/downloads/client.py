"""The parent's handle on a download process: typed calls, started at the first one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import msgspec

from textlift.downloads.messages import (
    AskToken,
    Discard,
    DownloadFailure,
    DownloadRequest,
    Fetching,
    Get,
    Got,
    LookUp,
    Plan,
    Remove,
    Removed,
    Source,
    StoreToken,
    TokenState,
    Verified,
    Verify,
    Wanted,
)
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessFailure, RequestFailed, SupervisedProcess

CAPACITY = 4
"""Calls at once: one may fetch while another looks up, verifies or removes."""

_START_DEADLINE = 60.0
_SHORT_DEADLINE = 120.0
"""Of what makes a few small requests, with all its retries, or none."""
_LONG_DEADLINE = 30 * 86400.0
"""Of a download: a slow line may take days, and the process watches over its connections."""

_KINDS = frozenset(failure.value for failure in DownloadFailure)

OnFetching = Callable[[Fetching], None]

T = TypeVar("T")


class DownloadError(Exception):
    """Something could not be got, checked or removed.

    Attributes:
        failure: The kind.
        sentence: For a person: what is wrong and what to do.
        details: For a bug report; holds no token and no password.
    """

    def __init__(self, failure: DownloadFailure, sentence: str, *, details: str = "") -> None:
        super().__init__(sentence)
        self.failure = failure
        self.sentence = sentence
        self.details = details


class Downloads:
    """Asks a download process, started at the first call and again after it died.

    No other process of Textlift opens a connection. Safe to use from several threads. Every
    method raises ``DownloadError`` (of the kind CANCELLED when its cancellation fires), or
    ``ProcessFailure`` when the process dies or hangs; what was fetched until then is kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: SupervisedProcess | None = None

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None else None

    def look_up(
        self, wanted: Wanted, source: Source, *, cancellation: Cancellation | None = None
    ) -> Plan:
        """What getting it means: files, sizes, what is here already, free disk."""
        return self._ask(LookUp(wanted, source), Plan, _SHORT_DEADLINE, cancellation)

    def get(
        self,
        wanted: Wanted,
        plan: Plan,
        source: Source,
        *,
        on_fetching: OnFetching,
        cancellation: Cancellation | None = None,
    ) -> Got:
        """Fetches what is missing of a plan, and checks it; goes on where an earlier call ended."""
        request = Get(wanted, plan, source)
        return self._ask(request, Got, _LONG_DEADLINE, cancellation, on_fetching)

    def verify(
        self,
        wanted: Wanted,
        source: Source,
        *,
        on_fetching: OnFetching,
        cancellation: Cancellation | None = None,
    ) -> Verified:
        """Compares what is on disk with its checksums, without the network."""
        return self._ask(
            Verify(wanted, source), Verified, _LONG_DEADLINE, cancellation, on_fetching
        )

    def discard(self, wanted: Wanted, source: Source) -> Removed:
        """Removes what an unfinished download left."""
        return self._ask(Discard(wanted, source), Removed, _SHORT_DEADLINE, None)

    def remove(self, wanted: Wanted, source: Source) -> Removed:
        """Removes it from the disk."""
        return self._ask(Remove(wanted, source), Removed, _SHORT_DEADLINE, None)

    def store_token(self, token: str) -> TokenState:
        """Keeps the hub's token in the system's keyring; an empty one removes it."""
        return self._ask(StoreToken(token), TokenState, _SHORT_DEADLINE, None)

    def token_state(self) -> TokenState:
        """Whether there is a token, and where."""
        return self._ask(AskToken(), TokenState, _SHORT_DEADLINE, None)

    def close(self) -> None:
        """Ends the process; what is being fetched is kept and can be gone on with."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()

    def _ask(
        self,
        request: DownloadRequest,
        answer: type[T],
        deadline: float,
        cancellation: Cancellation | None,
        on_fetching: OnFetching | None = None,
    ) -> T:
        def report(body: bytes) -> None:
            if on_fetching is not None:
                on_fetching(msgspec.msgpack.decode(body, type=Fetching))

        try:
            return self._running(cancellation).call(
                request,
                answer=answer,
                deadline=deadline,
                cancellation=cancellation,
                on_progress=report,
            )
        except RequestFailed as error:
            if error.kind not in _KINDS:
                raise  # An error that nobody foresaw.
            raise DownloadError(
                DownloadFailure(error.kind), error.sentence, details=error.details
            ) from error
        except ProcessFailure as error:
            if cancellation is not None and cancellation.cancelled:
                raise DownloadError(DownloadFailure.CANCELLED, "Stopped.") from error
            raise

    def _running(self, cancellation: Cancellation | None) -> SupervisedProcess:
        with self._lock:
            if self._process is not None and not self._process.alive:
                self._process.close()
                self._process = None
            if self._process is None:
                process = SupervisedProcess("The download process", arguments=["downloads"])
                process.start(deadline=_START_DEADLINE, cancellation=cancellation)
                self._process = process
            return self._process
