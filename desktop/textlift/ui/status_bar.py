"""The window's last line: how far reading is, what went wrong, downloads, and the memories."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStatusBar, QWidget

from textlift.ui.download_indicator import DownloadIndicator
from textlift.ui.elided_label import ElidedLabel
from textlift.ui.memory_display import MemoryDisplay
from textlift.ui.problem_indicator import ProblemIndicator
from textlift.ui.theme import SPACE

_SHORTLY_MS = 5000
_STEPS = 100
"""Of the bar for each page."""


class StatusBar(QStatusBar):
    """Progress at the left; problems, downloads and memory at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(120, 8)
        self.bar.setAccessibleName("Reading progress")
        self.bar.hide()
        self.words = ElidedLabel()
        self.words.setAccessibleName("Reading progress in words")
        self.problems = ProblemIndicator()
        self.downloads = DownloadIndicator()
        self.memory = MemoryDisplay()
        left = QWidget()
        layout = QHBoxLayout(left)
        layout.setContentsMargins(2 * SPACE, SPACE // 2, SPACE, SPACE // 2)
        layout.setSpacing(SPACE)
        layout.addWidget(self.bar)
        layout.addWidget(self.words, 1)
        self.addWidget(left, 1)
        right = QWidget()
        layout = QHBoxLayout(right)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        layout.setSpacing(SPACE)
        layout.addWidget(self.problems)
        layout.addWidget(self.downloads)
        layout.addWidget(self.memory)
        self.addPermanentWidget(right)
        self._standing = ""
        self._shortly = QTimer(self)
        self._shortly.setSingleShot(True)
        self._shortly.setInterval(_SHORTLY_MS)
        self._shortly.timeout.connect(lambda: self.words.setText(self._standing))

    def show_progress(self, finished: float, total: int, words: str) -> None:
        """Shows a count of pages; a total of 0 takes it away and leaves the words."""
        self.bar.setVisible(total > 0)
        if total:
            self.bar.setRange(0, total * _STEPS)
            self.bar.setValue(round(finished * _STEPS))
        self._standing = words
        if not self._shortly.isActive():
            self.words.setText(words)

    def say(self, sentence: str) -> None:
        """Shows a sentence for a few seconds."""
        self.words.setText(sentence)
        self._shortly.start()
