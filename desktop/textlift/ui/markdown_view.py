"""The Markdown of a page, as source and as it looks."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QFontDatabase, QTextDocument
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


class QuietBrowser(QTextBrowser):
    """Shows rich text and nothing else: loads no picture or page, opens no link by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.document().setDocumentMargin(14)

    def loadResource(self, kind: int, name: QUrl | str) -> None:  # noqa: ARG002 - Qt's signature
        return None


def _mode_button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleDescription(tip)
    button.setCheckable(True)
    button.setAutoRaise(True)
    return button
