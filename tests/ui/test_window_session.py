from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing

import psutil

from doubles import driven_window
from doubles import engine_script as do
from doubles.pages import make_image, make_pdf
from textlift.content.page import EditedLine, PageEdit, PageState
from textlift.sessions.store import SessionStore
from textlift.ui.reader_thread import PageKey

PAGES = 40
KILLED_AT = 17


def test_the_window_is_killed_in_the_middle_of_a_book_and_goes_on(driver, folders, tmp_path):
    scan = make_pdf(tmp_path / "scan.pdf", PAGES)
    driver.script.engine("alpha", pages={KILLED_AT + 1: [do.WAIT, do.READ]})
    command = [sys.executable, driven_window.__file__, str(driver.script.folder), str(scan)]
    environment = {**os.environ, **driver.script.environment}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line == f"finished {KILLED_AT}\n":
                break
        driver.wait(lambda: driver.script.told("alpha", KILLED_AT + 1))
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    psutil.wait_procs(family, timeout=10)
    with closing(SessionStore(folders.session_file)) as store:
        store.set_edit(1, 3, PageEdit((EditedLine("What I made of it."),)))

    driver.start()
    window = driver.window
    (document,) = driver.desktop.workspace
    assert document.count(PageState.DONE) == KILLED_AT
    assert document.count(PageState.QUEUED) == PAGES - KILLED_AT
    assert window.banner.message.text() == (
        "“scan.pdf” was being read when Textlift was closed: 17 of 40 pages are done."
    )
    (go_on, _) = window.banner.action_buttons
    assert go_on.text() == "Go on"
    go_on.click()
    driver.wait_until_read()
    assert document.count(PageState.DONE) == PAGES
    asked = [told.page for told in driver.script.told("alpha")]
    assert sorted(set(asked)) == list(range(1, PAGES + 1))
    assert [page for page in set(asked) if asked.count(page) > 1] == [KILLED_AT + 1]
    window.tree.show_page(PageKey(document.id, 3))
    driver.wait(lambda: window.text.current_text() == "What I made of it.")


def test_closing_keeps_the_queue(driver, tmp_path):
    driver.script.engine("alpha", pages={2: [do.HANG, do.READ]})
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 3))
    (document,) = driver.wait_for_documents(1)
    driver.wait(lambda: PageKey(document.id, 2) in driver.window.reading.streams)
    driver.close()
    driver.start()
    (document,) = driver.desktop.workspace
    assert document.count(PageState.DONE) == 1
    assert document.count(PageState.QUEUED) == 2
    driver.window.banner.action_buttons[0].click()
    driver.wait_until_read()


def test_leaving_the_queue_makes_its_pages_unread(driver, tmp_path):
    driver.script.engine("alpha", pages={1: do.HANG})
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 3))
    (document,) = driver.wait_for_documents(1)
    driver.wait(lambda: PageKey(document.id, 1) in driver.window.reading.streams)
    driver.close()
    driver.start()
    (document,) = driver.desktop.workspace
    driver.window.banner.action_buttons[1].click()
    driver.wait(lambda: document.count(PageState.UNREAD) == 3)
    driver.close()
    driver.start()
    assert not driver.window.banner.isVisible()


def test_edits_typed_just_before_closing_are_kept(driver, tmp_path, qtbot):
    driver.script.engine("alpha")
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    driver.wait(lambda: driver.window.text.current_text() == "Page 1 read by alpha.")
    qtbot.keyClicks(driver.window.text.editor, "Last words. ")
    driver.close()
    driver.start()
    driver.wait(lambda: driver.window.text.current_text() == "Last words. Page 1 read by alpha.")


def test_a_turned_page_is_read_as_it_was_turned(driver, tmp_path):
    driver.script.engine("alpha")
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    driver.wait(lambda: driver.window.page_view.has_page)
    driver.window.actions_["turn-right"].trigger()
    driver.window.actions_["read-page"].trigger()
    driver.wait(lambda: len(driver.script.told("alpha")) == 2)
    assert [told.rotation for told in driver.script.told("alpha")] == [None, 90]
    driver.wait(lambda: not driver.window.reading.active)


def test_a_removed_document_does_not_come_back(driver, tmp_path):
    driver.script.engine("alpha")
    driver.start()
    path = make_image(tmp_path / "a.png", 1)
    driver.open(path)
    driver.wait_until_read()
    driver.window.actions_["remove"].trigger()
    driver.press("Remove")
    driver.wait(lambda: len(driver.desktop.workspace) == 0)
    assert path.exists()
    driver.close()
    driver.start()
    assert len(driver.desktop.workspace) == 0
    assert driver.window.stack.currentWidget() is driver.window.empty


def test_a_damaged_session_is_told_and_a_temporary_one_used(driver, folders, tmp_path):
    folders.session_file.parent.mkdir(parents=True)
    folders.session_file.write_bytes(b"this is no database" * 100)
    driver.script.engine("alpha")
    driver.start()
    assert driver.window.banner.isVisible()
    assert "lost when you close Textlift" in driver.window.banner.message.text()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    assert folders.session_file.read_bytes().startswith(b"this is no database")


def test_a_file_that_is_gone_says_so_on_its_page(driver, tmp_path):
    driver.script.engine("alpha")
    driver.start()
    path = make_image(tmp_path / "a.png", 1)
    driver.open(path)
    driver.wait_until_read()
    driver.close()
    path.unlink()
    driver.start()
    driver.wait(lambda: driver.window.text.current_text() == "Page 1 read by alpha.")
    assert not driver.window.banner.isVisible()


def test_the_window_comes_back_as_it_was(driver):
    driver.script.engine("alpha")
    driver.start()
    driver.window.resize(800, 611)
    driver.window.actions_["show-text"].setChecked(False)
    driver.close()
    driver.start()
    assert driver.window.height() == 611
    assert not driver.window.text.isVisibleTo(driver.window)


def test_what_waits_is_read_by_the_read_button_too(driver, tmp_path):
    driver.script.engine("alpha", pages={2: [do.HANG, do.READ]})
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 3))
    (document,) = driver.wait_for_documents(1)
    driver.wait(lambda: PageKey(document.id, 2) in driver.window.reading.streams)
    driver.close()
    driver.start()
    driver.window.banner.close_button.click()
    driver.window.actions_["read"].trigger()
    driver.wait_until_read()
    assert [told.page for told in driver.script.told("alpha")] == [1, 2, 2, 3]


def test_the_offer_to_go_on_stays_while_something_else_is_read(driver, tmp_path):
    driver.script.engine("alpha", pages={2: [do.HANG, do.READ]})
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 3))
    (document,) = driver.wait_for_documents(1)
    driver.wait(lambda: PageKey(document.id, 2) in driver.window.reading.streams)
    driver.close()
    driver.start()
    driver.open(make_image(tmp_path / "letter.png", 7))
    driver.wait(lambda: [told.page for told in driver.script.told("alpha")][-1] == 7)
    driver.wait(lambda: not driver.window.reading.active)
    driver.window.banner.action_buttons[0].click()
    driver.wait_until_read()
