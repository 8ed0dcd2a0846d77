"""Documents to export, made without any engine."""

from __future__ import annotations

import pytest

from textlift.content.attempt import Attempt, FailureKind
from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box
from textlift.content.page import EditedLine, PageEdit, PageRecord, PageState
from textlift.content.reading import PageReading, PageWarning, WarningKind
from textlift.exports.contract import ExportDocument


def done_page(number: int, text: str, *, read_by: str = "pp-ocrv6") -> PageRecord:
    lines = tuple(
        Line(text=line, box=Box(0, index, 10, index + 1), score=0.9)
        for index, line in enumerate(text.split("\n"))
    )
    block = Block(kind=BlockKind.TEXT, text=text, box=Box(0, 0, 10, len(lines)), lines=lines)
    return PageRecord(
        number=number,
        state=PageState.DONE,
        width=100,
        height=200,
        reading=PageReading(blocks=(block,), read_by=read_by),
        attempts=(Attempt(engine=read_by, device="cpu", started_at=1.0, seconds=0.5),),
    )


def failed_attempt(engine: str, sentence: str) -> Attempt:
    return Attempt(
        engine=engine,
        device="cpu",
        started_at=1.0,
        seconds=2.0,
        failure=FailureKind.CRASHED,
        sentence=sentence,
    )


@pytest.fixture
def mixed_document() -> ExportDocument:
    """Six pages: done, warned after a fallback, failed, unread twice, edited."""
    warned = done_page(2, "second page", read_by="tesseract")
    assert warned.reading is not None
    return ExportDocument(
        title="scan <1>.pdf",
        path="/home/someone/scan <1>.pdf",
        page_count=6,
        pages=[
            done_page(1, "first\npage"),
            PageRecord(
                number=2,
                state=PageState.WARNED,
                reading=PageReading(
                    blocks=warned.reading.blocks,
                    read_by="tesseract",
                    why="The page is in Cyrillic.",
                    warnings=(
                        PageWarning(WarningKind.UNCERTAIN, "Three words are unsure. --> <b>"),
                    ),
                ),
                attempts=(
                    failed_attempt("pp-ocrv6", "PP-OCRv6 stopped unexpectedly."),
                    *warned.attempts,
                ),
            ),
            PageRecord(
                number=3,
                state=PageState.FAILED,
                attempts=(
                    failed_attempt("pp-ocrv6", "PP-OCRv6 found\nno text."),
                    failed_attempt("tesseract", "Tesseract took too long."),
                    failed_attempt("tesseract", "Tesseract took too long."),
                ),
            ),
            PageRecord(number=4),
            PageRecord(number=5, state=PageState.QUEUED),
            PageRecord(
                number=6,
                state=PageState.DONE,
                reading=done_page(6, "read text").reading,
                edit=PageEdit(lines=(EditedLine("edited text", 0),)),
            ),
        ],
    )


@pytest.fixture
def plain_document() -> ExportDocument:
    return ExportDocument(
        title="one.png", path="/x/one.png", page_count=1, pages=[done_page(1, "only\npage")]
    )


@pytest.fixture
def broken_document() -> ExportDocument:
    return ExportDocument(
        title="bad.pdf", path="/x/bad.pdf", page_count=0, pages=(), problem="It is damaged."
    )
