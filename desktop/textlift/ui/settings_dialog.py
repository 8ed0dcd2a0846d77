"""The settings: what reads, in which languages, where exports go, what of the machine is used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from textlift.content.languages import LANGUAGES
from textlift.settings import Settings, without_models
from textlift.ui.downloads_tab import DownloadsTab
from textlift.ui.engine_states import EngineStates
from textlift.ui.large_models_tab import LargeModelsTab
from textlift.ui.model_order import ModelOrder
from textlift.ui.settings_form import fill_form, is_ticked, list_items
from textlift.ui.theme import SPACE, set_tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textlift.engines.contract import Availability
    from textlift.engines.registry import Registry
    from textlift.ui.downloads import DownloadsView

_NameRole = Qt.ItemDataRole.UserRole


class SettingsDialog(QDialog):
    """Five tabs over one ``Settings``; nothing is changed before it is accepted."""

    def __init__(
        self,
        settings: Settings,
        *,
        registry: Registry,
        states: EngineStates,
        downloads: DownloadsView,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setMinimumSize(520, 560)
        self._before = settings
        self._registry = registry
        self.models = ModelOrder(settings, registry, self)
        self.large_models = LargeModelsTab(settings, title_of=registry.title)
        self.downloads = DownloadsTab(settings, downloads)
        self.tabs = tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.setAccessibleName("Settings")
        tabs.addTab(self._reading_tab(), "&Reading")
        tabs.addTab(self.large_models, "Lar&ge models")
        tabs.addTab(self.downloads, "&Downloads")
        tabs.addTab(self._output_tab(), "&Output")
        tabs.addTab(self._machine_tab(), "&Machine")
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.addWidget(tabs)
        layout.addWidget(buttons)
        self._show_settings(settings)
        self._show_states(states.states)
        if states.devices:
            self.large_models.show_devices(states.devices, states.automatic)
        states.known.connect(self._show_states)
        states.devices_known.connect(self.large_models.show_devices)
        states.ask_devices()
        self.resize(self.minimumSize().expandedTo(self.minimumSizeHint()))

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            # Given a least size, a dialog does not grow with what is said in it by itself.
            self.resize(self.size().expandedTo(self.minimumSizeHint()))
        return done

    def go_to_idle_minutes(self) -> None:
        """Puts the keyboard on the field that says when an idle model is unloaded."""
        self.tabs.setCurrentWidget(self.large_models)
        self.large_models.idle.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.large_models.idle.selectAll()

    def go_to_downloads(self) -> None:
        """Shows how and where models are got."""
        self.tabs.setCurrentWidget(self.downloads)

    def settings(self) -> Settings:
        """What is set in the dialog."""
        chosen = msgspec.structs.replace(
            self.downloads.put_into(self.large_models.put_into(self._before)),
            model=self.models.chosen,
            fallback=self.models.fallback,
            never=self.models.never,
            languages=self._chosen_languages(),
            use_text_layer=self.text_layer.isChecked(),
            check_pages=self.check_pages.isChecked(),
            output_folder=self.folder.text().strip() if self.in_folder.isChecked() else "",
            note_checks=self.note.isChecked(),
            threads=self.threads.value(),
            tesseract_path=self.tesseract.text().strip(),
        )
        return without_models(chosen, self.models_removed())

    def models_removed(self) -> frozenset[str]:
        """Names of the models whose folders were taken from the list."""
        left = {item.text() for item in list_items(self.large_models.folders)}
        removed = set(self._before.model_folders) - left
        return frozenset(
            entry.card.name
            for entry in self._registry
            if entry.model is not None and entry.model.folder in removed
        )

    # Reading

    def _reading_tab(self) -> QWidget:
        self.find_language = QRadioButton("&Find out from the page")
        self.these_languages = QRadioButton("Onl&y these:")
        self.these_languages.toggled.connect(self._on_languages_toggled)
        self.language_filter = QLineEdit()
        self.language_filter.setPlaceholderText("Search languages")
        self.language_filter.setClearButtonEnabled(True)
        self.language_filter.setAccessibleName("Search languages")
        self.language_filter.textChanged.connect(self._filter_languages)
        self.languages = QListWidget()
        self.languages.setAccessibleName("Languages")
        self.languages.setMinimumHeight(112)
        for code, language in sorted(LANGUAGES.items(), key=lambda pair: pair[1].name):
            item = QListWidgetItem(language.name)
            item.setData(_NameRole, code)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.languages.addItem(item)
        languages = QVBoxLayout()
        languages.setSpacing(SPACE // 2)
        for widget in (
            self.find_language,
            self.these_languages,
            self.language_filter,
            self.languages,
        ):
            languages.addWidget(widget)
        self.text_layer = QCheckBox("&Use the text already in a PDF where it is good")
        self.text_layer.setToolTip("Takes the text that a PDF page carries instead of reading it")
        self.check_pages = QCheckBox("&Check each page for what was missed or invented")
        self.check_pages.setToolTip(
            "Compares what a model read with an independent look at the page; takes about a "
            "second a page on the processor"
        )
        return _form(
            ("M&odel:", self.models.first),
            ("When it fails:", self.models.field),
            ("", self.models.show_all),
            ("Languages:", languages),
            ("", self.text_layer),
            ("", self.check_pages),
        )

    def _on_languages_toggled(self, chosen: bool) -> None:
        self.languages.setEnabled(chosen)
        self.language_filter.setEnabled(chosen)

    def _filter_languages(self, text: str) -> None:
        for item in list_items(self.languages):
            item.setHidden(text.casefold() not in item.text().casefold())

    def _chosen_languages(self) -> tuple[str, ...]:
        if not self.these_languages.isChecked():
            return ()
        ticked = {item.data(_NameRole) for item in list_items(self.languages) if is_ticked(item)}
        # Those chosen before keep their order: the first one is the one most expected.
        kept = [code for code in self._before.languages if code in ticked or code not in LANGUAGES]
        return (*kept, *sorted(ticked.difference(kept)))

    # Output

    def _output_tab(self) -> QWidget:
        self.beside = QRadioButton("&Beside the document")
        self.in_folder = QRadioButton("In this &folder:")
        self.folder = QLineEdit()
        self.folder.setAccessibleName("Folder for exports")
        browse = QPushButton("Choose…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._choose_folder)
        self.in_folder.toggled.connect(self.folder.setEnabled)
        self.folder.setEnabled(False)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        choice = QVBoxLayout()
        choice.setSpacing(SPACE)
        choice.addWidget(self.beside)
        choice.addWidget(self.in_folder)
        choice.addLayout(row)
        self.note = QCheckBox("&End TXT and Markdown with a note on what is left to check")
        self.note.setToolTip("JSON says it of every page in any case; copied text never has it")
        return _form(("Exports go:", choice), ("", self.note))

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "Folder for exports", self.folder.text())
        if path:
            self.in_folder.setChecked(True)
            self.folder.setText(path)

    # Machine

    def _machine_tab(self) -> QWidget:
        self.threads = QSpinBox()
        self.threads.setRange(0, max(os.cpu_count() or 1, 1) * 2)
        self.threads.setSpecialValueText("Automatic")
        self.threads.setToolTip("For models that run on the CPU")
        self.tesseract = QLineEdit()
        self.tesseract.setPlaceholderText("Found by itself when it is installed")
        browse = QPushButton("Choose…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._choose_tesseract)
        row = QHBoxLayout()
        row.addWidget(self.tesseract, 1)
        row.addWidget(browse)
        self.tesseract_state = QLabel()
        self.tesseract_state.setTextFormat(Qt.TextFormat.PlainText)
        self.tesseract_state.setWordWrap(True)
        self.tesseract_state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_tone(self.tesseract_state, "muted")
        self.tesseract.setAccessibleName("Path of the Tesseract program")
        return _form(
            ("&Threads:", self.threads),
            ("Tesseract:", row),
            ("", self.tesseract_state),
        )

    def _choose_tesseract(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "The Tesseract program")
        if path:
            self.tesseract.setText(path)

    # Filling in

    def _show_settings(self, settings: Settings) -> None:
        (self.these_languages if settings.languages else self.find_language).setChecked(True)
        self._on_languages_toggled(bool(settings.languages))
        for item in list_items(self.languages):
            if item.data(_NameRole) in settings.languages:
                item.setCheckState(Qt.CheckState.Checked)
        self.text_layer.setChecked(settings.use_text_layer)
        self.check_pages.setChecked(settings.check_pages)
        (self.in_folder if settings.output_folder else self.beside).setChecked(True)
        self.folder.setText(settings.output_folder)
        self.note.setChecked(settings.note_checks)
        self.threads.setValue(settings.threads)
        self.tesseract.setText(settings.tesseract_path)

    def _show_states(self, states: Mapping[str, Availability]) -> None:
        self.models.show_states(states)
        state = states.get("tesseract")
        if state is not None:
            self.tesseract_state.setText(f"{state.sentence} {state.remedy}".strip())


def _form(*rows: tuple[str, QWidget | QLayout]) -> QWidget:
    tab = QWidget()
    fill_form(tab, *rows)
    return tab
