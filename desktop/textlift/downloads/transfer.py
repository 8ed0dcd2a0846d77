"""Fetches one file into a partial file, goes on where it ended, checks it and settles it."""

from __future__ import annotations

import os
import re
import threading
import time
from pathlib import Path
from typing import BinaryIO

import httpx2
import msgspec

from textlift.downloads.answers import Subject
from textlift.downloads.checksums import RunningChecksum, add_file, running_checksum
from textlift.downloads.failures import DownloadProblem, TransientProblem, disk_problem, stopped
from textlift.downloads.messages import DownloadFailure
from textlift.downloads.meter import Meter
from textlift.downloads.patience import Patience
from textlift.downloads.retrying import Retries
from textlift.downloads.session import Session

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_WORTH = 1 << 16
"""Bytes that a try must bring for the failed ones before it to be forgotten."""


class Target(msgspec.Struct, frozen=True):
    """One file to be fetched.

    Attributes:
        name: For a person.
        url: Where it is.
        size: Bytes; 0: not known.
        checksum: See ``PlannedFile``.
        partial: Where it grows; what is there already is gone on with.
        path: Where it goes when it is whole and checked.
        subject: What the file is of, for sentences.
    """

    name: str
    url: str
    size: int
    checksum: str
    partial: Path
    path: Path
    subject: Subject


class Transfer:
    """Fetches a target; for one thread."""

    def __init__(
        self,
        target: Target,
        session: Session,
        meter: Meter,
        patience: Patience,
        *,
        stop: threading.Event,
    ) -> None:
        """Prepares; ``run`` does it.

        Args:
            target: The file.
            session: To ask.
            meter: Told what comes; it has counted what is in the partial file already.
            patience: With the line.
            stop: Ends it; the partial file is kept.
        """
        self._target = target
        self._session = session
        self._meter = meter
        self._patience = patience
        self._stop = stop
        self._retries = Retries(patience, stop, on_waiting=self._wait_noted)
        self._offset = 0
        self._checksum: RunningChecksum = running_checksum(target.checksum, size=target.size)

    def run(self) -> None:
        """Fetches the file, checks it, and puts it where it belongs.

        A file that is not what it should be is fetched once more, from its beginning.

        Raises:
            DownloadProblem: It cannot be had.
        """
        try:
            with self._meter.busy():
                if not self._fetch():
                    self._drop()
                    if not self._fetch():
                        self._drop()
                        raise self._damage()
                self._settle()
        except OSError as error:
            raise disk_problem(error, self._target.path.parent) from error

    def _fetch(self) -> bool:
        """Completes the partial file; whether it is what it should be."""
        with self._target.partial.open("ab", buffering=0) as file:
            self._take_up(file)
            while not self._is_complete():
                before = self._offset
                try:
                    self._fetch_rest(file)
                except TransientProblem as trouble:
                    if self._offset - before >= _WORTH:
                        self._retries.begin_anew()
                    self._retries.wait_after(trouble)
            is_right = (
                self._checksum.hexdigest() == self._target.checksum
                # The checksum is of what came; somebody else may have written there too.
                and os.fstat(file.fileno()).st_size == self._offset
            )
            if is_right:
                # A file that has its name must be whole also after the power failed.
                os.fsync(file.fileno())
        return is_right

    def _is_complete(self) -> bool:
        return self._ended if self._target.size == 0 else self._offset == self._target.size

    def _take_up(self, file: BinaryIO) -> None:
        """Puts what is there already into the checksum; more than can be true is dropped."""
        self._ended = False
        self._offset = 0
        self._checksum = running_checksum(self._target.checksum, size=self._target.size)
        there = file.tell()
        if there > self._target.size > 0:
            file.truncate(0)
            return
        with self._meter.checking():
            add_file(self._checksum, self._target.partial, up_to=there, on_piece=self._look)
        self._offset = there

    def _fetch_rest(self, file: BinaryIO) -> None:
        headers = {"Range": f"bytes={self._offset}-"} if self._offset else {}
        with self._session.asking(
            self._target.url, self._target.subject, headers=headers
        ) as response:
            self._agree(response, file)
            self._write_body(response, file)

    def _agree(self, response: httpx2.Response, file: BinaryIO) -> None:
        """Makes sure that what comes is the file or its rest; what is there is not lost lightly.

        Networks that want a login answer everything with a page of their own.
        """
        status, size = response.status_code, self._target.size
        packed = "Content-Encoding" in response.headers
        if status == 206 and not packed and self._is_rest(response.headers):
            return
        if status == 200 and self._may_be_file(response.headers, packed=packed):
            if self._offset:
                # The server sends no parts.
                self._begin_anew(file)
            return
        if packed or (status == 416 and not size):
            self._begin_anew(file)
        raise self._odd_answer(f"{status} with {response.headers.get('Content-Range')}")

    def _is_rest(self, headers: httpx2.Headers) -> bool:
        found = _RANGE.fullmatch(headers.get("Content-Range", ""))
        if found is None or int(found[1]) != self._offset:
            return False
        length, size = headers.get("Content-Length", ""), self._target.size
        if length.isdecimal() and size and int(length) != size - self._offset:
            return False
        return found[3] == "*" or not size or int(found[3]) == size

    def _may_be_file(self, headers: httpx2.Headers, *, packed: bool) -> bool:
        length = headers.get("Content-Length", "")
        if packed or not length.isdecimal():
            return not headers.get("Content-Type", "").startswith("text/html")
        return not self._target.size or int(length) == self._target.size

    def _write_body(self, response: httpx2.Response, file: BinaryIO) -> None:
        size = self._target.size
        speed = _SpeedWatch(self._patience)
        pieces = (
            response.iter_bytes() if "Content-Encoding" in response.headers else response.iter_raw()
        )
        for piece in pieces:
            if self._stop.is_set():
                raise stopped()
            if size and self._offset + len(piece) > size:
                self._begin_anew(file)
                raise self._odd_answer("more came than the file has")
            _write_all(file, piece)
            self._checksum.update(piece)
            self._offset += len(piece)
            self._meter.add(len(piece))
            if speed.is_low(len(piece)):
                raise self._too_slow()
        if size and self._offset < size:
            raise self._odd_answer("less came than the file has")
        self._ended = True

    def _begin_anew(self, file: BinaryIO) -> None:
        file.truncate(0)
        self._meter.move(-self._offset)
        self._offset = 0
        self._checksum = running_checksum(self._target.checksum, size=self._target.size)

    def _drop(self) -> None:
        self._target.partial.unlink(missing_ok=True)
        self._meter.move(-self._offset)

    def _settle(self) -> None:
        if self._stop.is_set():
            raise stopped()
        self._target.partial.replace(self._target.path)

    def _look(self, _count: int) -> None:
        if self._stop.is_set():
            raise stopped()

    def _wait_noted(self, reason: str, until: float) -> None:
        self._meter.waits(self, reason, until)

    def _damage(self) -> DownloadProblem:
        return DownloadProblem(
            DownloadFailure.DAMAGED,
            f"The file {self._target.name} of {self._target.subject.name} arrived damaged twice; "
            "try again later, or use another mirror.",
        )

    def _odd_answer(self, details: str) -> TransientProblem:
        problem = DownloadProblem(
            DownloadFailure.DAMAGED,
            f"The file {self._target.name} of {self._target.subject.name} does not arrive as the "
            "hub says it is; try again later, or use another mirror.",
            details=details,
        )
        return TransientProblem(problem, "The answer was not what was asked for.")

    def _too_slow(self) -> TransientProblem:
        problem = DownloadProblem(
            DownloadFailure.NO_CONNECTION,
            f"The file {self._target.name} comes too slowly; check the network, or go on later.",
        )
        return TransientProblem(problem, "The connection is too slow.")


def _write_all(file: BinaryIO, piece: bytes) -> None:
    """Writes without a buffer, which a kill would lose; the disk may take a part at a time."""
    view = memoryview(piece)
    while view:
        view = view[file.write(view) :]


class _SpeedWatch:
    """Notices a connection that brings next to nothing."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._since = time.monotonic()
        self._came = 0

    def is_low(self, count: int) -> bool:
        self._came += count
        now = time.monotonic()
        seconds = now - self._since
        if seconds < self._patience.slow_seconds:
            return False
        low = self._came < self._patience.slow_rate * seconds
        self._since, self._came = now, 0
        return low
