"""One notice a cause: what it says of one page and of many, and what lies under “Why”."""

from __future__ import annotations

import msgspec

from doubles.sample_pages import sample_record
from textlift.content.attempt import Attempt, FailureKind
from textlift.content.page import PageRecord, PageState
from textlift.documents.messages import DocumentInfo, Fingerprint
from textlift.sessions.stored import StoredDocument
from textlift.ui.listed_document import ListedDocument
from textlift.ui.notices import Notice, Outcome, cause_notice, cause_of, outcome_of
from textlift.ui.reader_thread import PageKey

DOCUMENT = ListedDocument(
    StoredDocument(1, "scan.pdf", DocumentInfo("scan.pdf", "PDF", 9, Fingerprint(1, 1)), 0.0)
)
TITLES = {"": "", "dots": "dots.ocr", "got": "GOT-OCR2"}
OOM = Attempt(
    "dots",
    "cuda:0",
    0.0,
    3.2,
    FailureKind.OUT_OF_MEMORY,
    "The GPU is full.",
    pixels=2_100_000,
    lacking_memory=1_900_000_000,
)


def outcome(page: int, *attempts: Attempt) -> Outcome:
    read = attempts[-1].failure is None
    record = sample_record()
    assert record.reading is not None
    reading = msgspec.structs.replace(record.reading, read_by=attempts[-1].engine)
    told = PageRecord(
        number=page,
        state=PageState.WARNED if read else PageState.FAILED,
        reading=reading if read else None,
        attempts=attempts,
    )
    outcome = outcome_of(PageKey(1, page), DOCUMENT, told)
    assert outcome is not None
    return outcome


def read_by(engine: str, pixels: int = 0) -> Attempt:
    return Attempt(engine, "cuda:0", 0.0, 4.1, pixels=pixels)


def notice(*outcomes: Outcome) -> Notice:
    cause = outcomes[0].cause
    same = [one for one in outcomes if one.cause == cause]
    return cause_notice(cause, same, engine_title=TITLES.__getitem__)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_page_that_another_model_read() -> None:
    told = notice(outcome(3, OOM, read_by("got")))
    assert plain(told.text) == (
        "dots.ocr ran out of memory on page 3 of scan.pdf, with 1.9 GB too little; "
        "GOT-OCR2 read it."
    )
    assert plain(told.details).splitlines() == [
        (
            "Page 3 of scan.pdf: dots.ocr, GPU 0, 2.1 Mpx: out of memory after 3.2 s, "
            "needed 1.9 GB more. GOT-OCR2: read in 4.1 s."
        ),
        "    dots.ocr: The GPU is full.",
    ]
    assert (told.kind, told.starved) == ("warning", "dots")


def test_a_page_that_the_same_model_read_when_it_was_smaller() -> None:
    told = notice(outcome(3, OOM, read_by("dots", 1_200_000)))
    assert plain(told.text).endswith("1.9 GB too little, and read it with 1.2 Mpx.")
    assert told.starved == ""


def test_many_pages_of_one_cause_are_one_notice_and_others_are_not_in_it() -> None:
    crash = Attempt("dots", "cuda:0", 0.0, 1.0, FailureKind.CRASHED, "It died.")
    pages = [
        outcome(1, OOM, read_by("got")),
        outcome(2, crash, read_by("got")),
        outcome(3, OOM, read_by("got")),
    ]
    told = notice(*pages)
    assert told.text == "dots.ocr ran out of memory on 2 pages; GOT-OCR2 read them."
    assert [key.page for key in told.pages] == [1, 3]
    again = notice(*(outcome(page, OOM, read_by("dots")) for page in (1, 2)))
    assert again.text == "dots.ocr ran out of memory on 2 pages, and read them when asked again."
    mixed = notice(outcome(1, OOM, read_by("dots")), outcome(2, OOM, read_by("got")))
    assert mixed.text.endswith("on 2 pages; other models read them.")


def test_lost_pages_are_an_error_of_their_own() -> None:
    lost = notice(outcome(1, OOM), outcome(2, OOM), outcome(3, OOM, read_by("got")))
    assert lost.kind == "error"
    assert lost.text == (
        "2 pages could not be read by any model: dots.ocr ran out of memory, "
        "and no other could do it."
    )
    assert lost.subject != notice(outcome(3, OOM, read_by("got"))).subject


def test_documents_that_cannot_be_opened() -> None:
    gone = Attempt("", "", 0.0, 0.0, FailureKind.DOCUMENT, "The file is gone.")
    assert notice(outcome(1, gone)).text == (
        "Page 1 of scan.pdf could not be read: The file is gone."
    )
    assert "could not be opened" in notice(outcome(1, gone), outcome(2, gone)).text


def test_a_page_without_failures_has_no_cause() -> None:
    assert cause_of(sample_record()) is None
