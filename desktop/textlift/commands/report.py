"""``textlift report``: saves what helps to find the cause of a bug."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec

from textlift.commands.ocr import EXIT_DONE, EXIT_FAILED, EXIT_WRONG_USAGE
from textlift.commands.terminal import Reporter
from textlift.diagnostics.bug_report import (
    MAX_PAGES,
    WORTH_A_LOOK,
    ReportError,
    ReportPage,
    ReportPart,
    machine_parts,
    page_parts,
    report_name,
    write_report,
)
from textlift.engines.registry import Registry
from textlift.exports.file_names import printable
from textlift.sessions.errors import SessionError
from textlift.sessions.store import SessionStore
from textlift.settings import Settings, user_folders


class ReportRequest(msgspec.Struct, frozen=True):
    """What was asked for.

    Attributes:
        target: The file or an existing folder; empty: a file in the current folder.
        images: Put images of pages with something to say into it.
        text: Put their text into it.
    """

    target: str = ""
    images: bool = False
    text: bool = False


def save_report(
    request: ReportRequest, *, registry: Registry, settings: Settings, reporter: Reporter
) -> int:
    """Saves it, says what is in it, and returns the exit status."""
    target = _target(request.target)
    if target.exists():
        reporter.fail(f"{printable(target)} is there already; name another file.")
        return EXIT_WRONG_USAGE
    folders = user_folders()
    try:
        parts = list(
            machine_parts(
                folders=folders,
                registry=registry,
                settings=settings,
                session_file=folders.session_file,
            )
        )
        if request.images or request.text:
            parts += _pages(request, reporter)
        write_report(target, parts)
    except (SessionError, ReportError) as error:
        reporter.fail(str(error))
        return EXIT_FAILED
    for part in parts:
        reporter.note(f"{part.name}: {part.about}")
    reporter.note(f"Saved in {printable(target)}. Look at it before you give it to anybody.")
    return EXIT_DONE


def _target(typed: str) -> Path:
    path = Path(typed) if typed else Path(report_name())
    return path / report_name() if path.is_dir() else path


def _pages(request: ReportRequest, reporter: Reporter) -> list[ReportPart]:
    folders = user_folders()
    if not folders.session_file.exists():
        return []
    with closing(SessionStore(folders.session_file)) as store:
        pages = [
            ReportPage(document.id, number)
            for document in store.documents()
            for number, summary in sorted(store.page_states(document.id).items())
            if summary.state in WORTH_A_LOOK
        ]
    if len(pages) > MAX_PAGES:
        reporter.note(f"Of {len(pages)} pages with something to say the first {MAX_PAGES} go in.")
    return list(
        page_parts(
            pages,
            images=request.images,
            text=request.text,
            session_file=folders.session_file,
            page_cache=folders.page_cache,
        )
    )
