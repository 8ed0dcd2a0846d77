"""How full the memories are, ours and others', in the status bar; asked for in a thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QThread, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from textlift.ui.theme import SPACE, colours

if TYPE_CHECKING:
    from textlift.models.memory import MemorySample

_INTERVAL = 0.5
"""Seconds between two samples."""


class MemorySampler(QThread):
    """Measures twice a second.

    Signals:
        sampled: A ``MemorySample``.
    """

    sampled = Signal(object)

    def __init__(self, pids: Callable[[], Iterable[int]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("memory")
        self._pids = pids
        self._closing = threading.Event()

    def run(self) -> None:
        """The thread."""
        from textlift.models.memory import sample_memory

        while not self._closing.is_set():
            self.sampled.emit(sample_memory(tuple(self._pids())))
            self._closing.wait(_INTERVAL)

    def close(self) -> None:
        """Ends the thread."""
        self._closing.set()
        self.wait()


class MemoryDisplay(QWidget):
    """One meter for the system's memory and one for each GPU."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2 * SPACE)
        self._ram = MemoryMeter("RAM")
        self._gpus: dict[int, MemoryMeter] = {}
        self._layout.addWidget(self._ram)
        self.setAccessibleName("Memory")

    def show_sample(self, sample: MemorySample) -> None:
        """Shows what was measured."""
        self._ram.show_use(
            ours=sample.ram_ours,
            used=sample.ram_used,
            total=sample.ram_total,
            device="this computer",
        )
        for gpu in sample.gpus:
            meter = self._gpus.get(gpu.index)
            if meter is None:
                meter = MemoryMeter(f"GPU {gpu.index}")
                self._gpus[gpu.index] = meter
                self._layout.addWidget(meter)
            meter.show_use(ours=gpu.ours, used=gpu.used, total=gpu.total, device=gpu.name)

    @property
    def meters(self) -> tuple[MemoryMeter, ...]:
        return (self._ram, *self._gpus.values())


class MemoryMeter(QWidget):
    """A name, a bar with our part and the others', and the total."""

    _BAR = 96

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._ours = self._used = self._total = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{name}: not measured yet")

    def show_use(self, *, ours: int, used: int, total: int, device: str) -> None:
        """Shows bytes: Textlift's, everyone's, and all there are on ``device``."""
        if (ours, used, total) == (self._ours, self._used, self._total):
            return
        relayout = total != self._total
        self._ours, self._used, self._total = ours, max(used, ours), total
        sentence = (
            f"{self._name} of {device}: Textlift {size_words(ours)}, "
            f"others {size_words(self._used - ours)}, of {size_words(total)}"
        )
        self.setToolTip(sentence)
        self.setAccessibleName(sentence)
        if relayout:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        words = metrics.horizontalAdvance(self._name) + metrics.horizontalAdvance(self._widest())
        return QSize(words + self._BAR + 2 * SPACE, max(metrics.height() + 4, 22))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _widest(self) -> str:
        return f"888.8 GB / {size_words(self._total)}"

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        now = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        middle = Qt.AlignmentFlag.AlignVCenter
        name_width = metrics.horizontalAdvance(self._name)
        painter.setPen(QColor(now.muted))
        painter.drawText(QRectF(0, 0, name_width, self.height()), middle, self._name)
        left = name_width + SPACE
        bar = QRectF(left, self.height() / 2 - 4, self._BAR, 8)
        outline = QPainterPath()
        outline.addRoundedRect(bar, 4, 4)
        painter.fillPath(outline, QColor(now.line))
        if self._total:
            painter.setClipPath(outline)
            ours = bar.width() * self._ours / self._total
            others = bar.width() * (self._used - self._ours) / self._total
            painter.fillRect(QRectF(bar.left(), bar.top(), ours, 8), QColor(now.accent))
            painter.fillRect(QRectF(bar.left() + ours, bar.top(), others, 8), QColor(now.faint))
            painter.setClipping(False)
            words = f"{size_words(self._ours)} / {size_words(self._total)}"
            painter.drawText(
                QRectF(bar.right() + SPACE, 0, self.width(), self.height()), middle, words
            )
        painter.end()


def size_words(size: int) -> str:
    """Bytes as people say them."""
    if size < 1_000_000_000:
        return f"{size / 1e6:.0f} MB"
    return f"{size / 1e9:.1f} GB" if size < 100_000_000_000 else f"{size / 1e9:.0f} GB"
