"""Writing an export whole or not at all, and never over a file unless told to."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from textlift.exports.contract import ExportDocument, Exporter
from textlift.exports.file_names import file_names, printable


class ExportError(Exception):
    """An export cannot be written; the sentence says why and what to do."""


class ExportExistsError(ExportError):
    """There is a file of that name already; nothing was changed.

    Attributes:
        paths: The files that are there.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        names = ", ".join(printable(path) for path in self.paths[:3])
        if len(self.paths) == 1:
            sentence = f"{names} exists already; it was not overwritten."
        elif len(self.paths) <= 3:
            sentence = f"{names} exist already; nothing was overwritten."
        else:
            sentence = (
                f"{names} and {len(self.paths) - 3} other files exist already; "
                "nothing was overwritten."
            )
        super().__init__(sentence)


def export_text(exporter: Exporter, documents: Sequence[ExportDocument]) -> str:
    """The whole export as a string, for the clipboard: text alone, without a note."""
    return "".join(exporter.pieces(documents, titled=len(documents) > 1))


def export_file(
    path: Path,
    *,
    exporter: Exporter,
    documents: Iterable[ExportDocument],
    overwrite: bool = False,
    titled: bool | None = None,
    note: bool = False,
) -> None:
    """Writes all documents into one file.

    The text goes to a temporary file in the same folder first, which takes the name in one
    step: whoever looks sees the old file or the whole new one.

    Args:
        path: The file; a link is followed.
        exporter: The format.
        documents: In order, gone through once.
        overwrite: Replace a file that is there.
        titled: Put each document under its title; None: when ``documents`` is a sequence of
            more than one.
        note: End with a note on what is left to check.

    Raises:
        ExportExistsError: There is such a file and ``overwrite`` was not given.
        ExportError: The file cannot be written.
    """
    if titled is None:
        titled = isinstance(documents, Sequence) and len(documents) > 1
    with _whole_file(path, overwrite=overwrite) as stream:
        stream.writelines(exporter.pieces(documents, titled=titled, note=note))


def export_folder(
    folder: Path,
    *,
    exporter: Exporter,
    documents: Sequence[ExportDocument],
    overwrite: bool = False,
    note: bool = False,
) -> tuple[Path, ...]:
    """Writes one file for each document and returns their paths; makes the folder.

    Raises:
        ExportExistsError: Some of the files are there already; none was written.
        ExportError: A file cannot be written; those before it are complete.
    """
    paths = export_paths(
        folder, titles=[document.title for document in documents], exporter=exporter
    )
    if not overwrite:
        refuse_existing(paths)
    make_folder(folder)
    for path, document in zip(paths, documents, strict=True):
        export_file(path, exporter=exporter, documents=[document], overwrite=overwrite, note=note)
    return paths


def export_paths(folder: Path, *, titles: Iterable[str], exporter: Exporter) -> tuple[Path, ...]:
    """Where ``export_folder`` puts documents of these titles."""
    names = file_names(titles, extension=exporter.extension)
    return tuple(folder / name for name in names)


def refuse_existing(paths: Iterable[Path]) -> None:
    """Checks before any work is done.

    Raises:
        ExportExistsError: Some are there already.
    """
    existing = [path for path in paths if os.path.lexists(path)]
    if existing:
        raise ExportExistsError(existing)


def check_folders(paths: Iterable[Path]) -> None:
    """Checks before any work is done that files can be made there.

    Raises:
        ExportError: A folder is missing or may not be written to.
    """
    for folder in {path.absolute().parent: None for path in paths}:
        if not folder.is_dir():
            raise ExportError(f"There is no folder {printable(folder)}.")
        if not os.access(folder, os.W_OK):
            raise ExportError(f"The folder {printable(folder)} may not be written to.")


def make_folder(folder: Path) -> None:
    """Makes the folder and those above it.

    Raises:
        ExportError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            f"The folder {printable(folder)} cannot be made: {error.strerror}."
        ) from error


@contextlib.contextmanager
def _whole_file(path: Path, *, overwrite: bool) -> Iterator[TextIO]:
    """A stream to a temporary file that becomes ``path`` when the block ends without error."""
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            raise ExportError(f"{printable(path)} is not a file that can be replaced.")
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead to each other
        raise _cannot_write(path, error) from error
    if not overwrite:
        refuse_existing([target])
    temporary = target.parent / f".textlift-{secrets.token_hex(6)}.part"
    try:
        with temporary.open("x", encoding="utf-8", errors="replace", newline="\n") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _take_name(temporary, target, overwrite=overwrite)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _take_name(temporary: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o777)
        temporary.replace(target)
        return
    try:
        # Unlike a rename this fails if the file has come into being meanwhile.
        os.link(temporary, target)
    except FileExistsError as error:
        raise ExportExistsError([target]) from error
    except OSError:
        # A file system without hard links.
        refuse_existing([target])
        temporary.replace(target)


def _cannot_write(path: Path, error: Exception) -> ExportError:
    code = error.errno if isinstance(error, OSError) else None
    name = printable(path)
    if code in {errno.ENOSPC, errno.EDQUOT}:
        return ExportError(
            f"{name} was not written: the disk is full. Free some space and export again."
        )
    if code == errno.ENOENT:
        return ExportError(f"{name} was not written: there is no folder {printable(path.parent)}.")
    if code in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return ExportError(f"{name} was not written: this folder may not be written to.")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ExportError(f"{name} was not written: {reason}.")
