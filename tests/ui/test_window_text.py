from __future__ import annotations

import json

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from doubles import engine_script as do
from doubles.pages import make_image, make_pdf
from textlift.ui.exporting import ExportScope
from textlift.ui.reader_thread import PageKey


@pytest.fixture
def two_documents(driver, tmp_path):
    """A document of two pages, and one of one; all read."""
    driver.script.engine("alpha", pages={7: do.read("Needle in the haystack.")})
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 2), make_image(tmp_path / "letter.png", 7))
    driver.wait_for_documents(2)
    driver.wait_until_read()
    driver.wait(lambda: driver.window.text.current_text() == "Page 1 read by alpha.")
    return driver


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_copy(two_documents, qtbot):
    driver = two_documents
    actions = driver.window.actions_
    QGuiApplication.clipboard().clear()
    actions["copy-page"].trigger()
    assert clipboard() == "Page 1 read by alpha."
    actions["copy-document"].trigger()
    driver.wait(lambda: "Page 2 read by alpha." in clipboard())
    assert "haystack" not in clipboard()
    actions["copy-everything"].trigger()
    driver.wait(lambda: "haystack" in clipboard())
    assert "Page 2 read by alpha." in clipboard()


def test_export_one_file_with_edits(two_documents, qtbot, tmp_path):
    driver = two_documents
    qtbot.keyClicks(driver.window.text.editor, "Mine. ")
    driver.window.actions_["export-txt"].trigger()
    dialog = driver.dialog()
    assert dialog.chosen_scope is ExportScope.DOCUMENT
    assert dialog.target.text() == str(tmp_path / "scan.txt")
    dialog.export_button.click()
    driver.wait((tmp_path / "scan.txt").exists)
    text = (tmp_path / "scan.txt").read_text()
    assert "Mine. Page 1 read by alpha." in text
    assert "Page 2 read by alpha." in text
    driver.wait(lambda: driver.window.banner.message.text() == f"Saved {tmp_path / 'scan.txt'}.")


def test_export_a_file_for_each_document(two_documents, tmp_path):
    driver = two_documents
    driver.window.actions_["export-md"].trigger()
    dialog = driver.dialog()
    dialog.choose_scope(ExportScope.EVERYTHING)
    dialog.file_each.setChecked(True)
    dialog.target.setText(str(tmp_path / "out"))
    dialog.export_button.click()
    driver.wait(lambda: len(list((tmp_path / "out").glob("*.md"))) == 2)
    driver.wait(lambda: driver.window.banner.message.text().startswith("Saved 2 files in"))


def test_export_asks_before_it_overwrites(two_documents, tmp_path):
    driver = two_documents
    target = tmp_path / "scan.json"
    target.write_text("precious")
    for answer in ("Cancel", "Replace"):
        driver.window.actions_["export-json"].trigger()
        dialog = driver.dialog()
        assert dialog.target.text() == str(target)
        dialog.export_button.click()
        driver.wait(lambda: isinstance(driver.dialog(), QMessageBox))
        assert "exists already" in driver.dialog().text()
        driver.press(answer)
        if answer == "Cancel":
            assert target.read_text() == "precious"
    driver.wait(lambda: target.read_text() != "precious")
    json.loads(target.read_text())


def test_an_export_that_cannot_be_written_says_why(two_documents, tmp_path):
    driver = two_documents
    driver.window.actions_["export-txt"].trigger()
    dialog = driver.dialog()
    dialog.target.setText(str(tmp_path / "no such folder" / "scan.txt"))
    dialog.export_button.click()
    driver.wait(driver.window.banner.isVisible)
    assert "was not written" in driver.window.banner.message.text()


def test_search_goes_on_in_other_documents(two_documents, qtbot):
    driver = two_documents
    window = driver.window
    window.actions_["find"].trigger()
    assert window.search_bar.isVisible()
    qtbot.keyClicks(window.search_bar.field, "page")
    assert window.text.editor.textCursor().selectedText().lower() == "page"
    window.actions_["find-next"].trigger()
    driver.wait(lambda: window.current.key == PageKey(1, 2))
    window.search_bar.field.clear()
    qtbot.keyClicks(window.search_bar.field, "needle")
    driver.wait(lambda: window.current.key is not None and window.current.key.document_id == 2)
    driver.wait(lambda: window.text.editor.textCursor().selectedText() == "Needle")
    qtbot.keyClicks(window.search_bar.field, "xyz")
    driver.wait(lambda: window.search_bar.result.text() == "Not found.")


def test_clicking_the_page_finds_the_text_and_the_other_way_round(two_documents):
    driver = two_documents
    window = driver.window
    driver.wait(lambda: window.page_view.has_page)
    window.page_view.line_clicked.emit(0)
    assert window.text.editor.textCursor().blockNumber() == 0
    window.text.line_clicked.emit(0)
    assert "Line 1" in window.page_view.accessibleDescription()


def test_pages_are_turned_over_from_document_to_document(two_documents):
    driver = two_documents
    window = driver.window
    for key in (PageKey(1, 2), PageKey(2, 1)):
        window.actions_["next-page"].trigger()
        assert window.current.key == key
    assert not window.actions_["next-page"].isEnabled()
    window.actions_["previous-page"].trigger()
    assert window.current.key == PageKey(1, 2)
    window.page_bar.number.setText("1")
    window.page_bar.number.returnPressed.emit()
    assert window.current.key == PageKey(1, 1)
