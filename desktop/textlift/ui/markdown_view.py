"""The Markdown of a page, as source and as it looks."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, QUrl
from PySide6.QtGui import (
    QFontDatabase,
    QImage,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPlainTextEdit,
    QStackedWidget,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)


class MarkdownView(QWidget):
    """Read-only, with two buttons to switch between source and rendered text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source = QPlainTextEdit()
        self.source.setReadOnly(True)
        self.source.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.source.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.source.setTabChangesFocus(True)
        self.source.document().setDocumentMargin(12)
        self.source.setAccessibleName("Markdown source")
        self.rendered = QuietBrowser()
        self.rendered.setAccessibleName("Rendered Markdown")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.source)
        self._pages.addWidget(self.rendered)
        self._markdown = ""
        self._rendered_markdown = ""

        self.source_button = _mode_button("Source", "Show the Markdown as it is written")
        self.rendered_button = _mode_button("Rendered", "Show what the Markdown looks like")
        self.source_button.setChecked(True)
        group = QButtonGroup(self)
        group.addButton(self.source_button, 0)
        group.addButton(self.rendered_button, 1)
        group.idToggled.connect(self._on_mode)
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 6, 8, 6)
        bar.setSpacing(2)
        bar.addWidget(self.source_button)
        bar.addWidget(self.rendered_button)
        bar.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._pages)

    def set_markdown(self, markdown: str) -> None:
        """Shows another text, keeping the place when it is the same."""
        if markdown != self._markdown:
            self._markdown = markdown
            self.source.setPlainText(markdown)
        self._render()

    def markdown(self) -> str:
        """The source."""
        return self._markdown

    def current_view(self) -> QPlainTextEdit | QTextBrowser:
        """The one of the two views that can be seen."""
        return self.rendered if self._pages.currentIndex() else self.source

    def _on_mode(self, page: int, checked: bool) -> None:
        if checked:
            self._pages.setCurrentIndex(page)
            self._render()

    def _render(self) -> None:
        if self._pages.currentIndex() == 0 or self._markdown == self._rendered_markdown:
            return
        self._rendered_markdown = self._markdown
        self.rendered.document().setMarkdown(
            self._markdown,
            QTextDocument.MarkdownFeature.MarkdownDialectGitHub
            | QTextDocument.MarkdownFeature.MarkdownNoHTML,
        )
        _calm_headings(self.rendered.document())


class QuietBrowser(QTextBrowser):
    """Shows rich text and nothing else: loads no picture or page, opens no link by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.document().setDocumentMargin(14)

    def loadResource(
        self,
        kind: int,
        name: QUrl | str,  # noqa: ARG002 - Qt's signature
    ) -> QImage | QByteArray:
        # Something empty, not nothing: for want of a picture Qt would open the file itself, on
        # Windows perhaps one on a stranger's server.
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return QByteArray(b" ")
        empty = QImage(1, 1, QImage.Format.Format_ARGB32_Premultiplied)
        empty.fill(Qt.GlobalColor.transparent)
        return empty


def _calm_headings(document: QTextDocument) -> None:
    """Makes headings a little larger than text: Qt's are made for screens full of one."""
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        if level > 0:
            cursor.setPosition(block.position())
            cursor.movePosition(
                QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor
            )
            size = QTextCharFormat()
            size.setProperty(QTextFormat.Property.FontSizeAdjustment, max(3 - level, 0))
            cursor.mergeCharFormat(size)
            room = QTextBlockFormat()
            room.setTopMargin(10)
            cursor.mergeBlockFormat(room)
        block = block.next()
    cursor.endEditBlock()


def _mode_button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleDescription(tip)
    button.setCheckable(True)
    button.setAutoRaise(True)
    return button
