"""The strip that says what went wrong, why, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from textlift.ui.theme import colours, icon

Kind = Literal["info", "warning", "error"]
Action = tuple[str, Callable[[], None]]

_LEAST_LINES = 4
"""Of the details; with fewer a long line that is wrapped would be cut."""
_MOST_LINES = 8
"""Of the details, without scrolling."""
_STYLE = """
    QPushButton {
        background: transparent; border: 1px solid palette(mid); border-radius: 5px;
        padding: 4px 12px;
    }
    QPushButton:hover { background: palette(base); }
    QPushButton:checked, QPushButton:pressed { background: palette(mid); }
    QPushButton:focus { border-color: palette(highlight); }
    QPlainTextEdit {
        background: palette(base); border: 1px solid palette(mid); border-radius: 5px;
    }
    QToolButton { border: 1px solid transparent; border-radius: 5px; padding: 3px; }
    QToolButton:hover { background: palette(base); }
    QToolButton:focus { border-color: palette(highlight); }
"""
_KIND_NAMES: dict[Kind, str] = {"info": "Note", "warning": "Warning", "error": "Error"}


class Banner(QFrame):
    """Hidden until there is something to say.

    Attributes:
        closed: The user has read it and closed it.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind: Kind = "info"
        self._icon = _KindIcon()
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.why_button = _flat("Why", "Show what is known about it")
        self.why_button.setCheckable(True)
        self.why_button.toggled.connect(self._on_why)
        self.close_button = QToolButton()
        self.close_button.setAutoRaise(True)
        self.close_button.setToolTip("Close (Escape)")
        self.close_button.setAccessibleName("Close this message")
        self.close_button.clicked.connect(self._close)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(4)
        self.action_buttons: list[QPushButton] = []

        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setAccessibleName("Details")
        self.copy_button = _flat("Copy", "Copy the message and its details")
        self.copy_button.clicked.connect(self._copy)
        self._more = QWidget()
        more = QHBoxLayout(self._more)
        more.setContentsMargins(28, 0, 36, 2)
        more.addWidget(self.details, 1)
        more.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)

        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self.message, 1)
        row.addWidget(self.why_button)
        row.addLayout(self._actions)
        row.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self._more)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setStyleSheet(_STYLE)
        self.hide()

    def show_message(
        self, text: str, *, kind: Kind, actions: Sequence[Action] = (), details: str = ""
    ) -> None:
        """Says something, in place of what was said before.

        Args:
            text: One or two sentences.
            kind: Gives the colour and the sign.
            actions: Names of buttons and what they do; the banner stays until it is cleared.
            details: Shown by the button Why; without them there is no such button.
        """
        self._kind = kind
        self._icon.set_kind(kind)
        self.close_button.setIcon(icon("close"))
        self.message.setText(text)
        self.setAccessibleName(f"{_KIND_NAMES[kind]}: {text}")
        self.setAccessibleDescription("Escape closes this message.")
        self.details.setPlainText(details)
        lines = details.count("\n") + 1
        shown = min(max(lines, _LEAST_LINES), _MOST_LINES)
        self.details.setFixedHeight(shown * self.details.fontMetrics().lineSpacing() + 16)
        self.why_button.setVisible(bool(details))
        self.why_button.setChecked(False)
        self._more.hide()
        self._set_actions(actions)
        self.show()
        self.update()
        # Here: it brings a hundred enumerations, and a window that opens says nothing.
        from PySide6.QtGui import QAccessible, QAccessibleEvent

        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def reword(self, text: str) -> None:
        """Says the same in other words; nobody is alerted to it."""
        self.message.setText(text)
        self.setAccessibleName(f"{_KIND_NAMES[self._kind]}: {text}")

    def clear(self) -> None:
        """Says nothing any more."""
        self._set_actions(())
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
            event.accept()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.close_button.setIcon(icon("close"))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        accent = kind_colour(self._kind)
        tint = QColor(accent)
        tint.setAlphaF(0.12)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Window))
        painter.fillRect(self.rect(), tint)
        painter.fillRect(0, 0, 4, self.height(), accent)
        painter.end()
        super().paintEvent(event)

    def _set_actions(self, actions: Sequence[Action]) -> None:
        for button in self.action_buttons:
            self._actions.removeWidget(button)
            # Not at once: the button that is clicked may be the one that is replaced.
            button.hide()
            button.deleteLater()
        self.action_buttons = []
        previous: QWidget = self.why_button
        for name, do in actions:
            button = _flat(name, "")
            button.clicked.connect(lambda *_, do=do: do())
            self._actions.addWidget(button)
            QWidget.setTabOrder(previous, button)
            previous = button
            self.action_buttons.append(button)
        QWidget.setTabOrder(previous, self.close_button)

    def _on_why(self, shown: bool) -> None:
        self._more.setVisible(shown)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(
            f"{self.message.text()}\n\n{self.details.toPlainText()}"
        )

    def _close(self) -> None:
        self.clear()
        self.closed.emit()


class _KindIcon(QWidget):
    """A disc with a sign in it."""

    def __init__(self) -> None:
        super().__init__()
        self._kind: Kind = "info"
        self.setFixedSize(QSize(20, 20))

    def set_kind(self, kind: Kind) -> None:
        self._kind = kind
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(kind_colour(self._kind))
        disc = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawEllipse(disc)
        font = painter.font()
        font.setBold(True)
        font.setPixelSize(13)
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.Window))
        sign = "i" if self._kind == "info" else "!"
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, sign)
        painter.end()


def kind_colour(kind: Kind) -> QColor:
    """The colour that a kind of message has in the appearance in force."""
    now = colours()
    return QColor({"info": now.accent, "warning": now.warning, "error": now.bad}[kind])


def _flat(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setFlat(True)
    button.setAutoDefault(False)
    button.setToolTip(tip)
    button.setAccessibleDescription(tip)
    return button
