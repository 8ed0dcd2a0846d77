from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from doubles.sample_pages import sample_image
from textlift.ui.markdown_view import MarkdownView


@pytest.fixture
def view(qtbot: QtBot) -> MarkdownView:
    view = MarkdownView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    return view


def _render(view: MarkdownView) -> None:
    QTest.mouseClick(view.rendered_button, Qt.MouseButton.LeftButton)


def test_shows_the_source_first(view: MarkdownView):
    view.set_markdown("# Title\n\n*text*")
    assert view.current_view() is view.source
    assert view.source.toPlainText() == "# Title\n\n*text*"
    assert view.source.isReadOnly()
    assert view.markdown() == "# Title\n\n*text*"


def test_shows_what_it_looks_like_on_demand(view: MarkdownView):
    view.set_markdown("# Title\n\n*text*")
    _render(view)
    assert view.current_view() is view.rendered
    assert view.rendered.toPlainText() == "Title\ntext"
    view.set_markdown("- one\n- two")
    assert view.rendered.toPlainText() == "one\ntwo"
    QTest.mouseClick(view.source_button, Qt.MouseButton.LeftButton)
    assert view.current_view() is view.source


def test_tables_are_tables(view: MarkdownView):
    view.set_markdown("| a | b |\n|---|---|\n| 1 | 2 |")
    _render(view)
    assert view.rendered.document().rootFrame().childFrames()


def test_html_in_a_document_is_only_text(view: MarkdownView):
    view.set_markdown("<b onclick='x'>bold</b>")
    _render(view)
    assert "<b" in view.rendered.toPlainText()


def test_loads_nothing_and_opens_nothing(view: MarkdownView, tmp_path: Path):
    picture = tmp_path / "picture.png"
    assert sample_image(40, 40).save(str(picture))
    url = QUrl.fromLocalFile(str(picture))
    view.set_markdown(f"![a picture]({url.toString()}) [a link](https://example.org/)")
    _render(view)
    view.rendered.grab()
    shown = view.rendered.document().resource(QTextDocument.ResourceType.ImageResource.value, url)
    assert (shown.width(), shown.height()) == (1, 1)
    assert not view.rendered.openLinks()
    assert not view.rendered.openExternalLinks()
    view.rendered.anchorClicked.emit(QUrl("https://example.org/"))
    assert "a link" in view.rendered.toPlainText()
