"""What can be done about a model or an alphabet, as it stands."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from textlift.downloads.download import Download, DownloadState, Task
from textlift.downloads.messages import DownloadFailure
from textlift.ui.known_models import Shown, Standing
from textlift.ui.theme import SPACE


class _Words(msgspec.Struct, frozen=True):
    text: str
    tip: str


_WORDS = {
    "get": _Words("&Get", "Download it to this computer"),
    "resume": _Words("&Resume", "Go on with the download where it stopped"),
    "retry": _Words("&Try again", "Go on with the download; what was fetched is kept"),
    "pause": _Words("&Pause", "Stop the download; what was fetched stays"),
    "first": _Words("Get &next", "Get it before the others that wait"),
    "cancel": _Words("&Cancel", "Give the download up and remove what was fetched of it"),
    "stop": _Words("&Stop", "Stop verifying"),
    "use": _Words("&Use this model", "Read with it from now on"),
    "verify": _Words("&Verify", "Compare its files with their checksums; needs no network"),
    "folder": _Words("Show &folder", "Open the folder with its files"),
    "remove": _Words("Re&move…", "Remove it from this computer"),
    "page": _Words("&Open its page", "Open its page on the hub in your browser"),
    "settings": _Words("&Settings…", "Open the settings of downloads"),
}
_FOR = {
    Standing.MISSING: ("get",),
    Standing.INCOMPLETE: ("get", "folder", "remove"),
    Standing.HERE: ("use", "verify", "folder", "remove"),
    Standing.GETTING: ("pause", "cancel"),
    Standing.PAUSED: ("resume", "cancel"),
    Standing.FAILED: ("retry", "cancel"),
    Standing.VERIFYING: ("stop",),
    Standing.REMOVING: (),
}
_MORE = {
    DownloadFailure.OFFLINE: ("settings",),
    DownloadFailure.NO_CONNECTION: ("settings",),
    DownloadFailure.NOT_ALLOWED: ("page", "settings"),
    DownloadFailure.NOT_FOUND: ("page", "settings"),
}


class KnownModelButtons(QWidget):
    """A row of buttons; those that make no sense now are hidden.

    Signals:
        pressed: Name of what is to be done, as in ``buttons``.
    """

    pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        self.buttons: dict[str, QPushButton] = {}
        for name, words in _WORDS.items():
            button = QPushButton(words.text)
            button.setToolTip(words.tip)
            button.setAccessibleDescription(words.tip)
            button.setMinimumHeight(30)
            button.hide()
            button.clicked.connect(lambda *_, name=name: self.pressed.emit(name))
            layout.addWidget(button)
            self.buttons[name] = button
        layout.addStretch()

    def width_needed(self) -> int:
        """For the longest row of them that is ever shown."""
        failed = [(*_FOR[Standing.FAILED], *more) for more in _MORE.values()]
        waiting = (*_FOR[Standing.GETTING], "first")
        return max(self._width_of(names) for names in (*_FOR.values(), *failed, waiting))

    def _width_of(self, names: tuple[str, ...]) -> int:
        buttons = [self.buttons[name] for name in names]
        for button in buttons:
            button.ensurePolished()
        return sum(button.sizeHint().width() + SPACE for button in buttons)

    def show_for(self, one: Shown) -> None:
        """Shows what can be done now."""
        names = _names(one)
        had_focus = any(button.hasFocus() for button in self.buttons.values())
        for name, button in self.buttons.items():
            button.setVisible(name in names)
        visible = [button for name, button in self.buttons.items() if name in names]
        if had_focus and visible and not any(button.hasFocus() for button in visible):
            # The button that was pressed went: the keyboard stays where it was.
            visible[0].setFocus()
        for button in visible:
            button.setAccessibleName(f"{_plain(button.text())}: {one.known.title}")


def _names(one: Shown) -> frozenset[str]:
    names = {*_FOR[one.standing]}
    if one.chosen or not one.known.usable:
        names.discard("use")
    if one.known.gettable is None:
        names -= {"get", "verify", "remove"}
    download = one.download
    if download is not None:
        names |= _more(download)
    if not one.known.page:
        names.discard("page")
    return frozenset(names)


def _more(download: Download) -> set[str]:
    if download.state is DownloadState.WAITING and download.task is Task.GET:
        return {"first"}
    if download.state is DownloadState.FAILED and download.failure is not None:
        return {*_MORE.get(download.failure, ())}
    return set()


def _plain(text: str) -> str:
    return text.replace("&", "").rstrip("…")
