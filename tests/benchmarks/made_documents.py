"""Documents and sessions of any size, with pages like real ones, for measurements."""

from __future__ import annotations

import random
import time
from contextlib import closing
from pathlib import Path

from PIL import Image, ImageDraw

from doubles.raw_pdf import CATALOG, HELVETICA, pdf_bytes, stream, text_content
from textlift.content.attempt import Attempt, FailureKind
from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box
from textlift.content.page import EditedLine, PageEdit
from textlift.content.reading import PageReading, PageWarning, WarningKind
from textlift.content.text_lines import reading_lines
from textlift.documents.messages import DocumentInfo, Fingerprint
from textlift.sessions.store import SessionStore

LINES = 45
"""Of a page of running text."""
LAST_WORD = "quagga"
"""Stands on the last page of a document and nowhere else."""
WIDTH, HEIGHT = 1654, 2339
"""Of an A4 page at 200 dpi, in pixels."""

_SENTENCE = (
    "the keeper climbed forty two steps to the lamp room and trimmed the wick while rain fell on "
    "glass and nobody in the harbour knew that his brother had written from the other island about "
    "a ship which carried coal salt and letters for people who had left long before"
)
_WORDS = _SENTENCE.split()


def write_text_pdf(path: Path, *, pages: int, lines: int = LINES) -> None:
    """A PDF with a text layer; every page differs."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(pages))
    objects = [CATALOG, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages), HELVETICA]
    for number in range(pages):
        text = text_content(*page_words(number + 1, lines=lines), size=12, top=800)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
            b"/Resources<</Font<</F 3 0 R>>>>>>" % (5 + 2 * number)
        )
        objects.append(stream(text))
    path.write_bytes(pdf_bytes(objects))


def write_images(folder: Path, *, count: int) -> list[Path]:
    """Small pictures of a page, each a file of its own."""
    folder.mkdir()
    paths = []
    for number in range(1, count + 1):
        image = Image.new("L", (300, 400), 255)
        ImageDraw.Draw(image).text((20, 40), f"File {number}", fill=0)
        paths.append(folder / f"{number:05}.png")
        image.save(paths[-1])
    return paths


def page_words(number: int, *, lines: int = LINES) -> list[str]:
    """The lines of a page, the same at each call."""
    chance = random.Random(number)
    return [f"{number}.{line} " + " ".join(chance.choices(_WORDS, k=10)) for line in range(lines)]


def made_reading(number: int, *, lines: int = LINES, last: bool = False) -> PageReading:
    """What the small engine returns for such a page: a heading and paragraphs of lines."""
    chance = random.Random(number)
    texts = page_words(number, lines=lines)
    if last:
        texts[-1] += f" {LAST_WORD}"
    step = (HEIGHT - 200) / max(lines, 1)
    printed = [
        Line(
            text=text,
            box=Box(120.0, 100 + step * row, WIDTH - 120.0, 100 + step * (row + 0.8)),
            score=round(chance.uniform(0.7, 1.0), 4),
        )
        for row, text in enumerate(texts)
    ]
    blocks = [_block(BlockKind.HEADING, printed[:1], level=1)]
    blocks += [_block(BlockKind.TEXT, printed[start : start + 8]) for start in range(1, lines, 8)]
    warnings = (
        PageWarning(WarningKind.MISSED, "2 lines were not read.", Box(120.0, 300, 900.0, 380)),
        PageWarning(WarningKind.DIFFERS, "Another reading has other words here.", printed[0].box),
    )
    return PageReading(
        blocks=tuple(blocks),
        read_by="pp-ocrv6",
        languages=("eng",),
        warnings=warnings if number % 5 == 0 else (),
    )


def _block(kind: BlockKind, lines: list[Line], *, level: int = 0) -> Block:
    boxes = [line.box for line in lines if line.box is not None]
    return Block(
        kind=kind,
        text="\n".join(line.text for line in lines),
        box=Box(
            min(box.x0 for box in boxes),
            min(box.y0 for box in boxes),
            max(box.x1 for box in boxes),
            max(box.y1 for box in boxes),
        ),
        level=level,
        lines=tuple(lines),
    )


def made_attempts(number: int) -> tuple[Attempt, ...]:
    """One that read the page; on every twentieth after one that ran out of memory."""
    good = Attempt("pp-ocrv6", "cpu", 1_790_000_000.0 + number, 1.5, pixels=WIDTH * HEIGHT)
    if number % 20:
        return (good,)
    return (failed_attempt(number), good)


def failed_attempt(number: int) -> Attempt:
    """Of a model that ran out of memory."""
    return Attempt(
        "dots.ocr",
        "cuda:0",
        1_780_000_000.0 + number,
        4.0,
        failure=FailureKind.OUT_OF_MEMORY,
        sentence="The GPU has no room left for this page. Close other programs that use it.",
        pixels=WIDTH * HEIGHT,
    )


def document_info(path: Path, *, pages: int) -> DocumentInfo:
    """Of a file as it lies there."""
    known = path.stat()
    return DocumentInfo(
        path=str(path),
        format="PDF" if path.suffix == ".pdf" else "PNG",
        page_count=pages,
        fingerprint=Fingerprint(known.st_size, known.st_mtime_ns),
    )


def fill_session(file: Path, path: Path, *, pages: int, lines: int = LINES) -> float:
    """Puts a document of so many read pages into a session; returns the seconds it took.

    Every fifth page has two warnings, every twentieth a failed attempt, every fiftieth an edit.
    """
    with closing(SessionStore(file)) as store:
        document = store.add_document(document_info(path, pages=pages), title=path.name)
        began = time.perf_counter()
        for number in range(1, pages + 1):
            store_page(store, document.id, number, lines=lines, last=number == pages)
        return time.perf_counter() - began


def fill_many(file: Path, paths: list[Path], *, lines: int = LINES) -> None:
    """Puts documents of one page each into a session, read like the pages of one document."""
    with closing(SessionStore(file)) as store:
        for number, path in enumerate(paths, 1):
            document = store.add_document(document_info(path, pages=1), title=path.name)
            reading = made_reading(number, lines=lines, last=path == paths[-1])
            store.finish_page(
                document.id,
                1,
                reading=reading,
                attempts=made_attempts(number),
                width=WIDTH,
                height=HEIGHT,
            )


def store_page(
    store: SessionStore, document_id: int, number: int, *, lines: int = LINES, last: bool = False
) -> None:
    """Stores one page as read."""
    reading = made_reading(number, lines=lines, last=last)
    store.finish_page(
        document_id,
        number,
        reading=reading,
        attempts=made_attempts(number),
        width=WIDTH,
        height=HEIGHT,
    )
    if number % 50 == 0:
        edited = (EditedLine("A line of the user's."), *reading_lines(reading))
        store.set_edit(document_id, number, PageEdit(edited))
