"""A report for a bug: what helps to find a cause, in a zip file, and nothing that people read.

Images and text of pages are in it only where they were asked for by name.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from textlift import __version__
from textlift.content.attempt import Attempt
from textlift.content.page import PageState
from textlift.content.text_lines import page_text
from textlift.diagnostics.log_file import log_files
from textlift.diagnostics.model_record import ModelRecords
from textlift.diagnostics.privacy import harmless_lines, harmless_sentence, without_person
from textlift.diagnostics.unforeseen import CRASH_BEFORE_NAME, CRASH_NAME
from textlift.sessions.errors import SessionError
from textlift.sessions.store import SessionStore

if TYPE_CHECKING:
    from textlift.content.page import PageRecord
    from textlift.documents.client import DocumentReader
    from textlift.documents.messages import DocumentInfo
    from textlift.engines.registry import Registry
    from textlift.settings import Folders, Settings

MAX_PAGES = 20
"""Whose images and text one report takes."""
WORTH_A_LOOK = (PageState.FAILED, PageState.WARNED)
"""The pages that are proposed for it."""

_TOLD_OF_ATTEMPTS = (
    "engine", "device", "started_at", "seconds", "failure", "pixels", "peak_memory", "scripts",
    "lacking_memory", "repetition",
)  # fmt: skip
_WORDS_OF_GENERATIONS = ("mode", "dtype")
"""All else that is told of a generation are numbers."""


class ReportPart(msgspec.Struct, frozen=True):
    """One file of a report.

    Attributes:
        name: In the zip file.
        about: What it is, in a sentence.
        content: Its bytes.
        private: It holds what is on a page.
    """

    name: str
    about: str
    content: bytes
    private: bool = False

    @property
    def is_image(self) -> bool:
        """It is a PNG; all else is text."""
        return self.name.endswith(".png")


class ReportedProblem(msgspec.Struct, frozen=True):
    """What the window told of that belongs to no page.

    Attributes:
        at: Seconds since the Unix epoch, UTC.
        matter: What it was about, as a word.
        sentence: Where it names neither a document nor what is in it; else empty.
    """

    at: float
    matter: str
    sentence: str = ""


class ReportPage(msgspec.Struct, frozen=True):
    """A page whose image or text is asked for.

    Attributes:
        document_id: In the session.
        page: From 1.
        password: Of the document.
    """

    document_id: int
    page: int
    password: str = ""


class ReportError(Exception):
    """The report cannot be written; a sentence."""


def machine_parts(
    *,
    folders: Folders,
    registry: Registry,
    settings: Settings,
    session_file: Path,
    problems: Sequence[ReportedProblem] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[ReportPart]:
    """Everything but pages, a part at a time; takes seconds, for much is tried.

    Args:
        folders: Of the user.
        registry: The engines there are.
        settings: In force.
        session_file: Where the session is kept now.
        problems: That belong to no page.
        stopped: Asked between parts whether anybody still wants it.
    """
    made: tuple[Callable[[], Iterable[ReportPart]], ...] = (
        lambda: [_doctor_part(registry, settings, stopped)],
        lambda: [_settings_part(settings)],
        lambda: _log_parts(folders.log),
        lambda: _attempt_parts(session_file),
        lambda: [_problems_part(problems)] if problems else (),
    )
    for make in made:
        if stopped():
            return
        yield from make()


def _doctor_part(registry: Registry, settings: Settings, stopped: Callable[[], bool]) -> ReportPart:
    from textlift.diagnostics.doctor import doctor_lines
    from textlift.engines.options import engine_options

    lines = itertools.takewhile(
        lambda _: not stopped(), doctor_lines(registry, options=engine_options(settings))
    )
    return ReportPart(
        "doctor.txt",
        "Versions, system, devices and their memory, models, folders: what `textlift doctor` says.",
        _text(map(without_person, lines)),
    )


def _settings_part(settings: Settings) -> ReportPart:
    told: dict[str, Any] = msgspec.to_builtins(settings)
    if told.get("output_folder"):
        told["output_folder"] = "(a folder)"
    for name in ("proxy", "hub_endpoint", "alphabet_mirror"):
        if told.get(name):
            told[name] = _without_login(told[name])
    about = "The settings, without passwords."
    return ReportPart("settings.json", about, _json(_without_person(told)))


def _without_person(value: Any) -> Any:
    """The value with every text in it told without the user and without secrets."""
    if isinstance(value, str):
        return without_person(value)
    if isinstance(value, dict):
        return {_without_person(name): _without_person(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_person(one) for one in value]
    return value


def _without_login(address: str) -> str:
    scheme, separator, rest = address.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def _log_parts(folder: Path) -> Iterator[ReportPart]:
    for path in log_files(folder):
        content = _read(path)
        if content:
            about = "The log: what was started, read and failed, without text and names of files."
            yield ReportPart(f"log/{path.name}", about, without_person(content).encode())
    for name in (CRASH_NAME, CRASH_BEFORE_NAME):
        content = _read(folder / name)
        if content:
            about = "Where in the program it crashed."
            yield ReportPart(f"log/{name}", about, without_person(content).encode())


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"It cannot be read: {error.strerror}.\n"


def _attempt_parts(session_file: Path) -> Iterator[ReportPart]:
    about = "Every try of every model at a page of the session: its kind, seconds and memory."
    if not session_file.exists():
        return
    try:
        with closing(SessionStore(session_file)) as store:
            described = _described_session(store)
    except SessionError as error:
        described = {"problem": without_person(error.sentence)}
    yield ReportPart("attempts.json", about, _json(described))


def _described_session(store: SessionStore) -> dict[str, Any]:
    records = ModelRecords()
    tries = []
    for one in store.tries():
        records.add(one.attempts)
        tries.append(
            {
                "document": one.document_id,
                "page": one.page,
                "second_opinion": one.opinion,
                "attempts": [described_attempt(attempt) for attempt in one.attempts],
            }
        )
    documents = [
        {
            "number": document.id,
            "format": document.info.format,
            "pages": document.info.page_count,
            "states": Counter(
                summary.state.value for summary in store.page_states(document.id).values()
            ),
        }
        for document in store.documents()
    ]
    models = [msgspec.to_builtins(record, str_keys=True) for record in records.records()]
    return {"models": models, "documents": documents, "tries": tries}


def described_attempt(attempt: Attempt) -> dict[str, Any]:
    """A try as a report has it: nothing that could quote the page."""
    known: dict[str, Any] = msgspec.to_builtins(attempt)
    described = {name: known[name] for name in _TOLD_OF_ATTEMPTS if name in known}
    generation = known.get("generation") or {}
    if generation:
        described["generation"] = {
            name: value
            for name, value in generation.items()
            if name in _WORDS_OF_GENERATIONS or isinstance(value, int | float)
        }
    if attempt.partial:
        described["characters_before"] = len(attempt.partial)
    sentence, details = harmless_sentence(attempt), harmless_lines(attempt.details)
    if sentence:
        described["sentence"] = sentence
    if details:
        described["details"] = details.splitlines()
    return described


def _problems_part(problems: Sequence[ReportedProblem]) -> ReportPart:
    told = [
        {"at": one.at, "matter": one.matter, "sentence": without_person(one.sentence)}
        for one in problems
    ]
    return ReportPart(
        "problems.json", "What else went wrong since Textlift was started.", _json(told)
    )


def page_parts(
    pages: Sequence[ReportPage],
    *,
    images: bool,
    text: bool,
    session_file: Path,
    page_cache: Path,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[ReportPart]:
    """The images and the text of pages, a part at a time, of no more than ``MAX_PAGES``."""
    from textlift.documents.client import DocumentReader

    if not (images or text):
        return
    with (
        closing(SessionStore(session_file)) as store,
        closing(DocumentReader(page_cache)) as reader,
    ):
        documents = {document.id: document for document in store.documents()}
        for page in pages[:MAX_PAGES]:
            if stopped():
                return
            document = documents.get(page.document_id)
            if document is None:
                continue
            name = f"pages/document-{page.document_id}-page-{page.page}"
            if images:
                yield _image_part(name, document.info, page, reader)
            if text:
                yield from _text_parts(name, store.page(page.document_id, page.page))


def _image_part(
    name: str, info: DocumentInfo, page: ReportPage, reader: DocumentReader
) -> ReportPart:
    from textlift.documents.client import DocumentError

    try:
        image = reader.render(info, page.page, password=page.password)
        content = Path(image.path).read_bytes()
    except DocumentError as error:
        about = "Why there is no image of the page."
        return ReportPart(f"{name}.image.txt", about, _text([error.failure.value]), private=True)
    except OSError as error:
        about = "Why there is no image of the page."
        return ReportPart(f"{name}.image.txt", about, _text([str(error.strerror)]), private=True)
    return ReportPart(f"{name}.png", "The image of the page, all of it.", content, private=True)


def _text_parts(name: str, record: PageRecord) -> Iterator[ReportPart]:
    yield ReportPart(
        f"{name}.txt", "The text of the page.", _text([page_text(record)]), private=True
    )
    yield ReportPart(
        f"{name}.json",
        "What was read on the page, with boxes, and all that was tried, as it was said.",
        _json(msgspec.to_builtins(record)),
        private=True,
    )


def readme_part(parts: Sequence[ReportPart]) -> ReportPart:
    """What the zip file says of itself."""
    private = [part for part in parts if part.private]
    holds = (
        "It holds images or text of pages, because that was ticked:\n"
        + "".join(f"  {part.name}\n" for part in private)
        if private
        else "It holds no image and no text of a page.\n"
    )
    lines = [
        f"A report for a bug of Textlift {__version__}, {time.strftime('%Y-%m-%d %H:%M %z')}",
        "",
        holds,
        "Documents are told apart by numbers; their names and folders are not in it.",
        "Your home folder is written ~. Tokens and passwords were removed.",
        "Look at the files before you give them to anybody: they are plain text.",
        "",
        *(f"{part.name}\n    {part.about}" for part in parts),
    ]
    return ReportPart("README.txt", "What is in this file.", _text(lines))


def write_report(path: Path, parts: Sequence[ReportPart]) -> None:
    """Writes the parts, whole or not at all; replaces a file that is there.

    Raises:
        ReportError: It cannot be written.
    """
    try:
        # Readable by the user alone, as such a file is made.
        descriptor, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.stem}-", suffix=".part"
        )
    except OSError as error:
        raise ReportError(f"The report cannot be saved there: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for part in (readme_part(parts), *parts):
                method = zipfile.ZIP_STORED if part.is_image else zipfile.ZIP_DEFLATED
                archive.writestr(part.name, part.content, method)
        Path(temporary).replace(path)
    except OSError as error:
        raise ReportError(f"The report cannot be saved: {error.strerror}.") from error
    finally:
        # Where it was saved it has another name now.
        with contextlib.suppress(OSError):
            Path(temporary).unlink()


def report_name() -> str:
    """A name for the file: no two on one day by accident."""
    return time.strftime("textlift-report-%Y%m%d-%H%M%S.zip")


def _text(lines: Iterable[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
