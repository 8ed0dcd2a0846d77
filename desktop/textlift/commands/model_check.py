"""``textlift doctor --model``: loads a model, reads a page whose text is known, and judges it."""

from __future__ import annotations

import contextlib
import time
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from rapidfuzz.distance import Levenshtein

from textlift.content.generation import Generation
from textlift.content.geometry import Box
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, StopReason
from textlift.documents.client import DocumentError, DocumentReader
from textlift.engines.contract import EngineOptions, ReadingMode, ReadOptions, ReadProgress
from textlift.engines.process import EngineProcess
from textlift.engines.registry import EngineEntry
from textlift.exports.file_names import printable
from textlift.processes.supervised import ProcessFailure
from textlift.recognition.failures import engine_failure
from textlift.settings import user_folders

READS = 0.1
"""Error rate up to which a model is said to read: below one character in ten."""

CHECKED_DTYPES = ("auto", "float32")
"""What the device is best at, and the format in which no rounding hides a fault."""

_ONE_WAY = ReadingMode(name="", title="The only mode", returns="text")
_INDENT = "    "


class KnownPage(msgspec.Struct, frozen=True):
    """A page and the text that is printed on it."""

    image: PageImage
    text: str


class KnownPageError(Exception):
    """The page or its text cannot be used; the sentence says why."""


def known_page(page: Path, text: Path) -> KnownPage:
    """The first page of a document, rendered, with the text in a file.

    Raises:
        KnownPageError: One of the two cannot be read.
    """
    try:
        printed = text.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise KnownPageError(f"The text in {printable(text)} cannot be read: {error}.") from error
    with contextlib.closing(DocumentReader(user_folders().page_cache)) as reader:
        try:
            image = reader.render(reader.open(str(page)), 1)
        except DocumentError as error:
            raise KnownPageError(f"{printable(page)}: {error.sentence}") from error
    return KnownPage(image, printed)


class ModelCheck:
    """Checks one model on one page, a line of the report at a time.

    Attributes:
        passed: Every mode that is for pages of text did what it should; None before one was tried.
    """

    def __init__(self, entry: EngineEntry, page: KnownPage, options: EngineOptions) -> None:
        self._entry = entry
        self._page = page
        self._options = options
        self.passed: bool | None = None

    def lines(self, dtypes: Sequence[str] = CHECKED_DTYPES) -> Iterator[str]:
        """The report; the model is loaded anew for each number format."""
        title = self._entry.card.title
        availability = self._entry.availability(self._options)
        if not availability.ready:
            self.passed = False
            yield f"{title} cannot be used: {availability.sentence} {availability.remedy}".strip()
            return
        yield f"{title}: {availability.sentence}".rstrip()
        for dtype in dtypes:
            yield from self._check_format(dtype)
        verdict = {
            True: "it reads.",
            False: "it does not read as it should.",
            None: "none of its modes is for a page like this.",
        }[self.passed]
        yield f"Verdict on {title}: {verdict}"

    def _check_format(self, dtype: str) -> Iterator[str]:
        options = msgspec.structs.replace(self._options, dtype=dtype)
        process = EngineProcess(self._entry, options)
        shown = "the number format chosen by itself" if dtype == "auto" else dtype
        begun = time.monotonic()
        try:
            process.load()
        except ProcessFailure as error:
            self._note(passed=False)
            yield f"In {shown}: it cannot be loaded. {error.sentence}"
            yield from _details(error.details)
            return
        with contextlib.closing(process):
            yield f"In {shown}: loaded on {process.device} in {time.monotonic() - begun:.1f} s"
            for mode in self._entry.card.modes or (_ONE_WAY,):
                if not process.alive:
                    yield f"  {mode.name}: not tried, because the model's process has ended"
                    continue
                yield from self._check_mode(process, mode)

    def _check_mode(self, process: EngineProcess, mode: ReadingMode) -> Iterator[str]:
        image = self._page.image
        name = mode.name or "reading"
        box = Box(0, 0, image.width, image.height) if mode.needs_box else None
        begun = time.monotonic()
        try:
            reading = process.read(
                image, ReadOptions(mode=mode.name, box=box), on_progress=_say_nothing
            )
        except (ProcessFailure, msgspec.DecodeError) as error:
            if mode.reads_pages or not process.alive:
                self._note(passed=False)
            failed = engine_failure(error)
            yield f"  {name}: failed. {failed.sentence}"
            yield from _details(failed.details)
            return
        seconds = time.monotonic() - begun
        wants_text = mode.returns != "layout"
        verdict, passed = judged(reading, self._page.text, wants_text=wants_text)
        if mode.reads_pages:
            self._note(passed=passed)
        else:
            verdict = f"not judged, for this page is not what it is for; {verdict}"
        yield f"  {name}: {verdict}; {seconds:.1f} s{_cost(reading.generation)}"
        yield from (_INDENT + line for line in reading.text.splitlines() if line.strip())

    def _note(self, *, passed: bool) -> None:
        self.passed = passed and self.passed is not False


def judged(reading: PageReading, truth: str, *, wants_text: bool = True) -> tuple[str, bool]:
    """What to think of a reading of a page whose text is known: words, and whether it passes.

    Where only places were asked for, any will do.
    """
    if reading.unparsed:
        return f"not understood ({reading.unparsed})", False
    if reading.stop_reason is not StopReason.END:
        return f"not read to its end ({reading.stop_reason.value})", False
    placed = sum(block.box is not None for block in reading.blocks)
    if not wants_text:
        return f"places without text ({placed})", placed > 0
    rate = error_rate(reading.text, truth)
    return f"error rate {rate:.1%}", rate <= READS


def error_rate(text: str, truth: str) -> float:
    """Characters to change, add or leave out, as a share of the true ones; at most 1."""
    read, printed = _plain(text), _plain(truth)
    return min(1.0, Levenshtein.distance(read, printed) / max(len(printed), 1))


def _say_nothing(_progress: ReadProgress) -> None:
    """The report is written when the page is read."""


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _cost(generation: Generation | None) -> str:
    if generation is None:
        return ""
    return (
        f", {generation.dtype}, {generation.pixels / 1e6:.2f} megapixels, "
        f"{generation.prompt_tokens} + {generation.tokens} tokens, "
        f"first after {generation.first_token_seconds:.2f} s, "
        f"then {generation.tokens_per_second:.1f} a second, "
        f"peak {generation.peak_memory / 1e9:.2f} GB"
    )


def _details(details: str) -> Iterator[str]:
    return (_INDENT + line for line in details.splitlines()[-3:])
