"""What a document, a model or a file name says is shown as it is; it loads and runs nothing."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QTextEdit

from doubles import engine_script as do
from doubles.pages import make_pdf
from doubles.sample_pages import sample_image
from textlift.content.attempt import FailureKind
from textlift.ui.markdown_view import QuietBrowser
from textlift.ui.reader_thread import PageKey

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)

MARKS = ("<img", "<script", "<table", "<a ", "<h1")


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A server that nobody should talk to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture of the user's, last looked at long ago."""
    path = tmp_path / "private.png"
    assert sample_image(40, 40).save(str(path))
    os.utime(path, (1, path.stat().st_mtime))
    return path


def hostile(server: socket.socket, picture: Path) -> str:
    address = f"http://127.0.0.1:{server.getsockname()[1]}"
    local = QUrl.fromLocalFile(str(picture)).toString()
    return "\n".join(
        (
            f'<h1><img src="{address}/one.png"><img src="{local}">',
            f'<script src="{address}/x.js">alert(1)</script>',
            f'<table background="{address}/two.png"><tr><td>cell</td></tr></table>',
            f"![three]({address}/three.png) ![local]({local})",
            '<a href="javascript:alert(1)">script</a> [link](javascript:alert(1))',
            '<a href="data:text/html,<b>x</b>">data</a> [file](file:///etc/passwd)',
            f"<style>@import url({address}/four.css);</style>",
            "\u202etxet desrever\u202c \x1b[31mred\x1b[0m",
        )
    )


def labels_with_markup() -> list[str]:
    """Labels that would take what they show for HTML."""
    return [
        f"{label.objectName() or label.metaObject().className()}: {label.text()[:80]}"
        for label in QApplication.allWidgets()
        if isinstance(label, QLabel)
        and label.textFormat() is not Qt.TextFormat.PlainText
        and any(mark in label.text() for mark in MARKS)
    ]


def tips_with_markup() -> list[str]:
    tips = [widget.toolTip() for widget in QApplication.allWidgets()]
    for view in QApplication.allWidgets():
        if isinstance(view, QAbstractItemView) and view.model() is not None:
            tips += model_tips(view.model(), QModelIndex())
    return [tip[:80] for tip in tips if any(mark in tip for mark in MARKS)]


def model_tips(model: QAbstractItemModel, parent: QModelIndex) -> list[str]:
    tips = []
    for row in range(model.rowCount(parent)):
        for column in range(model.columnCount(parent)):
            index = model.index(row, column, parent)
            tip = model.data(index, Qt.ItemDataRole.ToolTipRole)
            tips.append(tip if isinstance(tip, str) else "")
            if column == 0:
                tips += model_tips(model, index)
    return tips


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that were handed to the system to be opened."""
    addresses: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: addresses.append(url.toString()) or True
    )
    return addresses


def test_nothing_of_it_is_loaded_run_or_taken_for_markup(driver, qtbot, listening, picture, opened):
    text = hostile(listening, picture)
    driver.script.engine(
        "alpha",
        pages={
            1: do.read(text),
            2: do.fail(FailureKind.CRASHED, text.replace("\n", " ")),
            3: do.saying(text, do.fail(FailureKind.MALFORMED, text)),
        },
    )
    driver.script.engine("beta", default=do.read(text))
    driver.start(fallback=("beta",))
    driver.open(make_pdf(picture.parent / "<h1>scan <img src=x onerror=y>.pdf", 3))
    (document,) = driver.wait_for_documents(1)
    driver.wait_until_read()
    window = driver.window
    window.actions_["problems"].trigger()
    for page in (1, 2, 3):
        window.tree.show_page(PageKey(document.id, page))
        driver.wait(lambda: "txet desrever" in window.text.current_text())
        for tab in range(window.text.tabs.count()):
            window.text.tabs.setCurrentIndex(tab)
            window.text.markdown.rendered_button.click()
            qtbot.wait(1)
            window.grab()
            assert labels_with_markup() == []
            assert tips_with_markup() == []
        for browser in window.findChildren(QuietBrowser):
            browser.grab()
            assert not browser.openLinks()
            assert not browser.openExternalLinks()
            rich = browser.document().toHtml()
            assert "<script" not in rich
        assert "<script src=" in window.text.markdown.rendered.toPlainText()
    for editor in window.findChildren(QTextEdit):
        editor.grab()
    assert opened == []
    with pytest.raises(BlockingIOError):
        listening.accept()
    assert picture.stat().st_atime == 1
