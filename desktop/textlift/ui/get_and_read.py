"""From a click on a model that is not here, through its download, to the page being read by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec
from PySide6.QtCore import QObject, Signal

from textlift.content.page import PageState
from textlift.downloads.download import Download, DownloadState, Task
from textlift.models.on_disk import shown_size
from textlift.ui.download_words import fraction, long_words
from textlift.ui.model_row import Getting, GettingPhase, RowAction
from textlift.ui.notices import Notice
from textlift.ui.reader_thread import PageKey

if TYPE_CHECKING:
    from textlift.ui.downloads import DownloadsView
    from textlift.ui.fit_gate import FitGate
    from textlift.ui.main_window import MainWindow

_SUBJECT = "getting"
_FAR_MORE = 1.25
"""What turns out this much larger than announced is not what the user said yes to."""
_LITTLE = 100_000_000
"""Bytes more than announced that nobody minds."""
_NOT_READ = (PageState.UNREAD, PageState.FAILED)

Action = tuple[str, Callable[[], None]]


class _Wish(msgspec.Struct):
    """What is to be read once a model is here.

    Attributes:
        name: Of the model.
        pages: Those the user looked at or had selected.
        announced: Bytes that the user was told it takes; 0: none were.
        before: What was wished for until then; it holds again when the licence is declined.
        asked: The user was told that it is more.
    """

    name: str
    pages: tuple[PageKey, ...]
    announced: int
    before: _Wish | None = None
    asked: bool = False


class GetAndRead(QObject):
    """Gets the model that the user chose last and reads with it; the former one reads until then.

    Signals:
        model_wanted: The name of a model that is here now and is to be the chosen one.
        reading_wanted: Its name, and the pages to read with it.
        alphabet_came: An alphabet is here now: the pages that may be in it.
    """

    model_wanted = Signal(str)
    reading_wanted = Signal(str, object)
    alphabet_came = Signal(object)

    def __init__(self, window: MainWindow, *, downloads: DownloadsView, gate: FitGate) -> None:
        super().__init__(window)
        self.window_ = window
        self._downloads = downloads
        self._gate = gate
        self._wish: _Wish | None = None
        self._resting: set[str] = set()
        window.models.action_wanted.connect(self.do)
        downloads.progressed.connect(self._on_progressed)
        downloads.finished.connect(self._on_finished)
        downloads.declined.connect(self._on_declined)

    def do(self, name: str, action: RowAction) -> None:
        """Does what a button in the row of a model says."""
        does: dict[RowAction, Callable[[str], None]] = {
            RowAction.GET: self.get,
            RowAction.PAUSE: self._downloads.pause,
            RowAction.GO_ON: self._downloads.resume,
            RowAction.TRY_AGAIN: self._downloads.resume,
            RowAction.CANCEL: self._downloads.cancel,
        }
        does[action](name)

    def get(self, name: str) -> None:
        """Gets a model, and reads with it the pages that are looked at or selected now."""
        pages = self._pages_looked_at()
        here = self._downloads.download(name)
        if here is not None and here.unfinished:
            self._begin(name, pages)
        else:
            self._gate.let_through(
                name, lambda: self._begin(name, pages), anyway="Get it all the same"
            )

    def get_alphabet(self, name: str, pages: Sequence[PageKey]) -> None:
        """Gets an alphabet for the small engine, and has pages that may be in it read."""
        self._begin(name, tuple(pages))

    def _begin(self, name: str, pages: tuple[PageKey, ...]) -> None:
        announced = self._downloads.gettables[name].size
        before = self._wish
        if before is not None:
            before.before = None
        self._wish = _Wish(name, pages, announced, before)
        self._downloads.get(name)

    def _pages_looked_at(self) -> tuple[PageKey, ...]:
        here = self.window_.current.key
        pages = self.window_.tree.selected_pages()
        if here is not None and here not in pages:
            pages.insert(0, here)
        return tuple(pages)

    # What becomes of it

    def _on_progressed(self, name: str, download: Download) -> None:
        self._show_rows()
        self._wish_again(name, download)
        wish = self._wish
        if wish is None or wish.name != name or download.task is not Task.GET:
            return
        if not self._is_alphabet(name):
            self._downloads.mark_for_reading(name)
        if download.state in {DownloadState.REMOVING, DownloadState.GONE}:
            self._forget_wish()
        elif _is_far_more(download, wish):
            self._ask_whether_so_much(download, wish)
        elif download.state is not DownloadState.DONE:
            self._show_notice(download)

    def _wish_again(self, name: str, download: Download) -> None:
        """Whoever goes on with a download wants what it was begun for, also after a restart."""
        if download.unfinished and not download.busy:
            self._resting.add(name)
        elif name in self._resting:
            self._resting.remove(name)
            wished = self._wish is not None and self._wish.name == name
            if download.busy and download.for_reading and not wished:
                self._wish = _Wish(name, self._pages_looked_at(), announced=0)

    def _is_alphabet(self, name: str) -> bool:
        gettable = self._downloads.gettables.get(name)
        return gettable is not None and gettable.alphabet is not None

    def _show_rows(self) -> None:
        gettings = {
            one.name: getting_of(one)
            for one in self._downloads.downloads()
            if one.unfinished or (one.task is Task.GET and one.state is DownloadState.REMOVING)
        }
        self.window_.models.show_gettings(gettings)

    def _show_notice(self, download: Download) -> None:
        name = download.name
        go_on = ("Go on", lambda: self._downloads.resume(name))
        cancel = ("Cancel", lambda: self._downloads.cancel(name))
        if download.state is DownloadState.FAILED:
            again = ("Try again", lambda: self._downloads.resume(name))
            text = f"{download.title} could not be downloaded. {download.sentence}"
            self._say("error", text, (again, cancel), details=download.details)
        elif download.state is DownloadState.PAUSED:
            self._say("info", f"{download.title}: {long_words(download)}", (go_on, cancel))
        else:
            pause = ("Pause", lambda: self._downloads.pause(name))
            promise = f"{download.title} reads as soon as it is here."
            if self._is_alphabet(name):
                promise = f"{download.title}: pages are read with it as soon as it is here."
            self._say("info", f"{promise} {long_words(download)}", (pause, cancel))

    def _say(
        self,
        kind: Literal["info", "error"],
        text: str,
        actions: Sequence[Action],
        *,
        details: str = "",
    ) -> None:
        self.window_.board.post_or_reword(
            _SUBJECT, Notice(kind=kind, text=text, details=details), actions
        )

    def _ask_whether_so_much(self, download: Download, wish: _Wish) -> None:
        """Stops before much was fetched: the user was told of less."""
        if download.state is not DownloadState.PAUSED:
            self._downloads.pause(wish.name)
            return

        wish.asked = True
        self.window_.board.post(
            _SUBJECT,
            Notice(
                kind="warning",
                text=f"{download.title} takes {shown_size(download.size)}, and not "
                f"{shown_size(wish.announced)} as the list of models says. Get it all the same?",
            ),
            (
                ("Get it", lambda: self._downloads.resume(wish.name)),
                ("Cancel", lambda: self._downloads.cancel(wish.name)),
            ),
        )

    def _on_declined(self, name: str) -> None:
        wish = self._wish
        if wish is not None and wish.name == name:
            self._forget_wish()
            self._wish = wish.before

    def _forget_wish(self) -> None:
        self._wish = None
        self.window_.board.withdraw(_SUBJECT)

    def _on_finished(self, name: str) -> None:
        wish = self._wish
        if wish is None or wish.name != name:
            return
        self._forget_wish()
        pages = self._pages_to_read(wish)
        if self._is_alphabet(name):
            self.alphabet_came.emit(pages)
            return
        self.model_wanted.emit(name)
        if pages:
            self.reading_wanted.emit(name, pages)

    def _pages_to_read(self, wish: _Wish) -> tuple[PageKey, ...]:
        """Those wished for that are there still, and what is not read of the same documents."""
        workspace = self.window_.workspace
        pages = {
            key: None
            for key in wish.pages or self._pages_looked_at()
            if workspace.get(key.document_id) is not None
        }
        for number in dict.fromkeys(key.document_id for key in pages):
            unread = workspace.document(number).pages_in(*_NOT_READ)
            pages.update({PageKey(number, page): None for page in unread})
        return tuple(pages)


def getting_of(download: Download) -> Getting:
    """A download as the list of models shows it."""
    phase = {
        DownloadState.WAITING: GettingPhase.WAITING,
        DownloadState.PAUSED: GettingPhase.PAUSED,
        DownloadState.FAILED: GettingPhase.FAILED,
        DownloadState.REMOVING: GettingPhase.REMOVING,
    }.get(download.state, GettingPhase.RUNNING)
    share = fraction(download)
    percent = f"{share:.0%} · " if share is not None and phase is GettingPhase.RUNNING else ""
    return Getting(phase, share=share or 0.0, words=f"{percent}{long_words(download)}")


def _is_far_more(download: Download, wish: _Wish) -> bool:
    """Whether it turned out that there is more to get than was announced."""
    if not wish.announced or wish.asked or download.state is DownloadState.FAILED:
        return False
    return download.size > max(wish.announced * _FAR_MORE, wish.announced + _LITTLE)
