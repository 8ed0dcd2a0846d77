"""The bar below the page: what there is to check on it, one thing at a time."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from textlift.content.page import PageRecord
from textlift.content.reading import PageWarning
from textlift.ui.actions import Actions
from textlift.ui.literal_text import literal
from textlift.ui.theme import SPACE, colours, icon
from textlift.ui.warning_looks import legend, warning_look

_RIGHT, _AGAIN = "Looks right", "Check again"


class WarningBar(QFrame):
    """Says what is to be checked, and offers to tick it off and to go on."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("warningBar")
        self.swatch = _Swatch()
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.tick_button = _button(actions, "tick-warning", _RIGHT)
        self.previous_button = _button(actions, "previous-warning", "")
        self.next_button = _button(actions, "next-warning", "Next")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE + SPACE // 2, SPACE // 2, SPACE // 2, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self.swatch)
        layout.addSpacing(SPACE // 2)
        layout.addWidget(self.words, 1)
        for button in (self.tick_button, self.previous_button, self.next_button):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._dress()
        self.hide()

    def show_page(self, record: PageRecord | None, index: int | None) -> None:
        """Shows what there is to check on a page; hides where there never was anything.

        Args:
            record: Of the page.
            index: The warning that stands out, or None.
        """
        warnings = record.reading.warnings if record is not None and record.reading else ()
        self.setVisible(bool(warnings))
        if record is None or not warnings:
            return
        warning = warnings[index] if index is not None and index < len(warnings) else None
        ticked = index in record.ticked
        self.words.setText(bar_words(record, index))
        self.swatch.show_kind(warning, ticked=ticked)
        self.setAccessibleName(self.words.text())
        self.words.setToolTip(literal(legend(warnings)))
        self.swatch.setToolTip(literal(legend(warnings)))
        self.tick_button.setVisible(warning is not None)
        self.tick_button.setText(_AGAIN if ticked else _RIGHT)
        self.tick_button.setAccessibleName(self.tick_button.text())
        self._dress()

    def announce(self) -> None:
        """Has a screen reader say what the bar says, wherever the keyboard is."""
        # Here: it brings a hundred enumerations, and a window that opens says nothing.
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.words.text()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        again = self.tick_button.text() == _AGAIN
        self.tick_button.setIcon(icon("close" if again else "done"))
        self.previous_button.setIcon(icon("up"))
        self.next_button.setIcon(icon("down"))


def bar_words(record: PageRecord, index: int | None) -> str:
    """What the bar says: “2 of 3 to check: 4 lines were not read.”."""
    assert record.reading is not None
    warnings, left = record.reading.warnings, record.to_check
    if index is None or index >= len(warnings):
        if left:
            return f"{len(left)} to check on this page"
        return "Everything on this page has been ticked off"
    warning = warnings[index]
    where = "" if warning.box is not None else " (of the whole page)"
    if index in record.ticked:
        rest = f"{len(left)} left on this page" if left else "nothing left on this page"
        return f"Ticked off, {rest}: {warning.sentence}{where}"
    return f"{left.index(index) + 1} of {len(left)} to check: {warning.sentence}{where}"


class _Swatch(QWidget):
    """The frame of a kind of warning, as it is on the page: on white, like paper."""

    def __init__(self) -> None:
        super().__init__()
        self._warning: PageWarning | None = None
        self._ticked = False
        self.setFixedSize(QSize(26, 18))

    def show_kind(self, warning: PageWarning | None, *, ticked: bool) -> None:
        """Shows the frame of this warning's kind; of none: a plain one."""
        self._warning, self._ticked = warning, ticked
        name = warning_look(warning.kind).word if warning is not None else ""
        self.setAccessibleName(name)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(colours().line), 1))
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawRoundedRect(room, 3, 3)
        look = warning_look(self._warning.kind) if self._warning is not None else None
        if look is not None and not self._ticked:
            colour = QColor(look.colour)
            frame = room.adjusted(3, 3, -3, -3)
            painter.setPen(QPen(colour, 2, look.line))
            colour.setAlpha(120)
            painter.setBrush(QBrush(colour, look.hatch))
            painter.drawRoundedRect(frame, 2, 2)
        else:
            painter.setPen(QColor("#64748b" if self._ticked else "#b45309"))
            font = painter.font()
            font.setBold(True)
            painter.setFont(font)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "✓" if self._ticked else "!")
        painter.end()


def _button(actions: Actions, name: str, text: str) -> QToolButton:
    """A button that does what an action does, in words of its own: those are for menus."""
    action = actions[name]
    button = QToolButton()
    button.setText(text)
    button.setToolButtonStyle(
        Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        if text
        else Qt.ToolButtonStyle.ToolButtonIconOnly
    )
    button.setToolTip(action.toolTip())
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(text or action.text().replace("&", ""))
    button.setAccessibleDescription(action.whatsThis())
    button.clicked.connect(action.trigger)
    return button
