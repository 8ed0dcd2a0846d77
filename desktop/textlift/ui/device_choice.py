"""The choice of the device that models run on, with the reason why one cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from textlift.ui.memory_words import size_words
from textlift.ui.theme import SPACE, Tone, set_tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textlift.models.devices import Device

_TYPE = "Type: "
"""What stands in a remedy before the command."""


class DeviceChoice(QWidget):
    """A box with the devices by name, and below it what is to be known of them.

    A device that is there and cannot be used is listed and cannot be chosen; the reason stands
    below, with what to do about it to be copied.

    Attributes:
        box: The choice itself; its data are names as the settings have them.
        note: What “Automatic” means here now.
    """

    def __init__(self, chosen: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QComboBox()
        self.box.setAccessibleName("Device")
        self.box.setToolTip("Where large models run")
        self.box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.box.addItem("Automatic", "auto")
        self.box.addItem("CPU", "cpu")
        self.note = _label("muted")
        self.note.hide()
        self.problems: list[DeviceProblem] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE // 2)
        self._layout.addWidget(self.box)
        self._layout.addWidget(self.note)
        if self.box.findData(chosen) < 0:
            self.box.addItem(chosen, chosen)
        self.box.setCurrentIndex(self.box.findData(chosen))
        self.setFocusProxy(self.box)

    @property
    def chosen(self) -> str:
        """Name of the device, as the settings have it."""
        return cast("str", self.box.currentData())

    def show_devices(self, devices: tuple[Device, ...], automatic: str) -> None:
        """Offers the devices of this machine.

        Args:
            devices: Usable or not.
            automatic: Name of the one that ``auto`` stands for now.
        """
        for device in devices:
            self._show_device(device)
        self._forget_those_gone({"auto", "cpu", self.chosen, *(one.name for one in devices)})
        now = next((one for one in devices if one.name == automatic), None)
        self.note.setVisible(now is not None)
        self.note.setText(f"Automatic now means: {device_words(now)}" if now is not None else "")
        self._show_problems(devices)

    def _show_device(self, device: Device) -> None:
        row = self.box.findData(device.name)
        if row < 0:
            self.box.addItem("", device.name)
            row = self.box.count() - 1
        words = device_words(device)
        self.box.setItemText(row, words if device.usable else f"{words}: cannot be used")
        tip = "" if device.usable else f"{device.problem} {device.remedy}".strip()
        self.box.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
        model = self.box.model()
        assert isinstance(model, QStandardItemModel)
        model.item(row).setEnabled(device.usable)

    def _forget_those_gone(self, there: set[str]) -> None:
        for row in reversed(range(self.box.count())):
            if self.box.itemData(row) not in there:
                self.box.removeItem(row)

    def _show_problems(self, devices: tuple[Device, ...]) -> None:
        for shown in self.problems:
            self._layout.removeWidget(shown)
            shown.hide()
            shown.deleteLater()
        self.problems = [DeviceProblem(words, remedy) for words, remedy in _problems(devices)]
        for problem in self.problems:
            self._layout.addWidget(problem)


class DeviceProblem(QWidget):
    """Why devices cannot be used, and the command that mends it, to be copied.

    Attributes:
        message: The reason, with what to do about it where that is no command.
        command: What is to be typed.
        copy_button: Copies that.
    """

    def __init__(self, words: str, remedy: str) -> None:
        super().__init__()
        before, _, command = remedy.partition(_TYPE)
        self.message = _label("warning")
        self.message.setText(f"{words} {before}{'To be typed:' if command else ''}".strip())
        self.command = QLineEdit(command)
        self.command.setReadOnly(True)
        self.command.setCursorPosition(0)
        self.command.setAccessibleName("What is to be typed")
        self.copy_button = QPushButton("Copy")
        self.copy_button.setAutoDefault(False)
        self.copy_button.setToolTip("Copy what is to be typed")
        self.copy_button.setAccessibleName("Copy what is to be typed")
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(command))
        typing = QHBoxLayout()
        typing.addWidget(self.command, 1)
        typing.addWidget(self.copy_button)
        for widget in (self.command, self.copy_button):
            widget.setVisible(bool(command))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addWidget(self.message)
        column.addLayout(typing)


class _WrappedLabel(QLabel):
    """As high as its words need at its width, which a form does not ask for by itself."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setMinimumHeight(max(self.heightForWidth(self.width()), 0))


def device_words(device: Device) -> str:
    """A device by name, with its memory where that is known."""
    return f"{device.title} ({size_words(device.memory)})" if device.memory else device.title


def _problems(devices: tuple[Device, ...]) -> Iterator[tuple[str, str]]:
    """Each reason once, with the names of all devices it is about, and its remedy."""
    titles: dict[tuple[str, str], list[str]] = {}
    for device in devices:
        if not device.usable:
            titles.setdefault((device.problem, device.remedy), []).append(device.title)
    for (problem, remedy), names in titles.items():
        yield f"{', '.join(names)}: {problem}", remedy


def _label(tone: Tone) -> QLabel:
    label = _WrappedLabel()
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    set_tone(label, tone)
    return label
