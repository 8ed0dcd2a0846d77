from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage

from doubles import engine_script as do
from doubles.dropping import drop, file_urls
from doubles.pages import make_image, make_pdf
from textlift.content.attempt import FailureKind
from textlift.content.page import PageState
from textlift.ui.reader_thread import PageKey


@pytest.mark.parametrize("through", ["window", "handle"])
def test_a_dropped_file_is_read_and_its_text_shown(driver, tmp_path, through):
    driver.script.engine("alpha")
    driver.start()
    window = driver.window
    assert window.stack.currentWidget() is window.empty
    data = file_urls(make_image(tmp_path / "letter.png", 1))
    assert drop(window, data, on=window if through == "window" else window.windowHandle())
    driver.wait_until_read()
    driver.wait(lambda: window.text.current_text() == "Page 1 read by alpha.")
    driver.wait(lambda: window.page_view.has_page)
    assert window.stack.currentWidget() is window.splitter
    assert window.windowTitle().startswith("letter.png")


def test_a_dropped_text_with_file_urls(driver, tmp_path):
    driver.script.engine("alpha")
    driver.start()
    data = QMimeData()
    data.setText(QUrl.fromLocalFile(str(make_image(tmp_path / "a b.png", 1))).toString() + "\r\n")
    assert drop(driver.window, data, on=driver.window.windowHandle())
    (document,) = driver.wait_for_documents(1)
    assert document.title == "a b.png"
    driver.wait_until_read()


def test_a_dropped_folder_is_searched(driver, tmp_path):
    driver.script.engine("alpha")
    folder = tmp_path / "scans" / "inner"
    folder.mkdir(parents=True)
    make_image(tmp_path / "scans" / "b.png", 2)
    make_image(folder / "a.png", 1)
    (folder / "notes.xyz").write_text("no document")
    driver.start()
    assert drop(driver.window, file_urls(tmp_path / "scans"))
    documents = driver.wait_for_documents(2)
    assert {document.title for document in documents} == {"a.png", "b.png"}
    driver.wait_until_read()


def test_a_dropped_image_is_kept_and_read(driver, folders):
    driver.script.engine("alpha")
    driver.start()
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    for x in range(300):
        for y in range(80, 100):
            image.setPixelColor(x, y, QColor("black"))
    data = QMimeData()
    data.setImageData(image)
    assert drop(driver.window, data)
    (document,) = driver.wait_for_documents(1)
    driver.wait_until_read()
    assert document.info.path.startswith(str(folders.data))
    assert QImage(document.info.path).size() == image.size()


def test_an_image_is_pasted_with_the_keyboard(driver, qtbot):
    driver.script.engine("alpha")
    driver.start()
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    QGuiApplication.clipboard().setImage(image)
    driver.window.activateWindow()
    qtbot.keyClick(driver.window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    driver.wait_for_documents(1)
    driver.wait_until_read()


def test_plain_text_is_not_taken(driver):
    driver.script.engine("alpha")
    driver.start()
    data = QMimeData()
    data.setText("Dear Sir or Madam,")
    assert not drop(driver.window, data)
    assert not drop(driver.window, data, on=driver.window.windowHandle())


def test_a_file_dropped_twice_is_listed_once(driver, tmp_path):
    driver.script.engine("alpha")
    driver.start()
    path = make_image(tmp_path / "a.png", 1)
    driver.open(path)
    driver.wait_until_read()
    driver.open(path)
    driver.wait(lambda: driver.desktop.workspace.opening_count == 0)
    assert len(driver.desktop.workspace) == 1


def test_text_appears_while_it_is_read(driver, tmp_path):
    lines = ["The first line.", "The second line."]
    driver.script.engine("alpha", pages={1: do.stream(lines, driver.script.make_gate("line"))})
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    text = driver.window.text
    driver.wait(lambda: "The first line." in text.editor.toPlainText())
    assert "The second line." not in text.editor.toPlainText()
    driver.script.open_gate("line", times=5)
    driver.wait_until_read()
    driver.wait(lambda: "The second line." in text.current_text())


def test_stop_stops_within_a_second_and_the_rest_stays_unread(driver, tmp_path):
    driver.script.engine("alpha", pages={2: do.HANG})
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 5))
    (document,) = driver.wait_for_documents(1)
    reading = driver.window.reading
    driver.wait(lambda: PageKey(document.id, 2) in reading.streams)
    began = time.monotonic()
    driver.window.actions_["stop"].trigger()
    driver.wait(lambda: not reading.active)
    assert time.monotonic() - began < 1.5
    driver.wait(lambda: document.count(PageState.UNREAD) == 4)
    assert document.summary(1).state is PageState.DONE
    assert driver.window.actions_["read"].isEnabled()
    assert not driver.window.actions_["stop"].isEnabled()


def test_reading_goes_on_after_stop(driver, tmp_path):
    driver.script.engine("alpha", pages={2: [do.HANG, do.READ]})
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 3))
    (document,) = driver.wait_for_documents(1)
    reading = driver.window.reading
    driver.wait(lambda: PageKey(document.id, 2) in reading.streams)
    driver.window.actions_["stop"].trigger()
    driver.wait(lambda: not reading.active and document.count(PageState.UNREAD) == 2)
    driver.window.actions_["read"].trigger()
    driver.wait_until_read()
    assert document.count(PageState.DONE) == 3
    assert [told.page for told in driver.script.told("alpha")] == [1, 2, 2, 3]


def test_the_banner_tells_of_a_fallback(driver, tmp_path):
    driver.script.engine("alpha", pages={2: do.WRONG_SCRIPT})
    driver.script.engine("beta")
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 3))
    driver.wait_until_read()
    banner = driver.window.banner
    assert banner.isVisible()
    assert banner.message.text() == (
        "Engine alpha cannot read the script of page 2 of scan.pdf; Engine beta read it."
    )
    assert "in a script this model cannot read" in banner.details.toPlainText()
    assert [button.text() for button in banner.action_buttons] == ["Show", "Try again"]
    (document,) = driver.desktop.workspace
    assert document.summary(2).state is PageState.WARNED
    banner.action_buttons[0].click()
    driver.wait(lambda: driver.window.text.current_text() == "Page 2 read by beta.")


def test_a_page_that_no_model_can_read_and_trying_it_again(driver, tmp_path):
    broken = do.fail(FailureKind.MALFORMED, "The model gave a broken answer.")
    driver.script.engine("alpha", pages={1: [broken, do.READ]})
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    (document,) = driver.wait_for_documents(1)
    driver.wait(lambda: document.summary(1).state is PageState.FAILED)
    banner = driver.window.banner
    driver.wait(banner.isVisible)
    assert banner.message.text() == ("No model could read a.png. The model gave a broken answer.")
    driver.wait(lambda: not driver.window.reading.active)
    (again,) = (button for button in banner.action_buttons if button.text() == "Try again")
    again.click()
    driver.wait(lambda: document.summary(1).state is PageState.DONE)
    driver.wait(lambda: driver.window.text.current_text() == "Page 1 read by alpha.")
    assert not banner.isVisible()


def test_a_page_is_read_again_with_another_model(driver, tmp_path):
    driver.script.engine("alpha")
    driver.script.engine("beta")
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    driver.window.read_with_menu.aboutToShow.emit()
    (_, beta) = driver.window.read_with_menu.actions()
    beta.trigger()
    driver.wait(lambda: driver.window.text.current_text() == "Page 1 read by beta.")


def test_a_page_with_edits_is_not_read_again_without_asking(driver, tmp_path, qtbot):
    driver.script.engine("alpha")
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    text = driver.window.text
    driver.wait(lambda: text.current_text() == "Page 1 read by alpha.")
    qtbot.keyClicks(text.editor, "My ")
    driver.window.actions_["read-page"].trigger()
    driver.press("Cancel")
    qtbot.wait(50)
    assert len(driver.script.told("alpha")) == 1
    assert text.current_text() == "My Page 1 read by alpha."
    driver.window.actions_["read-page"].trigger()
    driver.press("Read it again")
    driver.wait(lambda: text.current_text() == "Page 1 read by alpha.")


def test_edits_are_kept_when_another_page_is_shown(driver, tmp_path, qtbot):
    driver.script.engine("alpha")
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 2))
    driver.wait_until_read()
    text, actions = driver.window.text, driver.window.actions_
    driver.wait(lambda: text.current_text() == "Page 1 read by alpha.")
    qtbot.keyClicks(text.editor, "Changed. ")
    actions["next-page"].trigger()
    driver.wait(lambda: text.current_text() == "Page 2 read by alpha.")
    actions["previous-page"].trigger()
    driver.wait(lambda: text.current_text() == "Changed. Page 1 read by alpha.")


def test_a_file_that_cannot_be_opened_is_told(driver, tmp_path):
    driver.script.engine("alpha")
    driver.start()
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.4 and nothing more")
    driver.open(broken)
    driver.wait(driver.window.banner.isVisible)
    assert driver.window.banner.message.text().startswith("broken.pdf: ")
    assert len(driver.desktop.workspace) == 0


def test_a_document_removed_while_it_is_read(driver, tmp_path):
    driver.script.engine("alpha", pages={1: do.gate(driver.script.make_gate("one"))})
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 3))
    (document,) = driver.wait_for_documents(1)
    driver.wait(lambda: PageKey(document.id, 1) in driver.window.reading.streams)
    driver.window.actions_["remove"].trigger()
    driver.script.open_gate("one")
    driver.wait(lambda: not driver.window.reading.active)
    assert len(driver.desktop.workspace) == 0
    assert driver.window.stack.currentWidget() is driver.window.empty
    assert [told.page for told in driver.script.told()] == [1]


def test_the_notice_goes_when_its_pages_are_read_after_all(driver, tmp_path):
    broken = do.fail(FailureKind.MALFORMED, "The model gave a broken answer.")
    driver.script.engine("alpha", pages={1: [broken, do.READ], 2: [broken, do.READ]})
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 3))
    banner = driver.window.banner
    driver.wait(lambda: banner.message.text().startswith("2 pages could not be read by any"))
    driver.wait(lambda: not driver.window.reading.active)
    driver.window.actions_["retry-failed"].trigger()
    driver.wait(lambda: not banner.isVisible())


def test_three_lost_pages_in_a_row_stop_the_reading_and_it_can_go_on(driver, tmp_path):
    broken = do.fail(FailureKind.MALFORMED, "The model gave a broken answer.")
    driver.script.engine("alpha", pages={page: [broken, do.READ] for page in (2, 3, 4)})
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 6))
    (document,) = driver.wait_for_documents(1)
    driver.wait(lambda: document.count(PageState.FAILED) == 3)
    driver.wait(lambda: not driver.window.reading.active)
    assert document.count(PageState.QUEUED) == 2
    (go_on, _) = driver.window.banner.action_buttons
    assert go_on.text() == "Go on"
    go_on.click()
    driver.wait(lambda: document.count(PageState.DONE) == 3)


def test_a_record_that_was_asked_for_before_an_edit_does_not_undo_it(driver, tmp_path, qtbot):
    driver.script.engine("alpha")
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    text, current = driver.window.text, driver.window.current
    driver.wait(lambda: text.current_text() == "Page 1 read by alpha.")
    current._fetch()
    qtbot.keyClicks(text.editor, "My ")
    current.flush()
    answered = []
    driver.desktop.workspace.session.ask(lambda store: None, answered.append)
    driver.wait(lambda: answered)
    assert text.current_text() == "My Page 1 read by alpha."
