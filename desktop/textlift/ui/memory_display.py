"""How full the memories are, in the status bar; pressed, it shows more."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from textlift.ui.literal_text import literal
from textlift.ui.memory_history import MemoryHistory
from textlift.ui.memory_meter import Detail, MemoryMeter
from textlift.ui.memory_use import DeviceUse
from textlift.ui.memory_words import use_sentence
from textlift.ui.theme import SPACE, colours

_MOST_METERS = 4
"""More than these would leave no room for the progress of reading in a narrow window."""
_GAP = 2 * SPACE


class MemoryDisplay(QAbstractButton):
    """A meter for each GPU that models can run on, or for the system's memory.

    The RAM has a meter where models run in it: without a usable GPU, or when the user chose the
    CPU. Otherwise it would take the room of what decides whether a model fits; it is in the
    details then.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._meters: dict[str, MemoryMeter] = {}
        self._shown: list[MemoryMeter] = []
        self._more = 0
        self._on_cpu = False
        self._details_tip = ""
        self._room = 0
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Memory")

    def say_how_to_open(self, tip: str) -> None:
        """What the tooltip says below the numbers."""
        self._details_tip = tip

    def prefer_cpu(self, *, preferred: bool) -> None:
        """Whether the user has models run on the CPU though there may be a GPU."""
        self._on_cpu = preferred

    def show_history(self, history: MemoryHistory) -> None:
        """Shows what was measured last, on what came before."""
        uses = self._chosen(history.latest)
        for use in uses:
            if use.key not in self._meters:
                self._meters[use.key] = MemoryMeter(self)
            self._meters[use.key].show_use(use, history.of(use.key), now=history.at)
        shown = [self._meters[use.key] for use in uses]
        if shown != self._shown:
            self._shown = shown
            for meter in self._meters.values():
                meter.setVisible(meter in shown)
            self.updateGeometry()
            self._arrange()
        sentences = [use_sentence(use) for use in history.latest]
        self.setToolTip(literal("\n".join([*sentences, self._details_tip]).strip()))
        # The name stays: a screen reader would say a changing one twice a second.
        self.setAccessibleDescription("; ".join(sentences))

    def take_room(self, window_width: int) -> None:
        """Says at most as much as has room in half of the window's width."""
        if window_width // 2 != self._room:
            self._room = window_width // 2
            self.updateGeometry()

    @property
    def meters(self) -> tuple[MemoryMeter, ...]:
        """Those that are shown, from left to right."""
        return tuple(self._shown)

    def _chosen(self, uses: tuple[DeviceUse, ...]) -> list[DeviceUse]:
        gpus = [use for use in uses if not use.is_ram]
        usable = any(use.devices and not use.lost for use in gpus)
        ram = [use for use in uses if use.is_ram and (self._on_cpu or not usable)]
        room = _MOST_METERS - len(ram)
        by_interest = sorted(gpus, key=lambda use: (use.ours == 0, not use.devices))
        kept = {use.key for use in by_interest[:room]}
        self._more = max(len(gpus) - room, 0)
        return [use for use in gpus if use.key in kept] + ram

    # Room

    def _width(self, detail: Detail) -> int:
        if not self._shown:
            return 0
        meters = sum(meter.width_for(detail) for meter in self._shown)
        return meters + _GAP * (len(self._shown) - 1) + self._more_width() + 2 * SPACE

    def _more_width(self) -> int:
        return self.fontMetrics().horizontalAdvance(self._more_words()) + SPACE if self._more else 0

    def _more_words(self) -> str:
        return f"+{self._more}" if self._more else ""

    def _wanted(self) -> Detail:
        return max((one for one in Detail if self._width(one) <= self._room), default=Detail.BAR)

    def sizeHint(self) -> QSize:
        height = max((meter.sizeHint().height() for meter in self._shown), default=22)
        return QSize(self._width(self._wanted()), height + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width(Detail.BAR), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Says as much as there is room for."""
        fitting = [one for one in Detail if self._width(one) <= self.width()]
        detail = max(fitting, default=Detail.BAR)
        left = self.width() - self._width(detail) + SPACE
        for meter in self._shown:
            meter.detail = detail
            width = meter.width_for(detail)
            meter.setGeometry(left, 2, width, self.height() - 4)
            left += width + _GAP

    # Being pressed

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        of = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        around = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.isChecked() or self.isDown() or self.underMouse():
            painter.setPen(QColor(of.line))
            painter.setBrush(QColor(of.line if self.isDown() else of.raised))
            painter.drawRoundedRect(around, 4, 4)
        if self.hasFocus():
            painter.setPen(QColor(of.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(around, 4, 4)
        if self._more:
            painter.setPen(QColor(of.muted))
            right = QRectF(self.rect()).adjusted(0, 0, -SPACE, 0)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(right, flags, self._more_words())
        painter.end()
