"""Says in the status bar how many things went wrong; a click lists them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QToolButton, QWidget

from textlift.ui.theme import colours, icon


class ProblemIndicator(QToolButton):
    """Hidden while nothing went wrong; in colour while there is something new."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._new = 0
        self._colour = ""
        self.setAutoRaise(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(14, 14))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Problems")
        self.setAccessibleDescription("Opens the list of everything that went wrong.")
        self.hide()

    def show_count(self, count: int, *, new: int) -> None:
        """Shows how many there are, and whether any of them has not been seen."""
        if (count, new) == (self._count, self._new):
            return
        self._count, self._new = count, new
        words = "1 problem" if count == 1 else f"{count:,} problems"
        self.setText(words)
        self.setAccessibleName(f"{words}, {new:,} new" if new else words)
        told = f"{new:,} new. " if new else ""
        self.setToolTip(f"{told}Click to see what went wrong, and how each model has done.")
        self._dress()
        self.setVisible(bool(count))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # Also when it has just been given its own colour, which is in force then.
        if event.type() == QEvent.Type.PaletteChange and self._count:
            self._dress()

    def _dress(self) -> None:
        now = colours()
        colour = now.bad if self._new else now.muted
        if colour == self._colour:
            return
        self._colour = colour
        self.setIcon(icon("failed", colour=colour, size=14))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.ButtonText, QColor(colour))
        self.setPalette(palette)
