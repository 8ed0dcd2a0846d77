"""A report for a bug, put together and saved in the real window."""

from __future__ import annotations

import zipfile

import pytest
from PySide6.QtCore import Qt

from doubles.pages import make_pdf
from doubles.secret_pages import SECRET, script_trouble
from textlift.diagnostics import bug_report
from textlift.ui.journal import Matter
from textlift.ui.report_dialog import OfferedPage, ReportDialog


@pytest.fixture
def troubled(driver, script, tmp_path, monkeypatch):
    """A window with pages that hold a secret; what doctor tries takes too long here."""
    monkeypatch.setattr(
        bug_report,
        "_doctor_part",
        lambda *_: bug_report.ReportPart("doctor.txt", "The machine.", b"a machine\n"),
    )
    script_trouble(script)
    path = tmp_path / f"letter to {SECRET}.pdf"
    make_pdf(path, 5)
    desktop = driver.start()
    driver.open(path)
    driver.wait_until_read()
    return desktop


def names(dialog: ReportDialog) -> list[str]:
    items = (dialog.list.item(row).text() for row in range(dialog.list.count()))
    return [text.split("  ·")[0] for text in items]


def tick(dialog: ReportDialog, *pages: int) -> None:
    for row in range(dialog.pages.count()):
        item = dialog.pages.item(row)
        wanted = item.data(Qt.ItemDataRole.UserRole).page in pages
        item.setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)


def test_what_is_shown_is_what_is_saved(troubled, driver, tmp_path):
    troubled.commands.problems.journal.take(Matter.EXPORT, f"{SECRET}.txt cannot be written.")
    driver.wait(lambda: troubled.commands.problems.journal.entries)
    dialog = troubled.commands.problems.report.open()
    assert not dialog.save.isEnabled()
    driver.wait(dialog.save.isEnabled)
    assert names(dialog) == [
        "README.txt", "doctor.txt", "settings.json", "attempts.json", "problems.json",
    ]  # fmt: skip
    shown = []
    for row in range(dialog.list.count()):
        dialog.list.setCurrentRow(row)
        shown.append(dialog.text.toPlainText())
    target = tmp_path / "report.zip"
    dialog.target.setText(str(target))
    dialog.save.click()
    driver.wait(lambda: troubled.window.board.notice("report"))
    assert troubled.window.board.notice("report").text == f"Saved {target}."
    (button,) = troubled.window.banner.action_buttons
    assert button.text() == "Open folder"
    with zipfile.ZipFile(target) as archive:
        saved = {name: archive.read(name).decode() for name in archive.namelist()}
    assert list(saved) == names_of(shown, saved)
    assert not any(SECRET in text for text in saved.values())


def names_of(shown: list[str], saved: dict[str, str]) -> list[str]:
    """The names of the files that were shown word for word."""
    return [name for name, text in saved.items() if text in shown]


def test_pages_go_in_only_when_they_are_ticked(troubled, driver, tmp_path):
    driver.window.tree.show_page(troubled.window.current.key)
    troubled.commands.problems.save_report()
    dialog = driver.dialog()
    assert isinstance(dialog, ReportDialog)
    driver.wait(dialog.save.isEnabled)
    assert not dialog.pages.isEnabled()
    assert not any("pages/" in name for name in names(dialog))
    tick(dialog, 2)
    dialog.page_texts.setChecked(True)
    # What is not shown yet cannot be saved.
    assert not dialog.save.isEnabled()
    driver.wait(dialog.save.isEnabled)
    assert names(dialog)[-2:] == ["pages/document-1-page-2.txt", "pages/document-1-page-2.json"]
    dialog.images.setChecked(True)
    dialog.page_texts.setChecked(False)
    driver.wait(dialog.save.isEnabled)
    assert names(dialog)[-1] == "pages/document-1-page-2.png"
    dialog.list.setCurrentRow(dialog.list.count() - 1)
    assert dialog.picture.isVisible()
    assert not dialog.picture.pixmap().isNull()
    dialog.images.setChecked(False)
    driver.wait(dialog.save.isEnabled)
    assert not any("pages/" in name for name in names(dialog))
    dialog.reject()


def test_a_report_that_cannot_be_saved_says_so_and_may_go_elsewhere(troubled, driver, tmp_path):
    dialog = troubled.commands.problems.report.open()
    driver.wait(dialog.save.isEnabled)
    dialog.target.setText(str(tmp_path / "nowhere" / "report.zip"))
    dialog.save.click()
    driver.wait(lambda: "cannot be saved" in dialog.said.text())
    assert dialog.isVisible()
    dialog.target.setText(str(tmp_path / "report.zip"))
    dialog.save.click()
    driver.wait((tmp_path / "report.zip").exists)
    driver.wait(lambda: not troubled.commands.problems.report._threads)


def test_closing_it_at_once_leaves_no_thread(troubled, driver):
    dialog = troubled.commands.problems.report.open()
    dialog.reject()
    driver.wait(lambda: not troubled.commands.problems.report._threads)


def test_what_was_shown_before_a_tick_is_void(qtbot, tmp_path):
    from textlift.ui.reader_thread import PageKey

    dialog = ReportDialog(
        target=tmp_path / "report.zip",
        pages=[OfferedPage(PageKey(1, 1), "a.pdf, page 1", ticked=True)],
    )
    qtbot.addWidget(dialog)
    dialog.show_machine((bug_report.ReportPart("doctor.txt", "The machine.", b"a"),))
    assert dialog.save.isEnabled()
    with qtbot.waitSignal(dialog.pages_wanted) as wanted:
        dialog.images.setChecked(True)
        assert not dialog.save.isEnabled()
    assert wanted.args == [(PageKey(1, 1),), True, False]
    page = bug_report.ReportPart("pages/p.txt", "A page.", b"b", private=True)
    dialog.show_pages((page,), {})
    assert dialog.save.isEnabled()
    with qtbot.waitSignal(dialog.pages_wanted):
        dialog.images.setChecked(False)
        # It was asked for before the tick was taken away, and comes only now.
        dialog.show_pages((page,), {})
        assert "pages/p.txt" not in names(dialog)
    with qtbot.waitSignal(dialog.pages_wanted):
        dialog.images.setChecked(True)
    dialog.show_pages((page,), {})
    with qtbot.waitSignal(dialog.save_wanted) as saved:
        dialog.save.click()
    assert [part.name for part in saved.args[1]] == ["doctor.txt", "pages/p.txt"]
