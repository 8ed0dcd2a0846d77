"""What stands where two texts will be compared: an invitation, a text being read, a failure."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from textlift.content.page import EditedLine
from textlift.engines.contract import ReadProgress
from textlift.ui.literal_text import literal
from textlift.ui.model_menu import ModelMenu
from textlift.ui.text_editor import TextEditor
from textlift.ui.text_stream import TextStream
from textlift.ui.theme import SPACE, set_tone

_MARGIN = 6 * SPACE


class OpinionInvitation(QWidget):
    """Says what a second opinion is and offers to ask for one.

    Signals:
        ask_wanted: The model named on the button is to be asked.
        declined: No opinion is wanted after all.
    """

    ask_wanted = Signal()
    declined = Signal()

    def __init__(self, menu: ModelMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setWeight(QFont.Weight.DemiBold)
        self.title.setFont(font)
        self.sentence = QLabel()
        for label in (self.title, self.sentence):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setTextFormat(Qt.TextFormat.PlainText)
        set_tone(self.sentence, "muted")
        self.ask = QPushButton()
        self.ask.setDefault(True)
        self.ask.clicked.connect(self.ask_wanted)
        self.others = _menu_button("Another model", menu)
        self.decline = QPushButton("Cancel")
        self.decline.setToolTip("Ask nobody about this part")
        self.decline.clicked.connect(self.declined)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addStretch(1)
        for button in (self.ask, self.others, self.decline):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(SPACE)
        column.addWidget(self.title)
        column.addWidget(self.sentence)
        column.addSpacing(SPACE // 2)
        column.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, SPACE, _MARGIN, SPACE)
        layout.addStretch(2)
        layout.addLayout(column)
        layout.addStretch(3)
        self.setFocusProxy(self.ask)

    def show_offer(self, *, title: str, sentence: str, model: str, part: bool) -> None:
        """Shows what can be asked.

        Args:
            title: Of the invitation.
            sentence: What would happen, or why nothing can.
            model: Title of the one that the button asks; empty where none can be.
            part: A part of the page is meant; that can be declined.
        """
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.ask.setVisible(bool(model))
        self.ask.setText(f"Ask {model}".replace("&", "&&"))
        self.ask.setToolTip(literal(f"Have {model} read it; the page's text stays as it is"))
        self.others.setVisible(bool(model))
        self.decline.setVisible(part)


class WaitingColumns(QWidget):
    """The page's text, and beside it what is being read, or why it was not.

    Signals:
        again_wanted: The same model is to try again.
    """

    again_wanted = Signal()

    def __init__(self, menu: ModelMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first = _text("Text of the page")
        self.first.setPlaceholderText("This page has no text yet.")
        self.second = _text("Text of the other model so far")
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.heading = QLabel()
        self.heading.setWordWrap(True)
        self.heading.setTextFormat(Qt.TextFormat.PlainText)
        set_tone(self.heading, "bad")
        self.again = QPushButton("Try again")
        self.again.clicked.connect(self.again_wanted)
        self.others = _menu_button("Try another model", menu)
        failure = QWidget()
        column = QVBoxLayout(failure)
        column.setContentsMargins(SPACE + 4, SPACE + 4, SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.heading)
        column.addWidget(self.sentence)
        column.addSpacing(SPACE // 2)
        for button in (self.others, self.again):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        failure.setFocusProxy(self.others)
        self.failure = failure
        self.right = QStackedWidget()
        self.right.addWidget(self.second)
        self.right.addWidget(failure)
        self.right.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        line = QFrame()
        line.setObjectName("topLine")
        line.setFixedWidth(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.first, 1)
        layout.addWidget(line)
        layout.addWidget(self.right, 1)
        self._stream = TextStream(self.second)

    def show_text(self, lines: Sequence[EditedLine]) -> None:
        """Shows the page's text."""
        self.first.set_lines(lines)

    def show_second(self, lines: Sequence[EditedLine]) -> None:
        """Shows all that the other model has read."""
        self.second.setPlaceholderText("It found no text here.")
        self.second.set_lines(lines)
        self.right.setCurrentWidget(self.second)

    def begin_stream(self, so_far: ReadProgress, *, waits: bool) -> None:
        """Shows what is read from now on.

        Args:
            so_far: What has been.
            waits: Nothing has begun yet.
        """
        self.second.setPlaceholderText("Waits to be read…" if waits else "Reading…")
        self._stream = TextStream(self.second)
        self._stream.add(so_far)
        self.right.setCurrentWidget(self.second)

    def add(self, progress: ReadProgress) -> None:
        """Shows what was read just now."""
        self.second.setPlaceholderText("Reading…")
        self._stream.add(progress)

    def show_failure(self, heading: str, sentence: str) -> None:
        """Shows why there is no second text.

        Args:
            heading: What happened.
            sentence: Why, and what to do.
        """
        self.heading.setText(heading)
        self.sentence.setText(sentence)
        self.failure.setAccessibleName(f"{heading} {sentence}")
        self.right.setCurrentWidget(self.failure)


def _text(name: str) -> TextEditor:
    editor = TextEditor()
    editor.setReadOnly(True)
    editor.setAccessibleName(name)
    editor.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
    return editor


def _menu_button(text: str, menu: ModelMenu) -> QPushButton:
    button = QPushButton(text)
    button.setMenu(menu)
    button.setToolTip("Choose a model to ask")
    return button
