"""A loaded model in the details of the memory: what it takes, how long it stays, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from textlift.ui.memory_words import span_words
from textlift.ui.share_bar import Share, ShareBar
from textlift.ui.theme import SPACE

if TYPE_CHECKING:
    from textlift.models.engine_memory import EngineMemory


class ModelLine(msgspec.Struct, frozen=True):
    """What is known of a loaded model.

    Attributes:
        name: Of its engine.
        title: For people.
        device: It is on; empty while it is loaded.
        home: Key of the memory it is in.
        memory: As it told it; None where it has told nothing.
        idle: Seconds since it read; None while it reads.
        left: Seconds until it is unloaded by itself; None: not as things stand.
        in_use: The run that goes on asks it.
        goes_afterwards: It is unloaded when reading ends.
        leaving: It is being ended.
    """

    name: str
    title: str
    device: str
    home: str
    memory: EngineMemory | None = None
    idle: float | None = None
    left: float | None = None
    in_use: bool = False
    goes_afterwards: bool = False
    leaving: bool = False


class ModelSection(QWidget):
    """One model.

    Signals:
        unload_wanted: Its name: now, or when reading ends.
        keep_wanted: Its name: not when reading ends after all.
    """

    unload_wanted = Signal(str)
    keep_wanted = Signal(str)

    def __init__(self, line: ModelLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self.title = QLabel(line.title)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.state = QLabel()
        self.state.setObjectName("muted")
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._on_clicked)
        self.shares = ShareBar(f"Memory of {line.title}")
        self.shares.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.state)
        row = QHBoxLayout()
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(row)
        layout.addWidget(self.shares)
        self.show_line(line)

    def show_line(self, line: ModelLine) -> None:
        """Shows what is known now."""
        self._line = line
        self.state.setText(_state_words(line))
        label, tip = _button_words(line)
        self.button.setText(label)
        self.button.setToolTip(tip)
        self.button.setAccessibleName(f"{label}: {line.title}")
        self.button.setAccessibleDescription(tip)
        self.button.setEnabled(not line.leaving and bool(line.device))
        memory = line.memory
        self.shares.setVisible(memory is not None)
        if memory is not None:
            self.shares.show_shares(
                (
                    Share("Weights", memory.weights),
                    Share("Cache", memory.cache, strength=0.6),
                    Share("Rest", memory.rest, strength=0.3),
                )
            )

    def _on_clicked(self) -> None:
        if self._line.goes_afterwards:
            self.keep_wanted.emit(self._line.name)
        else:
            self.unload_wanted.emit(self._line.name)


def _state_words(line: ModelLine) -> str:
    if not line.device:
        return "Is being loaded"
    if line.leaving:
        return "Is being unloaded"
    if line.goes_afterwards:
        return "Is unloaded when reading ends"
    if line.idle is None:
        return "Reads a page"
    if line.in_use:
        return "Waits for the next page"
    idle = f"Idle for {span_words(line.idle)}"
    return idle if line.left is None else f"{idle}, unloaded in {span_words(line.left)}"


def _button_words(line: ModelLine) -> tuple[str, str]:
    """Of its button: the label, and what it does."""
    if line.leaving:
        return "Unloading…", "Its process is being ended"
    if not line.device:
        return "Unload now", "It can be unloaded once it is loaded; Stop ends the loading"
    if line.goes_afterwards:
        return "Keep it", "Leave it loaded when reading ends"
    if line.in_use:
        return (
            "Unload after reading",
            "Pages are being read with it; it is unloaded when they are done or stopped",
        )
    return "Unload now", "Give its memory back; the next page loads it again"
