"""Asks what to export, as what, and where to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from textlift.exports import EXPORTERS
from textlift.exports.file_names import file_names
from textlift.settings import user_folders
from textlift.shipped import shipped_folder
from textlift.ui.exporting import ExportOrder, ExportPart, ExportScope
from textlift.ui.incoming import pasted_folder
from textlift.ui.theme import SPACE, set_tone

_TITLES = {
    ExportScope.PAGE: "This &page",
    ExportScope.DOCUMENT: "This &document",
    ExportScope.EVERYTHING: "&All documents",
}


class ExportDialog(QDialog):
    """Scope, format, and a file or a folder."""

    def __init__(
        self,
        *,
        scopes: Mapping[ExportScope, tuple[ExportPart, ...]],
        exporter: str = "",
        folder: str = "",
        note: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """Proposes an export.

        Args:
            scopes: What can be exported.
            exporter: Name of the format to propose.
            folder: Where to propose it; empty: beside the document.
            note: Propose the note on what is left to check.
            parent: Whose dialog it is.
        """
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setMinimumWidth(520)
        self._scopes = scopes
        self._folder = folder
        self._own_target = False
        form = QFormLayout()
        form.setHorizontalSpacing(2 * SPACE)
        form.setVerticalSpacing(SPACE + SPACE // 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("What:", self._make_scope())
        form.addRow("&Format:", self._make_format())
        form.addRow("Files:", self._make_files())
        form.addRow("To:", self._make_target())
        self.note = QCheckBox("End with a &note on what is left to check")
        self.note.setToolTip("TXT and Markdown; JSON says it of every page in any case")
        self.note.setChecked(note)
        form.addRow("", self.note)
        form.addRow("", _note("A page that failed or was not read leaves a mark in the file."))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = buttons.addButton("&Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.export_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addLayout(form)
        layout.addWidget(buttons)
        first = ExportScope.DOCUMENT if scopes[ExportScope.DOCUMENT] else ExportScope.EVERYTHING
        self.choose_scope(first)
        self.format.setCurrentIndex(max(self.format.findData(exporter), 0))
        self.one_file.setChecked(True)
        self._connect()
        self._propose()

    def _make_scope(self) -> QVBoxLayout:
        self.scope = QButtonGroup(self)
        column = QVBoxLayout()
        column.setSpacing(SPACE // 2)
        for number, scope in enumerate(ExportScope):
            button = QRadioButton(_TITLES[scope])
            button.setEnabled(bool(self._scopes[scope]))
            self.scope.addButton(button, number)
            column.addWidget(button)
        if len(self._scopes[ExportScope.EVERYTHING]) < 2:
            button.hide()
        return column

    def _make_format(self) -> QComboBox:
        self.format = QComboBox()
        for name, one in EXPORTERS.items():
            self.format.addItem(f"{one.title} (*{one.extension})", name)
        self.format.setAccessibleName("Format")
        return self.format

    def _make_files(self) -> QVBoxLayout:
        self.one_file = QRadioButton("&One file")
        self.file_each = QRadioButton("One file for &each document")
        how_many = QButtonGroup(self)
        column = QVBoxLayout()
        column.setSpacing(SPACE // 2)
        for button in (self.one_file, self.file_each):
            how_many.addButton(button)
            column.addWidget(button)
        return column

    def _make_target(self) -> QHBoxLayout:
        self.target = QLineEdit()
        self.target.setAccessibleName("File or folder to write")
        browse = QPushButton("&Choose…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.addWidget(self.target, 1)
        row.addWidget(browse)
        return row

    def _connect(self) -> None:
        self.scope.idToggled.connect(self._propose)
        self.format.currentIndexChanged.connect(self._propose)
        self.one_file.toggled.connect(self._propose)
        self.target.textEdited.connect(self._on_target_edited)
        self.target.textChanged.connect(
            lambda text: self.export_button.setEnabled(bool(text.strip()))
        )

    @property
    def chosen_scope(self) -> ExportScope:
        """What is to be exported."""
        return list(ExportScope)[self.scope.checkedId()]

    def choose_scope(self, scope: ExportScope) -> None:
        """Chooses what is to be exported."""
        self.scope.button(list(ExportScope).index(scope)).setChecked(True)

    def order(self) -> ExportOrder:
        """What was decided."""
        return ExportOrder(
            exporter=self.format.currentData(),
            parts=self._scopes[self.chosen_scope],
            target=Path(self.target.text().strip()).expanduser(),
            one_file=self._is_one_file(),
            note=self.note.isChecked(),
        )

    def _is_one_file(self) -> bool:
        return self.one_file.isChecked() or len(self._scopes[self.chosen_scope]) <= 1

    def _propose(self, *_: object) -> None:
        """Proposes a target for the choices made; one that was typed keeps its folder."""
        self.note.setEnabled(self.format.currentData() != "json")
        parts = self._scopes[self.chosen_scope]
        several = len(parts) > 1
        self.one_file.setEnabled(several)
        self.file_each.setEnabled(several)
        if not parts:
            return
        folder = self._proposed_folder(parts[0])
        if not self._is_one_file():
            self.target.setText(str(folder))
            return
        title = parts[0].title if not several else "Textlift"
        if parts[0].page and parts[0].page_count > 1:
            title = f"{Path(title).stem}, page {parts[0].page}"
        extension = EXPORTERS[self.format.currentData()].extension
        self.target.setText(str(folder / file_names([title], extension=extension)[0]))

    def _proposed_folder(self, part: ExportPart) -> Path:
        if self._own_target and self.target.text().strip():
            given = Path(self.target.text().strip())
            return given.parent if given.suffix else given
        return Path(self._folder).expanduser() if self._folder else _folder_beside(part)

    def _on_target_edited(self) -> None:
        self._own_target = True

    def _choose(self) -> None:
        if self._is_one_file():
            exporter = EXPORTERS[self.format.currentData()]
            path, _ = QFileDialog.getSaveFileName(
                self,
                "Export",
                self.target.text(),
                f"{exporter.title} (*{exporter.extension})",
                options=QFileDialog.Option.DontConfirmOverwrite,
            )
        else:
            path = QFileDialog.getExistingDirectory(self, "Export", self.target.text())
        if path:
            self._own_target = True
            self.target.setText(path)


def _folder_beside(part: ExportPart) -> Path:
    """The document's own folder, if that is the user's and can be written."""
    folder = Path(part.path).parent
    ours = folder in {shipped_folder(), pasted_folder(user_folders())}
    if not ours and os.access(folder, os.W_OK):
        return folder
    documents = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(documents))


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    set_tone(label, "muted")
    return label
