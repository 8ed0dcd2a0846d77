from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication, QTextDocument

from doubles.sample_pages import sample_record, warned_record
from textlift.content.attempt import Attempt, FailureKind
from textlift.content.generation import Generation
from textlift.content.geometry import Box
from textlift.content.page import EditedLine, PageEdit, PageRecord, PageState
from textlift.content.reading import PageWarning, StopReason, WarningKind
from textlift.ui.record_text import record_html, record_plain
from textlift.ui.record_view import RecordView
from textlift.ui.theme import LIGHT

# Without an application a document has no fonts, and says so.
pytestmark = pytest.mark.usefixtures("qapp")


def _title(name: str) -> str:
    return {"pp-ocrv6": "PP-OCRv6", "tesseract": "Tesseract 5"}[name]


def _seen(page: PageRecord, *, unfolded: tuple[int, ...] = ()) -> str:
    document = QTextDocument()
    document.setHtml(record_html(page, engine_title=_title, colours=LIGHT, unfolded=unfolded))
    return document.toPlainText().replace("\u00a0", " ")


def test_a_page_that_was_read_at_once():
    seen = _seen(sample_record())
    for words in ("Page 1", "Done", "PP-OCRv6", "5, 95% sure on average", "2.5 s", "on the CPU"):
        assert words in seen
    assert "TO CHECK" not in seen


def test_a_page_with_a_story():
    seen = _seen(warned_record())
    for words in (
        "something to check",
        "Tesseract 5 read it",
        "1. PP-OCRv6: cannot read the script",
        "PP-OCRv6, CPU: cannot read the script. Tesseract 5: read in 1 min 1 s, 2 places to check.",
        "This page is in a script that this model cannot read.",
        "The page is in Cyrillic.",
        "Russian",
        "straightened by 1.2°",
        "2 lines are <uncertain>.",
        "1 min 1 s",
        "0.8 Mpx",
    ):
        assert words in seen


def test_only_warnings_with_a_place_can_be_shown():
    html = record_html(warned_record(), engine_title=_title, colours=LIGHT)
    assert 'href="warning:1"' in html
    assert 'href="warning:0"' not in html


def test_technical_details_are_for_the_copy():
    record = warned_record()
    assert "exit code 0" not in _seen(record)
    copied = record_plain(record, engine_title=_title)
    for words in ("exit code 0", "last <line>", "[wrong-script]", "Tesseract 5", "800"):
        assert words in copied


def test_a_document_that_could_not_be_opened():
    attempt = Attempt("", "", 0.0, 0.1, FailureKind.DOCUMENT, "The file is gone.")
    seen = _seen(PageRecord(number=7, state=PageState.FAILED, attempts=(attempt,)))
    assert "The page could not be opened" in seen
    assert "The file is gone." in seen


@pytest.mark.parametrize("state", PageState)
def test_every_state_has_words(state: PageState):
    assert len(_seen(PageRecord(number=1, state=state)).splitlines()) >= 2


def test_what_the_user_did_is_told():
    record = sample_record(rotation=90, edit=PageEdit((EditedLine("x"),)))
    seen = _seen(record)
    assert "90°" in seen
    assert "changed by you" in seen


def test_that_only_a_part_was_read_is_told():
    record = sample_record()
    part = msgspec.structs.replace(record.reading, box=Box(0, 0, 9, 9))
    words = "Only a part of the page"
    assert words not in _seen(record)
    assert words in _seen(msgspec.structs.replace(record, reading=part))


@pytest.mark.parametrize("reason", [StopReason.LIMIT, StopReason.REPETITION])
def test_why_generation_stopped_is_told(reason: StopReason):
    record = sample_record()
    assert record.reading is not None
    reading = msgspec.structs.replace(record.reading, stop_reason=reason)
    assert "Stopped" in _seen(msgspec.structs.replace(record, reading=reading))


def generated_record() -> PageRecord:
    """A page that one model broke off on and another wrote."""
    record = sample_record()
    assert record.reading is not None
    generation = Generation(
        mode="layout",
        pixels=3_210_000,
        tokens=1412,
        token_limit=24_000,
        tokens_per_second=41.2,
        peak_memory=9_100_000_000,
        dtype="bfloat16",
    )
    warning = PageWarning(WarningKind.REPAIRED, "A bracket was missing in the layout.")
    attempts = (
        Attempt(
            "tesseract",
            "cuda:0",
            0.0,
            9.0,
            FailureKind.CUT_OFF,
            "Too long.",
            pixels=8_700_000,
            partial="Dear Sir,\n" + "x" * 1991,
            peak_memory=7_000_000_000,
            generation=Generation(tokens=700, token_limit=24_000, tokens_per_second=12.0),
            details="line one\n  <two>",
        ),
        Attempt("pp-ocrv6", "cuda:0", 9.0, 30.0, pixels=8_700_000, peak_memory=9_100_000_000),
    )
    return msgspec.structs.replace(
        record,
        state=PageState.WARNED,
        attempts=attempts,
        reading=msgspec.structs.replace(record.reading, generation=generation, warnings=(warning,)),
    )


def test_what_a_model_that_writes_did_is_told_of_the_attempt_that_read():
    seen = _seen(generated_record())
    failed, read = seen.split("2. PP-OCRv6 read it")
    for words in (
        "asked for “layout”",
        "saw 3.2 Mpx",
        "1,412 of 24,000 tokens",
        "41 tokens/s",
        "bfloat16",
        "9.1 GB of memory at most",
    ):
        assert words in read
        assert words not in failed
    assert "7.0 GB of memory at most" in failed
    assert "8.7 Mpx" in failed
    assert "700 of 24,000 tokens · 12 tokens/s" in failed
    assert "on GPU 0" in failed
    assert "Had written 2,001 characters, which are kept" in failed
    assert "TO CHECK" in seen
    assert "A bracket was missing in the layout." in seen


def test_details_are_unfolded_on_demand():
    record = generated_record()
    assert "▸ Details" in _seen(record)
    assert "Dear Sir," not in _seen(record)
    assert "<two>" not in _seen(record)
    unfolded = _seen(record, unfolded=(0,))
    assert "▾ Hide details" in unfolded
    assert "Dear Sir," in unfolded
    assert "  <two>" in unfolded


def test_the_part_itself_is_in_the_copy():
    record = generated_record()
    copied = record_plain(record, engine_title=_title)
    for words in ("   > Dear Sir,", "41 tokens/s", "12 tokens/s", "bfloat16", "   |   <two>"):
        assert words in copied
    story = "Tesseract 5, GPU 0: cut off at its limit of 24,000 tokens after 9.0 s. PP-OCRv6: read"
    assert story in copied.replace("\u00a0", " ")


def test_a_try_is_unfolded_folded_and_copied_by_its_links(qtbot):
    view = RecordView(_title)
    qtbot.addWidget(view)
    view.show_page(generated_record())

    def follow(link: str) -> str:
        view.browser.anchorClicked.emit(QUrl(link))
        return view.browser.toPlainText()

    assert "Dear Sir," in follow("unfold:0")
    assert "Dear Sir," not in follow("fold:0")
    follow("copy:0")
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("1. Tesseract 5: cut off")
    assert "2. PP-OCRv6" not in copied
    follow("unfold:0")
    view.show_page(sample_record())
    view.show_page(generated_record())
    assert "Dear Sir," not in view.browser.toPlainText(), "another page begins folded"
