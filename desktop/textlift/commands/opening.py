"""The files of a batch: found, opened, their passwords asked for; a bad one stops no other."""

from __future__ import annotations

import functools
import getpass
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from textlift.commands.interruption import attend
from textlift.commands.terminal import Reporter
from textlift.documents.client import DocumentError, DocumentReader
from textlift.documents.messages import DocumentFailure, DocumentInfo
from textlift.exports.file_names import printable
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessCancelled

MAX_PASSWORD_TRIES = 3

_ABOUT_PASSWORD = frozenset({DocumentFailure.NEEDS_PASSWORD, DocumentFailure.WRONG_PASSWORD})


class BatchFile(msgspec.Struct, frozen=True):
    """A file of the batch.

    Attributes:
        path: Absolute.
        info: None when it cannot be opened.
        password: That opened it.
        failure: Why it cannot be opened; None when it can.
        problem: The same in a sentence.
    """

    path: str
    info: DocumentInfo | None = None
    password: str = ""
    failure: DocumentFailure | None = None
    problem: str = ""

    @property
    def title(self) -> str:
        """File name, printable."""
        return printable(Path(self.path).name)

    @property
    def shown_path(self) -> str:
        """As short as it can be told where the program was started, printable."""
        folder = str(Path.cwd()) + os.sep
        return printable(self.path.removeprefix(folder))


def read_passwords(path: Path) -> tuple[str, ...]:
    """The passwords in a file, one a line, to be tried in turn.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no text or holds no password.
    """
    passwords = tuple(line for line in path.read_text(encoding="utf-8").splitlines() if line)
    if not passwords:
        raise ValueError("it is empty")
    return passwords


def open_files(
    paths: Sequence[str],
    *,
    reader: DocumentReader,
    passwords: Sequence[str],
    reporter: Reporter,
    asks: bool,
    cancellation: Cancellation,
) -> list[BatchFile]:
    """Opens files, searching folders, and asks for passwords at the end.

    Args:
        paths: Files and folders as typed.
        reader: Opens them.
        passwords: To try on protected files.
        reporter: Told of folders that cannot be searched, and of progress.
        asks: Someone at the terminal can type passwords.
        cancellation: Ends it early; files not reached are missing in the result.
    """
    absolute = tuple(os.path.abspath(path) for path in paths)  # noqa: PTH100  links stay links
    opened: list[BatchFile] = []

    def open_all() -> None:
        try:
            found = reader.find_files(absolute, cancellation=cancellation)
            for problem in found.problems:
                reporter.fail(problem)
            with reporter.bar("Opening", total=len(found.paths)):
                for path in found.paths:
                    opened.append(_open(path, reader, passwords, cancellation))
                    reporter.advance()
        except ProcessCancelled:
            return
        except DocumentError as error:
            reporter.fail(error.sentence)

    attend(open_all, cancellation=cancellation)
    if asks and not passwords:
        return [_ask_password(file, reader, reporter, cancellation) for file in opened]
    return opened


def _open(
    path: str, reader: DocumentReader, passwords: Sequence[str], cancellation: Cancellation
) -> BatchFile:
    """Tries the file without a password, then with each."""
    error: DocumentError | None = None
    for password in ("", *passwords):
        try:
            info = reader.open(path, password=password, cancellation=cancellation)
        except DocumentError as caught:
            error = caught
            if error.failure not in _ABOUT_PASSWORD:
                break
        else:
            return BatchFile(path=path, info=info, password=password)
    assert error is not None
    problem = error.sentence
    if error.failure is DocumentFailure.NEEDS_PASSWORD:
        problem += " Put it into a file and name that with --password-file."
    return BatchFile(path=path, failure=error.failure, problem=problem)


def _ask_password(
    file: BatchFile, reader: DocumentReader, reporter: Reporter, cancellation: Cancellation
) -> BatchFile:
    tries = 0
    while file.failure in _ABOUT_PASSWORD and tries < MAX_PASSWORD_TRIES:
        tries += 1
        try:
            password = getpass.getpass(f"Password of {file.shown_path}: ", stream=sys.stderr)
        except (KeyboardInterrupt, EOFError):
            cancellation.cancel()
            return file
        if not password:
            return file
        again = functools.partial(_open, file.path, reader, [password], cancellation)
        try:
            file = attend(again, cancellation=cancellation)
        except ProcessCancelled:
            return file
        if file.failure is DocumentFailure.WRONG_PASSWORD:
            reporter.say(file.problem)
    return file
