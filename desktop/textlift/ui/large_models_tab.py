"""The settings of large models: where they run, how much they may use, and the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from textlift.models.model_folder import ModelFolderError
from textlift.ui.device_choice import DeviceChoice
from textlift.ui.model_folders import check_model_folder
from textlift.ui.savings_list import SavingsList
from textlift.ui.settings_form import fill_form, list_items
from textlift.ui.theme import SPACE, set_tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from textlift.models.devices import Device
    from textlift.settings import Settings

_FORMATS = (
    ("auto", "Automatic", "What the device is good at"),
    ("bfloat16", "bfloat16", "What most models are made in; two bytes a number"),
    ("float16", "float16", "For older GPUs; two bytes a number"),
    ("float32", "float32", "The most exact; twice the memory"),
)
_MOST_MINUTES = 55.0
"""Less than the hour after which a model counts as hung and what it wrote is lost."""
_MOST_IDLE = 1440.0
"""A day: who wants a model to stay longer wants it to stay."""


class LargeModelsTab(QWidget):
    """Fields for vision-language models; a field that is not touched changes nothing."""

    def __init__(
        self,
        settings: Settings,
        *,
        title_of: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        """Shows the settings.

        Args:
            settings: In force.
            title_of: Gives the title of a model by its name.
            parent: Qt's.
        """
        super().__init__(parent)
        self._before = settings
        self.device = DeviceChoice(settings.device)
        self.dtype = QComboBox()
        for name, title, tip in _FORMATS:
            self.dtype.addItem(title, name)
            self.dtype.setItemData(self.dtype.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.pixels = _decimal_field(
            50.0, " megapixels", "A page is made smaller before a model sees it", step=0.5
        )
        self.tokens = QSpinBox()
        self.tokens.setRange(0, 131_072)
        self.tokens.setSingleStep(1024)
        self.tokens.setSuffix(" tokens")
        self.tokens.setSpecialValueText("The model's own limit")
        self.tokens.setToolTip("The most a model may write for a page")
        self.minutes = _decimal_field(
            _MOST_MINUTES,
            " minutes",
            "A page that takes longer is given to the next model",
            step=1.0,
        )
        self.idle = _decimal_field(
            _MOST_IDLE,
            " idle minutes",
            "A model that reads nothing gives its memory back; the next page loads it again",
            step=1.0,
            zero="Never",
        )
        self.savings = SavingsList(settings.savings, title_of=title_of)
        made_to_fit = (("Made to fit:", self.savings),) if settings.savings else ()
        fill_form(
            self,
            ("D&evice:", self.device),
            ("Number &format:", self.dtype),
            ("&Pixels of a page:", self.pixels),
            ("&Longest answer:", self.tokens),
            ("&Time for a page:", self.minutes),
            ("&Unload after:", self.idle),
            *made_to_fit,
            ("Your own models:", self._folder_list()),
        )
        self._show_settings(settings)

    def show_devices(self, devices: tuple[Device, ...], automatic: str) -> None:
        """Offers the devices of this machine; ``automatic`` names the one ``auto`` stands for."""
        self.device.show_devices(devices, automatic)

    def put_into(self, settings: Settings) -> Settings:
        """The settings with what is set here."""
        before = self._before
        pixels, seconds, idle = before.max_pixels, before.page_seconds, before.idle_minutes
        if self.pixels.value() != self._shown_pixels:
            pixels = round(self.pixels.value() * 1e6)
        if self.minutes.value() != self._shown_minutes:
            seconds = self.minutes.value() * 60
        if self.idle.value() != self._shown_idle:
            idle = self.idle.value()
        return msgspec.structs.replace(
            settings,
            device=self.device.chosen,
            dtype=cast("str", self.dtype.currentData()),
            max_pixels=pixels,
            token_limit=self.tokens.value(),
            page_seconds=seconds,
            idle_minutes=idle,
            savings=self.savings.savings,
            model_folders=tuple(item.text() for item in list_items(self.folders)),
        )

    def _folder_list(self) -> QVBoxLayout:
        self.folders = QListWidget()
        self.folders.setAccessibleName("Folders with models of your own")
        self.folders.setMinimumHeight(72)
        self.problem = QLabel()
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        set_tone(self.problem, "bad")
        self.problem.hide()
        self.add_button = QPushButton("&Add a folder…")
        self.remove_button = QPushButton("Remo&ve")
        self.remove_button.setToolTip("Take the folder from the list; its files stay")
        self.remove_button.setEnabled(False)
        for button in (self.add_button, self.remove_button):
            button.setAutoDefault(False)
        self.add_button.clicked.connect(self._choose_folder)
        self.remove_button.clicked.connect(self._remove_folder)
        self.folders.currentRowChanged.connect(lambda row: self.remove_button.setEnabled(row >= 0))
        buttons = QHBoxLayout()
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch()
        column = QVBoxLayout()
        column.setSpacing(SPACE // 2)
        column.addWidget(self.folders)
        column.addWidget(self.problem)
        column.addLayout(buttons)
        return column

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "Add a model folder")
        if path:
            self.add_folder(Path(path).absolute())

    def add_folder(self, folder: Path) -> None:
        """Lists a folder with a model, or says what is wrong with it."""
        self.problem.hide()
        if str(folder) in {item.text() for item in list_items(self.folders)}:
            return
        try:
            check_model_folder(folder)
        except ModelFolderError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        self.folders.addItem(str(folder))
        self.folders.setCurrentRow(self.folders.count() - 1)

    def _remove_folder(self) -> None:
        self.problem.hide()
        self.folders.takeItem(self.folders.currentRow())

    def _show_settings(self, settings: Settings) -> None:
        self.dtype.setCurrentIndex(max(self.dtype.findData(settings.dtype), 0))
        self.pixels.setValue(settings.max_pixels / 1e6)
        self.tokens.setValue(settings.token_limit)
        self.minutes.setValue(settings.page_seconds / 60)
        self.idle.setValue(settings.idle_minutes)
        # Rounded as they are shown: what was set by hand in the file stays as exact as it was.
        self._shown_pixels, self._shown_minutes = self.pixels.value(), self.minutes.value()
        self._shown_idle = self.idle.value()
        self.folders.addItems(settings.model_folders)


class _DecimalField(QDoubleSpinBox):
    """Shows whole numbers without decimals."""

    def textFromValue(self, value: float) -> str:
        text = super().textFromValue(value)
        whole, _, decimals = text.partition(self.locale().decimalPoint())
        return text if decimals.strip(self.locale().zeroDigit()) else whole


def _decimal_field(
    most: float, suffix: str, tip: str, *, step: float, zero: str = "Automatic"
) -> QDoubleSpinBox:
    field = _DecimalField()
    field.setRange(0.0, most)
    field.setDecimals(1)
    field.setSingleStep(step)
    field.setSuffix(suffix)
    field.setToolTip(tip)
    field.setSpecialValueText(zero)
    return field
