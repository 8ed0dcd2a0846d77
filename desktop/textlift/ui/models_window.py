"""The window with the models: what there is, what is here, and what is being got."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QEvent, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from textlift.downloads.download import Download, DownloadState
from textlift.models.on_disk import shown_size
from textlift.ui.disk_look import DiskLook, DiskState
from textlift.ui.download_words import freed_words
from textlift.ui.elided_label import ElidedLabel
from textlift.ui.known_model_delegate import KnownModelDelegate
from textlift.ui.known_model_details import KnownModelDetails
from textlift.ui.known_model_items import FoundKnownModels, KnownModelItems, Shelf, ShownRole
from textlift.ui.known_models import Shown, known_models
from textlift.ui.questions import ask
from textlift.ui.show_folder import show_folder
from textlift.ui.theme import SPACE, colours

if TYPE_CHECKING:
    from textlift.engines.registry import Registry
    from textlift.models.fit import Fit
    from textlift.settings import Settings
    from textlift.ui.downloads import DownloadsView
    from textlift.ui.engine_states import EngineStates

_SIZE = QSize(1040, 680)
_LEAST = QSize(720, 440)
_LIST_WIDTH = 340
_NARROWEST_LIST = 240

_STYLE = """
    QTabBar::tab {
        border: 1px solid transparent; border-radius: 5px; padding: 5px 12px; margin: 0 2px;
    }
    QTabBar::tab:hover { border-color: palette(mid); }
    QTabBar::tab:selected { background: palette(base); border-color: palette(mid); }
    QTabBar::tab:focus { border-color: palette(highlight); }
"""
_INVITATION = (
    "No large model is on this computer yet. Choose one, see what it is good at and whether it "
    "fits here, and press Get. Until then the small models that come with Textlift read."
)
_TABS = {
    Shelf.ALL: "&All",
    Shelf.HERE: "On t&his computer",
    Shelf.DOWNLOADS: "&Downloads",
}
_NOTHING = {
    Shelf.ALL: "There are no models.",
    Shelf.HERE: "None of these models is on this computer yet. Look under All and press Get.",
    Shelf.DOWNLOADS: "Nothing is being downloaded.",
}
_NOTHING_FOUND = "No model has all of these words."
_OFFLINE = "The network is switched off in the settings: nothing can be got."


class ModelsWindow(QWidget):
    """The list at the left, all about the chosen one at the right, the disk at the bottom.

    Downloads go on when it is closed.

    Signals:
        use_wanted: Name of the model to read with.
        settings_wanted: The user wants to see the settings of downloads.
    """

    use_wanted = Signal(str)
    settings_wanted = Signal()

    def __init__(
        self,
        downloads: DownloadsView,
        *,
        registry: Registry,
        states: EngineStates,
        settings: Settings,
        parent: QWidget,
    ) -> None:
        """Makes the window; ``open_at`` shows it.

        Args:
            downloads: Does what the buttons say.
            registry: Whose models are listed.
            states: Knows whether they fit.
            settings: In force now.
            parent: The program's window, beside which it stays.
        """
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Models")
        self.setMinimumSize(_LEAST)
        self.resize(_SIZE)
        self._downloads = downloads
        self._states = states
        self._settings = settings
        self._registry = registry
        self._disk = DiskState()
        self.items = KnownModelItems(self)
        self.found = FoundKnownModels(self.items, self)
        self._look = DiskLook(self)
        self._make()
        least = _NARROWEST_LIST + self.details.minimumWidth() + 1
        self.setMinimumWidth(max(_LEAST.width(), least))
        self._look.known.connect(self._on_disk_known)
        states.fits_known.connect(lambda _: self._show_current())
        downloads.progressed.connect(self._on_progressed)
        downloads.disk_changed.connect(self._ask_disk)
        self.show_models(registry)
        self._show_disk()
        self._look.start()

    # Making

    def _make(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._make_top())
        layout.addWidget(_line())
        layout.addWidget(self._make_middle(), 1)
        layout.addWidget(_line())
        layout.addLayout(self._make_bottom())
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.search.setFocus)

    def _make_top(self) -> QHBoxLayout:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search models, languages and licences")
        self.search.setToolTip("Ctrl+F")
        self.search.setAccessibleName("Search models")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.shelves = QTabBar()
        self.shelves.setAccessibleName("Which models are listed")
        self.shelves.setDrawBase(False)
        self.shelves.setStyleSheet(_STYLE)
        self.shelves.setExpanding(False)
        for shelf in Shelf:
            self.shelves.addTab(_TABS[shelf])
        self.shelves.currentChanged.connect(lambda _: self._on_shelf())
        top = QHBoxLayout()
        top.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        top.setSpacing(2 * SPACE)
        top.addWidget(self.search, 1)
        top.addWidget(self.shelves)
        return top

    def _make_middle(self) -> QSplitter:
        self.view = QListView()
        self.view.setAccessibleName("Models")
        self.view.setModel(self.found)
        self.view.setItemDelegate(KnownModelDelegate(self.view))
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setFrameShape(QListView.Shape.NoFrame)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._show_current())
        self.nothing = QLabel()
        self.nothing.setTextFormat(Qt.TextFormat.PlainText)
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setMargin(3 * SPACE)
        self._list = QStackedWidget()
        self._list.setMinimumWidth(_NARROWEST_LIST)
        self._list.addWidget(self.view)
        self._list.addWidget(self.nothing)
        self.details = KnownModelDetails()
        self.details.buttons.pressed.connect(self._on_pressed)
        self.strip = QLabel()
        self.strip.setTextFormat(Qt.TextFormat.PlainText)
        self.strip.setWordWrap(True)
        self.strip.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, SPACE)
        self.strip.setAutoFillBackground(True)
        self._tint_strip()
        right = QWidget()
        layout = QVBoxLayout(right)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.details, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(1)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._list)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([_LIST_WIDTH, _SIZE.width() - _LIST_WIDTH])
        return splitter

    def _make_bottom(self) -> QHBoxLayout:
        self.disk = ElidedLabel()
        self.disk.setAccessibleName("Disk")
        self.settings_button = QPushButton("S&ettings…")
        self.settings_button.setToolTip("Folder for models, mirror, proxy, token")
        self.settings_button.clicked.connect(lambda *_: self.settings_wanted.emit())
        bottom = QHBoxLayout()
        bottom.setContentsMargins(SPACE + SPACE // 2, SPACE // 2, SPACE, SPACE // 2)
        bottom.setSpacing(SPACE)
        bottom.addWidget(self.disk, 1)
        bottom.addWidget(self.settings_button)
        return bottom

    # From outside

    def open_at(self, name: str = "") -> None:
        """Shows the window, in front of others.

        Args:
            name: Of the model to show; empty: the one shown last.
        """
        if name and not self.found.row_of(name).isValid():
            self.search.clear()
            self.shelves.setCurrentIndex(0)
        if name:
            self._choose(name)
        self._ask_disk()
        self.show()
        self.raise_()
        self.activateWindow()
        if name:
            # With its neighbours in sight: an alphabet is chosen among others.
            self.view.scrollTo(self.view.currentIndex(), QListView.ScrollHint.PositionAtCenter)
        else:
            self.view.setFocus()

    def show_models(self, registry: Registry) -> None:
        """Lists the models of another registry."""
        self._registry = registry
        name = self.current_name
        downloads = {one.name: one for one in self._downloads.downloads()}
        models = known_models(registry, self._downloads.gettables, downloads.values())
        self.items.show_models(models, downloads)
        self.found.invalidate()
        self._choose(name)
        self._ask_disk()

    def use_settings(self, settings: Settings) -> None:
        """Looks where other settings say."""
        self._settings = settings
        self._ask_disk()
        self._refresh()

    def end(self) -> None:
        """Closes the window for good."""
        self.close()
        self._look.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.search.hasFocus() and self.search.text():
            self.search.clear()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint_strip()

    @property
    def current_name(self) -> str:
        """Name of what is shown at the right; empty for nothing."""
        one = self.details.shown
        return one.known.name if one is not None else ""

    # Showing

    def _on_search(self, text: str) -> None:
        name = self.current_name
        self.found.search(text)
        self._choose(name)

    def _on_shelf(self) -> None:
        name = self.current_name
        self.found.show_shelf(list(Shelf)[self.shelves.currentIndex()])
        self._choose(name)

    def _choose(self, name: str) -> None:
        """Marks a row: that of a model where it is listed, else the first."""
        place = self.found.row_of(name)
        if not place.isValid():
            rows = (self.found.index(row, 0) for row in range(self.found.rowCount()))
            place = next((row for row in rows if row.data(ShownRole) is not None), place)
        self.view.setCurrentIndex(place)
        if place.row() <= 1:
            self.view.scrollToTop()  # With the heading.
        self._refresh()

    def _on_progressed(self, name: str, download: Download) -> None:
        current = self.current_name
        if self.items.row_of(name) < 0:
            self.show_models(self._registry)
        if self.items.show_download(name, download):
            # Headings come and go with the rows below them, which Qt does not know.
            self.found.invalidate()
        if current == name and not self.found.row_of(name).isValid():
            self._choose(name)  # It left this shelf.
        self._refresh()

    def _on_disk_known(self, state: DiskState) -> None:
        if state.number != self._look.asked:
            return  # Something has changed since; the next answer is on its way.
        for download in self._downloads.downloads():
            if download.state is DownloadState.DONE and download.name not in state.uses:
                self._downloads.queue.dismiss(download.name)  # Another program removed it.
        self._disk = state
        name = self.current_name
        self.items.show_uses(state.uses)
        self.found.invalidate()
        self._show_disk()
        if name and not self.found.row_of(name).isValid():
            self._choose(name)
        self._refresh()

    def _refresh(self) -> None:
        """Shows what is known now, in the list and beside it."""
        empty = self.found.rowCount() == 0
        if empty:
            shelf = self.found.shelf
            self.nothing.setText(_NOTHING_FOUND if self.found.searched else _NOTHING[shelf])
        self._list.setCurrentWidget(self.nothing if empty else self.view)
        downloads = self.items.count(Shelf.DOWNLOADS)
        for number, shelf in enumerate(Shelf):
            count = f" ({downloads})" if shelf is Shelf.DOWNLOADS and downloads else ""
            self.shelves.setTabText(number, f"{_TABS[shelf]}{count}")
        words = _OFFLINE if self._settings.offline else ""
        if not words and self._disk.folder and self.items.nothing_here:
            words = _INVITATION
        self.strip.setText(words)
        self.strip.setVisible(bool(words))
        self._show_current()

    def _tint_strip(self) -> None:
        tint = QColor(colours().accent)
        tint.setAlphaF(0.12)
        palette = self.strip.palette()
        palette.setColor(palette.ColorRole.Window, tint)
        self.strip.setPalette(palette)

    def _show_current(self) -> None:
        one: Shown | None = self.view.currentIndex().data(ShownRole)
        if one is not None:
            chosen = one.known.name == self._settings.model
            one = msgspec.structs.replace(one, chosen=chosen)
        fits: Mapping[str, Fit] = self._states.fits
        self.details.show_model(one, fits.get(one.known.name) if one is not None else None)

    def _show_disk(self) -> None:
        disk = self._disk
        if not disk.folder:
            self.disk.setText("Looking at the disk…")
            return
        free = f"{shown_size(disk.free)} free" if disk.free is not None else "Free space not known"
        taken = f"models take {shown_size(disk.size)}" if disk.size else "no models yet"
        self.disk.setText(f"{free} · {taken} · {disk.folder}")

    def _ask_disk(self) -> None:
        own = [
            entry.model
            for entry in self._registry
            if entry.model is not None and entry.card.name not in self._downloads.gettables
        ]
        gettables = self._downloads.gettables.values()
        self._look.ask(gettables, own, cache=self._settings.model_cache)

    # Doing

    def _on_pressed(self, what: str) -> None:
        one = self.details.shown
        assert one is not None
        name, downloads = one.known.name, self._downloads
        does: dict[str, Callable[[], object]] = {
            "get": lambda: downloads.get(name),
            "resume": lambda: downloads.resume(name),
            "retry": lambda: downloads.resume(name),
            "pause": lambda: downloads.pause(name),
            "first": lambda: downloads.queue.move_first(name),
            "cancel": lambda: self._cancel(one),
            "stop": lambda: downloads.cancel(name),
            "use": lambda: self.use_wanted.emit(name),
            "verify": lambda: downloads.verify(name),
            "folder": lambda: self._show_folder(one),
            "remove": lambda: self._remove(one),
            "page": lambda: QDesktopServices.openUrl(QUrl(one.known.page)),
            "settings": self.settings_wanted.emit,
        }
        does[what]()

    def _cancel(self, one: Shown) -> None:
        name, download = one.known.name, one.download
        if download is None or not download.have:
            self._downloads.cancel(name)
            return
        ask(
            self,
            title="Downloads",
            text=f"Give up the download of {one.known.title}?",
            more=f"The {shown_size(download.have)} that were fetched are removed.",
            yes="&Give it up",
            no="&Keep it",
            then=lambda: self._downloads.cancel(name),
        )

    def _remove(self, one: Shown) -> None:
        known = one.known
        freed = f"{freed_words(one.use.size)} " if one.use is not None else ""
        read_with = " It is the model that you read with now." if one.chosen else ""
        shared = "Other programs that use it from the same folder lose it too."
        ask(
            self,
            title="Models",
            text=f"Remove {known.title} from this computer?",
            more=f"{freed}{shared if known.model is not None else ''}{read_with}".strip(),
            yes="&Remove",
            then=lambda: self._downloads.remove(known.name),
        )

    def _show_folder(self, one: Shown) -> None:
        if one.use is not None:
            path = Path(one.use.path)
            folder = path if one.known.model is not None else path.parent
            show_folder(folder)


def _line() -> QFrame:
    line = QFrame()
    line.setObjectName("topLine")
    line.setFixedHeight(1)
    return line
