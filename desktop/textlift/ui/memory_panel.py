"""The details of the memory, over the window's lower right corner while the user wants them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from textlift.ui.device_section import DeviceSection
from textlift.ui.memory_history import MemoryHistory
from textlift.ui.memory_words import span_words
from textlift.ui.model_section import ModelLine
from textlift.ui.theme import SPACE, colours, icon
from textlift.ui.unload_report import UnloadReport

_WIDTH = 440


class MemoryPanel(QFrame):
    """A frame inside the window, so that it can stay open while pages are read.

    Signals:
        unload_wanted: Name of a model to unload now, or when reading ends.
        keep_wanted: Name of a model not to unload when reading ends after all.
        idle_setting_wanted: The user wants to say when idle models are unloaded.
        closed: It is gone.
    """

    unload_wanted = Signal(str)
    keep_wanted = Signal(str)
    idle_setting_wanted = Signal()
    closed = Signal()

    def __init__(self, window: QWidget, *, above: QWidget) -> None:
        """Makes it, hidden.

        Args:
            window: It lies in.
            above: The widget at the lower edge that it keeps clear of.
        """
        super().__init__(window)
        self._window = window
        self._above = above
        self.setObjectName("memoryPanel")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Memory details")
        self.setAccessibleDescription("Escape closes them.")
        self.sections: dict[str, DeviceSection] = {}
        self._lay_out()
        self.dress()
        self.hide()
        window.installEventFilter(self)
        # The button that was pressed goes with its model.
        self.unload_wanted.connect(lambda _: self.setFocus())

    def _lay_out(self) -> None:
        head, foot = self._head(), self._foot()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE, 0, SPACE)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(head)
        layout.addWidget(self._middle(), 1)
        layout.addLayout(foot)
        # Not the layout's own hint: what a scroll area would like to be is not what it holds.
        self._around = head.sizeHint().height() + foot.sizeHint().height() + 3 * SPACE

    def _head(self) -> QHBoxLayout:
        title = QLabel("Memory")
        title.setObjectName("heading")
        self.close_button = QToolButton()
        self.close_button.setAutoRaise(True)
        self.close_button.setToolTip("Close (Escape)")
        self.close_button.setAccessibleName("Close the memory details")
        self.close_button.clicked.connect(self.close_)
        head = QHBoxLayout()
        head.setContentsMargins(2 * SPACE, 0, SPACE, 0)
        head.addWidget(title, 1)
        head.addWidget(self.close_button)
        return head

    def _middle(self) -> QScrollArea:
        self._content = QWidget()
        self._devices = QVBoxLayout(self._content)
        self._devices.setContentsMargins(2 * SPACE, SPACE // 2, 2 * SPACE, SPACE)
        self._devices.setSpacing(2 * SPACE)
        self._devices.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._content)
        return self._scroll

    def _foot(self) -> QHBoxLayout:
        self.idle = QLabel()
        self.idle.setObjectName("muted")
        self.idle_button = QPushButton("Change…")
        self.idle_button.setAutoDefault(False)
        self.idle_button.setToolTip("Say after how many idle minutes a model is unloaded")
        self.idle_button.setAccessibleName("Change when idle models are unloaded")
        self.idle_button.clicked.connect(self.idle_setting_wanted)
        foot = QHBoxLayout()
        foot.setContentsMargins(2 * SPACE, SPACE // 2, 2 * SPACE, 0)
        foot.addWidget(self.idle, 1)
        foot.addWidget(self.idle_button)
        return foot

    def dress(self) -> None:
        """Puts on the colours in force."""
        of = colours()
        self.close_button.setIcon(icon("close"))
        self.setStyleSheet(f"""
            QFrame#memoryPanel {{
                background: {of.window}; border: 1px solid {of.line}; border-radius: 6px;
            }}
            QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; }}
            QLabel#heading {{ font-weight: 600; }}
            QLabel#muted {{ color: {of.muted}; }}
            QLabel#bad {{ color: {of.bad}; }}
        """)

    def open_(self) -> None:
        """Opens it and puts the keyboard there."""
        self.show()
        self._place()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_(self) -> None:
        """Closes it."""
        self.hide()
        self.closed.emit()

    def show_idle_minutes(self, minutes: float) -> None:
        """Says when idle models are unloaded."""
        if minutes:
            self.idle.setText(f"Idle models are unloaded after {span_words(minutes * 60)}.")
        else:
            self.idle.setText("Idle models stay loaded.")

    def show_history(
        self,
        history: MemoryHistory,
        *,
        models: dict[int, ModelLine],
        reports: dict[str, UnloadReport],
    ) -> None:
        """Shows what is known now.

        Args:
            history: Of all devices.
            models: Loaded, by process id.
            reports: Of the unloading that was the last on a device, by its key.
        """
        at: dict[str, dict[int, ModelLine]] = {use.key: {} for use in history.latest}
        for pid, line in models.items():
            if line.home in at:
                at[line.home][pid] = line
        for place, use in enumerate(history.latest):
            section = self.sections.get(use.key)
            if section is None:
                section = self.sections[use.key] = DeviceSection(use)
                section.unload_wanted.connect(self.unload_wanted)
                section.keep_wanted.connect(self.keep_wanted)
                self._devices.insertWidget(place, section)
                # At once: the layout would not count it before the next turn of the loop.
                section.show()
            section.show_use(use, history, models=at[use.key], report=reports.get(use.key))
        for key in set(self.sections).difference(at):
            section = self.sections.pop(key)
            section.hide()
            section.deleteLater()
        self._place()

    def sizeHint(self) -> QSize:
        inner = self._devices.totalHeightForWidth(_WIDTH - 2 * self.frameWidth())
        return QSize(_WIDTH, max(inner, 0) + self._around + 2 * self.frameWidth())

    def _place(self) -> None:
        if not self.isVisible():
            return
        window = self._window
        bottom = self._above.mapTo(window, self._above.rect().topLeft()).y() - SPACE // 2
        size = self.sizeHint()
        width = min(size.width(), window.width() - 2 * SPACE)
        height = min(size.height(), bottom - 2 * SPACE)
        self.setGeometry(window.width() - width - SPACE, bottom - height, width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_()
        else:
            super().keyPressEvent(event)
