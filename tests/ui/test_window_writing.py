"""A generating model in the window: what it writes as it writes, and what is left when it fails."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from doubles import engine_script as do
from doubles.pages import make_image, make_pdf
from textlift.content.attempt import FailureKind
from textlift.content.page import PageState

PIECES = ["The first block.\n", "The second block.\n"]


@pytest.fixture
def writing(driver, tmp_path):
    """A window with one page in hand, whose first block is being written."""
    gate = driver.script.make_gate("piece")
    driver.script.engine("dots", title="dots.ocr", pages={1: do.write(PIECES, gate)})
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait(lambda: "The first block." in driver.window.text.editor.toPlainText())
    return driver


def test_text_speed_and_place_are_shown_while_it_writes(writing):
    driver, window = writing, writing.window
    words = window.status.words
    assert words.text().endswith("dots.ocr, page 1: 41 tokens/s, 10 % of its limit")
    assert words.toolTip() == words.text()
    overlay = window.page_view._overlay
    driver.wait(lambda: len(overlay.lines) == 1)
    assert overlay._writing == 0
    assert "The second block." not in window.text.editor.toPlainText()
    assert window.text.editor.isReadOnly()
    driver.script.open_gate("piece")
    driver.wait(lambda: "The second block." in window.text.editor.toPlainText())
    assert "20 % of its limit" in words.text()
    driver.wait(lambda: overlay._writing == 1)
    assert not window.page_view.grab().isNull()
    driver.script.open_gate("piece", times=3)
    driver.wait_until_read()
    driver.wait(lambda: window.text.current_text() == "Page 1 read by dots.")
    assert overlay._writing is None
    assert "tokens/s" not in words.text()


def test_coming_back_to_the_page_shows_all_that_was_written(writing, tmp_path):
    driver, window = writing, writing.window
    driver.open(make_image(tmp_path / "b.png", 2))
    driver.wait_for_documents(2)
    window.actions_["next-page"].trigger()
    driver.wait(lambda: "The first block." not in window.text.editor.toPlainText())
    window.actions_["previous-page"].trigger()
    driver.wait(lambda: window.text.editor.toPlainText() == PIECES[0])
    driver.wait(lambda: window.page_view._overlay._writing == 0)
    driver.script.open_gate("piece", times=3)
    driver.wait_until_read()


def test_the_bar_moves_within_a_page(driver, tmp_path):
    driver.script.engine("alpha")
    driver.start()
    status = driver.window.status
    status.show_progress(1.25, 2, "1 of 2 pages")
    assert status.bar.value() / status.bar.maximum() == pytest.approx(0.625)


def test_a_long_sentence_in_the_status_bar_does_not_widen_the_window(driver):
    driver.script.engine("alpha")
    driver.start()
    before = driver.window.minimumSizeHint().width()
    driver.window.status.show_progress(0, 2, "A sentence that goes on. " * 20)
    assert driver.window.minimumSizeHint().width() == before


def test_what_was_written_of_a_lost_page_is_kept_and_can_be_used(driver, tmp_path):
    lost = do.saying("".join(PIECES), do.fail(FailureKind.CUT_OFF, "It was cut off."))
    driver.script.engine("dots", title="dots.ocr", pages={1: lost})
    driver.start(fallback=())
    driver.open(make_image(tmp_path / "a.png", 1))
    (document,) = driver.wait_for_documents(1)
    driver.wait(lambda: document.summary(1).state is PageState.FAILED)
    text = driver.window.text
    driver.wait(text.partial.isVisible)
    assert text.partial.label.text() == ("Incomplete: what dots.ocr had written before it stopped.")
    assert text.editor.toPlainText() == "The first block.\nThe second block."
    driver.window.actions_["copy-page"].trigger()
    assert "no text on this page" in driver.window.status.words.text()
    QTest.mouseClick(text.partial.use_button, Qt.MouseButton.LeftButton)
    assert text.current_text() == "The first block.\nThe second block."
    QTest.keyClicks(text.editor, "My ")
    driver.close()
    driver.start(fallback=())
    driver.wait(
        lambda: driver.window.text.current_text() == "My The first block.\nThe second block."
    )
    assert not driver.window.text.partial.isVisible()


def test_a_page_that_the_next_model_reads_keeps_the_part_in_its_record(driver, tmp_path):
    lost = do.saying("".join(PIECES), do.fail(FailureKind.MALFORMED, "Its answer is broken."))
    driver.script.engine("dots", title="dots.ocr", pages={2: lost})
    driver.script.engine("beta")
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 2))
    driver.wait_until_read()
    driver.window.actions_["next-page"].trigger()
    text = driver.window.text
    driver.wait(lambda: text.current_text() == "Page 2 read by beta.")
    assert not text.partial.isVisible()
    text.tabs.setCurrentWidget(text.record)
    told = text.record.browser.toPlainText()
    assert "1. dots.ocr: gave a broken answer" in told
    assert "Had written 34 characters, which are kept" in told
    assert "dots.ocr gave a broken answer on page 2" in driver.window.banner.message.text()
