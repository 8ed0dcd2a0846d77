"""Gets, checks and removes a single file of the web, whose checksum is known."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

from textlift.downloads.addresses import host_of
from textlift.downloads.answers import Subject
from textlift.downloads.checksums import file_matches
from textlift.downloads.failures import DownloadProblem, disk_problem, unreadable
from textlift.downloads.fetching import OnFetching, fetch_all
from textlift.downloads.file_names import is_checksum
from textlift.downloads.locks import locked
from textlift.downloads.messages import (
    DownloadFailure,
    Got,
    Plan,
    PlannedFile,
    Removed,
    Source,
    Verified,
    WebFile,
)
from textlift.downloads.meter import Meter
from textlift.downloads.patience import patience_for_files, patience_for_questions
from textlift.downloads.planning import check_room, disk_free
from textlift.downloads.reporting import CheckingReport
from textlift.downloads.retrying import Retries, tried
from textlift.downloads.session import Session
from textlift.downloads.transfer import Target
from textlift.models.download_record import PARTIAL
from textlift.processes.cancellation import Cancellation


def plan_file(file: WebFile, source: Source, *, cancellation: Cancellation, seconds: float) -> Plan:
    """What getting a file means; its server is asked for its size only.

    Raises:
        DownloadProblem: The server does not say.
    """
    path = Path(file.path)
    if path.is_file():
        size = have = path.stat().st_size
    else:
        size = _size_told(file, source, cancellation, seconds)
        have = min(size, _size(_partial(file)))
    planned = PlannedFile(path.name, size, file.sha256, have)
    return Plan("", "", (planned,), str(path.parent), disk_free(path.parent))


def get_file(
    file: WebFile,
    plan: Plan,
    source: Source,
    *,
    on_fetching: OnFetching,
    cancellation: Cancellation,
) -> Got:
    """Gets a file that is not here.

    Raises:
        DownloadProblem: It cannot be had, or it was cancelled.
    """
    path, partial = Path(file.path), _partial(file)
    if not (len(file.sha256) == 64 and is_checksum(file.sha256)):
        raise DownloadProblem(
            DownloadFailure.NOT_SAFE, f"There is no checksum for {path.name}; it is not fetched."
        )
    with _locked(file):
        if path.is_file() and _is_whole(file, on_fetching, cancellation):
            return Got(folder=str(path.parent), fetched=0)
        # The plan has the size of a file that was there, and is not what it should be.
        begun, size = _size(partial), 0 if path.is_file() else plan.size
        check_room(path.parent, size - begun, remedy="make room there and try again")
        meter = Meter(have=begun, size=size)
        target = Target(
            name=path.name,
            url=_checked_url(file),
            size=size,
            checksum=file.sha256,
            partial=partial,
            path=path,
            subject=_subject(file),
        )
        patience = patience_for_files()
        with Session(source, patience=patience) as session:
            fetch_all(
                [target],
                session,
                meter,
                patience,
                on_fetching=on_fetching,
                cancellation=cancellation,
            )
    return Got(folder=str(path.parent), fetched=meter.came)


def verify_file(file: WebFile, *, on_fetching: OnFetching, cancellation: Cancellation) -> Verified:
    """Compares a file with its checksum; a damaged one is removed.

    Raises:
        DownloadProblem: It cannot be removed, or it was cancelled.
    """
    path = Path(file.path)
    with _locked(file):
        if not path.is_file():
            return Verified(checked=0, damaged=(path.name,))
        if _is_whole(file, on_fetching, cancellation):
            return Verified(checked=1)
        try:
            path.unlink()
        except OSError as error:
            raise disk_problem(error, path.parent) from error
        return Verified(checked=1, damaged=(path.name,))


def remove_file(file: WebFile, *, whole_too: bool) -> Removed:
    """Removes what a download left that was given up, and the file itself where that is wanted.

    Raises:
        DownloadProblem: It cannot be removed.
    """
    path = Path(file.path)
    if not path.parent.is_dir():
        return Removed(0)
    freed = 0
    with _locked(file):
        for one in (_partial(file), *((path,) if whole_too else ())):
            freed += _size(one)
            try:
                one.unlink(missing_ok=True)
            except OSError as error:
                raise disk_problem(error, path.parent) from error
    return Removed(freed)


def _size_told(file: WebFile, source: Source, cancellation: Cancellation, seconds: float) -> int:
    """Bytes, as the server says; 0 when it does not."""
    patience = patience_for_questions()
    stop = threading.Event()
    url = _checked_url(file)
    with Session(source, patience=patience) as session:

        def end() -> None:
            stop.set()
            session.cut_off()

        def ask() -> int:
            with session.asking(url, _subject(file), method="HEAD") as response:
                told = response.headers.get("Content-Length", "")
                return int(told) if told.isdecimal() else 0

        with cancellation.watching(end):
            return tried(ask, Retries(patience, stop, seconds=seconds))


def _is_whole(file: WebFile, on_fetching: OnFetching, cancellation: Cancellation) -> bool:
    path = Path(file.path)
    report = CheckingReport(_size(path), on_fetching=on_fetching, cancellation=cancellation)
    try:
        return file_matches(path, file.sha256, on_piece=report.add)
    except OSError as error:
        raise unreadable(path, error) from error


def _checked_url(file: WebFile) -> str:
    if urlsplit(file.url).scheme not in {"http", "https"}:
        raise DownloadProblem(
            DownloadFailure.NO_CONNECTION,
            f"The address of {Path(file.path).name} is none of the web; correct the mirror in the "
            "settings.",
        )
    return file.url


def _subject(file: WebFile) -> Subject:
    return Subject(f"{Path(file.path).name} ({host_of(file.url)})")


def _partial(file: WebFile) -> Path:
    """Named by the checksum too: another version of the file is another download."""
    path = Path(file.path)
    return path.with_name(f"{path.name}.{file.sha256[:16]}{PARTIAL}")


def _locked(file: WebFile) -> AbstractContextManager[None]:
    path = Path(file.path)
    return locked(path.with_name(f".{path.name}.lock"), name=path.name, folder=path.parent)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
