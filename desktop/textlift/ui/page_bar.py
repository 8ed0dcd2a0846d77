"""The strip above the page: which page it is, its zoom and its turn."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from textlift.ui.actions import Actions
from textlift.ui.theme import SPACE

_AT_THE_END = ("fit-page", "fit-width", "turn-left", "turn-right", "mark-part")
SHOWN_ACTIONS = ("previous-page", "next-page", "zoom-out", "zoom-in", *_AT_THE_END)


class PageBar(QFrame):
    """Tool buttons over the page view.

    Signals:
        page_wanted: The number of a page that was typed.
    """

    page_wanted = Signal(int)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pageBar")
        self.number = QLineEdit()
        self.number.setAccessibleName("Page number")
        self.number.setToolTip("Type a page number to go there")
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.number.setFixedWidth(48)
        self.number.setValidator(QIntValidator(1, 1, self))
        self.number.returnPressed.connect(self._on_number)
        self._count = QLabel()
        self._zoom = QLabel("100 %")
        self._zoom.setAccessibleName("Zoom")
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._zoom.setFixedWidth(self._zoom.fontMetrics().horizontalAdvance("1600 %") + SPACE // 2)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        layout.setSpacing(0)
        layout.addWidget(_tool(actions, "previous-page"))
        layout.addWidget(self.number)
        layout.addWidget(self._count)
        layout.addWidget(_tool(actions, "next-page"))
        layout.addStretch()
        layout.addWidget(_tool(actions, "zoom-out"))
        layout.addWidget(self._zoom)
        layout.addWidget(_tool(actions, "zoom-in"))
        for name in _AT_THE_END:
            layout.addWidget(_tool(actions, name))
        self._total = 0
        self.show_place(0, 0)

    def show_place(self, page: int, total: int) -> None:
        """Shows which page of how many is seen; 0 for none."""
        self._total = total
        self.number.setText(str(page) if page else "")
        self.number.setValidator(QIntValidator(1, max(total, 1), self))
        self.number.setEnabled(total > 1)
        self._count.setText(f"/ {total:,}" if total else "")
        self._count.setAccessibleName(f"of {total} pages")

    def show_zoom(self, zoom: float) -> None:
        """Shows the zoom; 1.0 is a pixel for a pixel."""
        self._zoom.setText(f"{zoom * 100:.0f} %")

    def _on_number(self) -> None:
        if self.number.hasAcceptableInput():
            self.page_wanted.emit(int(self.number.text()))


def _tool(actions: Actions, name: str) -> QToolButton:
    actions.dress(name)
    button = QToolButton()
    button.setDefaultAction(actions[name])
    button.setAutoRaise(True)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(actions[name].text().replace("&", "").rstrip("…"))
    button.setAccessibleDescription(actions[name].whatsThis())
    return button
