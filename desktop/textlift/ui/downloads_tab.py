"""The settings of downloads: where models are put, how the network is reached, the hub's token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from textlift.models.hub_cache import default_cache
from textlift.ui.settings_form import fill_form
from textlift.ui.theme import SPACE, Tone, set_tone

if TYPE_CHECKING:
    from textlift.downloads.messages import TokenState
    from textlift.settings import Settings
    from textlift.ui.downloads import DownloadsView

_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s]*", re.IGNORECASE)
_PLACES = {
    "environment": "There is a token in the environment; it is used before any other.",
    "keyring": "There is a token in the system's keyring.",
    "hub login": "The token of the hub's own tool is used, from its login on this computer.",
    "": "There is no token. Most models need none.",
}


class DownloadsTab(QWidget):
    """Fields that change nothing before the dialog is accepted, but for the token.

    The token goes to the system's keyring as soon as it is saved, and is never shown.
    """

    def __init__(
        self, settings: Settings, downloads: DownloadsView, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._downloads = downloads
        self._asked = False
        self.folder = _field("Folder for models", settings.model_cache, str(default_cache()))
        self.folder.setToolTip(
            "Such as on another drive; what is in the present folder stays there"
        )
        self.endpoint = _field("Mirror of the hub", settings.hub_endpoint, "https://huggingface.co")
        self.alphabets = _field(
            "Mirror of the alphabets", settings.alphabet_mirror, "https://www.modelscope.cn"
        )
        self.proxy = _field("Proxy", settings.proxy, "As the environment says: http://host:port")
        self.offline = QCheckBox("&Never use the network")
        self.offline.setToolTip("Nothing can be got then; what is on this computer goes on reading")
        self.offline.setChecked(settings.offline)
        self.problem = _note("bad")
        for field in (self.endpoint, self.alphabets, self.proxy):
            field.textChanged.connect(lambda _: self._check_addresses())
        fill_form(
            self,
            ("Fold&er for models:", self._folder_row()),
            ("Mirror of the &hub:", self.endpoint),
            ("Mirror of &alphabets:", self.alphabets),
            ("&Proxy:", self.proxy),
            ("", self.problem),
            ("Network:", self.offline),
            ("&Token of the hub:", self._token_column()),
        )
        downloads.token_known.connect(self._show_token)
        downloads.token_failed.connect(self._show_token_problem)
        self._check_addresses()

    def put_into(self, settings: Settings) -> Settings:
        """The settings with what is set here."""
        return msgspec.structs.replace(
            settings,
            model_cache=self.folder.text().strip(),
            hub_endpoint=self.endpoint.text().strip(),
            alphabet_mirror=self.alphabets.text().strip(),
            proxy=self.proxy.text().strip(),
            offline=self.offline.isChecked(),
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._asked:
            self._asked = True
            self._downloads.ask_token()

    def _folder_row(self) -> QHBoxLayout:
        browse = QPushButton("Choo&se…")
        browse.setAccessibleName("Choose the folder for models")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._choose_folder)
        row = QHBoxLayout()
        row.setSpacing(SPACE // 2)
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        return row

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "Folder for models", self.folder.text())
        if path:
            self.folder.setText(path)

    def _check_addresses(self) -> None:
        wrong = [
            field.accessibleName()
            for field in (self.endpoint, self.alphabets, self.proxy)
            if (text := field.text().strip()) and not _ADDRESS.fullmatch(text)
        ]
        self.problem.setText(
            f"{wrong[0]}: this is no address. Write it as https://host." if wrong else ""
        )
        self.problem.setVisible(bool(wrong))

    # The token

    def _token_column(self) -> QVBoxLayout:
        self.token_state = _note("muted")
        self.token_state.setText("Looking for one…")
        self.token = _field("Token of the hub", "", "hf_…")
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.save = QPushButton("Save to the &keyring")
        self.token.textChanged.connect(lambda text: self.save.setEnabled(bool(text.strip())))
        self.save.setToolTip("Keeps the token in the system's keyring, and nowhere else")
        self.save.clicked.connect(self._save_token)
        self.remove = QPushButton("Remo&ve")
        self.remove.setToolTip("Takes the token out of the system's keyring")
        self.remove.clicked.connect(lambda: self._downloads.store_token(""))
        for button in (self.save, self.remove):
            button.setAutoDefault(False)
            button.setEnabled(False)
        row = QHBoxLayout()
        row.addWidget(self.token, 1)
        row.addWidget(self.save)
        row.addWidget(self.remove)
        column = QVBoxLayout()
        column.setSpacing(SPACE // 2)
        column.addLayout(row)
        column.addWidget(self.token_state)
        return column

    def _save_token(self) -> None:
        token = self.token.text().strip()
        self.token.clear()
        self._downloads.store_token(token)

    def _show_token(self, state: TokenState) -> None:
        words = _PLACES.get(state.place, "There is a token.")
        self._say_token(f"{words} {state.keyring_problem}".strip(), "muted")
        self.token.setEnabled(not state.keyring_problem)
        self.remove.setEnabled(state.place == "keyring")

    def _show_token_problem(self, sentence: str) -> None:
        self._say_token(sentence, "bad")

    def _say_token(self, words: str, tone: Tone) -> None:
        self.token_state.setText(words)
        set_tone(self.token_state, tone)


def _field(name: str, text: str, placeholder: str) -> QLineEdit:
    field = QLineEdit(text)
    field.setAccessibleName(name)
    field.setPlaceholderText(placeholder)
    return field


def _note(tone: Tone) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    set_tone(label, tone)
    return label
