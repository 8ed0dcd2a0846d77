"""Pages as they look after reading, for tests of the window."""

from __future__ import annotations

import msgspec
from PySide6.QtGui import QColor, QImage

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box, union_box
from textlift.content.page import PageRecord, PageState
from textlift.content.reading import PageReading, PageWarning, WarningKind

WIDTH, HEIGHT = 800, 1000


def sample_line(number: int, *, text: str | None = None, score: float | None = 0.95) -> Line:
    """Line ``number`` from the top of the page, 20 pixels high, 40 below the one before."""
    top = 100.0 + 40 * number
    words = f"line {number}" if text is None else text
    return Line(text=words, box=Box(100, top, 700, top + 20), score=score)


def sample_record(*paragraphs: int, **changes: object) -> PageRecord:
    """A page that was read: paragraphs of so many lines, ``line 0`` and so on."""
    numbers = iter(range(10_000_000))
    blocks = []
    for count in paragraphs or (3, 2):
        lines = tuple(sample_line(next(numbers)) for _ in range(count))
        text = "\n".join(line.text for line in lines)
        box = union_box(line.box for line in lines if line.box is not None)
        blocks.append(Block(BlockKind.TEXT, text, box=box, lines=lines))
    record = PageRecord(
        number=1,
        state=PageState.DONE,
        width=WIDTH,
        height=HEIGHT,
        reading=PageReading(blocks=tuple(blocks), read_by="pp-ocrv6"),
        attempts=(Attempt("pp-ocrv6", "cpu", 1_700_000_000.0, 2.5, pixels=WIDTH * HEIGHT),),
    )
    return msgspec.structs.replace(record, **changes)


def warned_record() -> PageRecord:
    """A page that a second engine read, with something to check."""
    record = sample_record()
    assert record.reading is not None
    reading = msgspec.structs.replace(
        record.reading,
        read_by="tesseract",
        why="The page is in Cyrillic.",
        languages=("rus",),
        skew=1.25,
        warnings=(
            PageWarning(WarningKind.UNCERTAIN, "2 lines are <uncertain>."),
            PageWarning(WarningKind.MISSED, "Text was missed here.", Box(100, 700, 300, 760)),
        ),
    )
    attempts = (
        Attempt(
            "pp-ocrv6",
            "cpu",
            1_700_000_000.0,
            2.5,
            FailureKind.WRONG_SCRIPT,
            "This page is in a script that this model cannot read.",
            "exit code 0\nlast <line>",
        ),
        Attempt("tesseract", "cpu", 1_700_000_003.0, 61.0, pixels=WIDTH * HEIGHT),
    )
    return msgspec.structs.replace(
        record, state=PageState.WARNED, reading=reading, attempts=attempts
    )


def sample_image(width: int = WIDTH, height: int = HEIGHT) -> QImage:
    """White paper."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    return image
