"""Offers the alphabet of pages that no model could read: a click gets it and has them read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, Signal

from textlift.content.page import PageState
from textlift.models.alphabets import Alphabet, alphabets_for, installed_alphabets
from textlift.models.on_disk import shown_size
from textlift.ui.notices import Notice

if TYPE_CHECKING:
    from textlift.settings import Settings
    from textlift.ui.downloads import DownloadsView
    from textlift.ui.get_and_read import GetAndRead
    from textlift.ui.reader_thread import PageKey
    from textlift.ui.workspace import Workspace

Action = tuple[str, Callable[[], None]]


class AlphabetOffer(QObject):
    """Knows which alphabets would help pages in a script that nothing here reads.

    Signals:
        list_wanted: The user wants to choose an alphabet: the name of one to show in the list.
        reading_wanted: An alphabet is here that the user chose there: pages that may be in it.
    """

    list_wanted = Signal(str)
    reading_wanted = Signal(object)

    def __init__(
        self,
        parent: QObject,
        *,
        workspace: Workspace,
        downloads: DownloadsView,
        getting: GetAndRead,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._downloads = downloads
        self._getting = getting
        self._languages: tuple[str, ...] = ()
        self._waiting: tuple[PageKey, ...] = ()
        downloads.finished.connect(self._on_finished)

    def use_settings(self, settings: Settings) -> None:
        """Prefers alphabets of the languages the user chose."""
        self._languages = settings.languages

    def actions(self, notice: Notice) -> tuple[Action, ...]:
        """What the banner can offer beside a notice; nothing where no alphabet would help."""
        if notice.unreadable_scripts is None:
            return ()
        missing = self._missing()
        scripts = notice.unreadable_scripts
        if scripts:
            of_these = alphabets_for(missing, scripts=scripts)
            fitting = alphabets_for(of_these, languages=self._languages, scripts=scripts)
            return tuple(self._get(one, notice) for one in fitting[:1])
        likely = alphabets_for(missing, languages=(*self._languages, _language_of_the_system()))
        offers = [self._get(one, notice) for one in likely[:1]]
        if missing:
            name = (likely or missing)[0].name
            offers.append(("Choose an alphabet…", lambda: self._choose(name, notice.pages)))
        return tuple(offers)

    def _choose(self, name: str, pages: tuple[PageKey, ...]) -> None:
        self._waiting = pages
        self.list_wanted.emit(name)

    def _on_finished(self, name: str) -> None:
        """Has pages read that the user went to choose an alphabet for, and that still need one."""
        if self._downloads.gettables[name].alphabet is None:
            return
        waiting, self._waiting = self._waiting, ()
        pages = [key for key in waiting if self._is_lost(key)]
        if pages:
            self.reading_wanted.emit(pages)

    def _is_lost(self, key: PageKey) -> bool:
        document = self._workspace.get(key.document_id)
        return document is not None and key.page in document.pages_in(PageState.FAILED)

    def _missing(self) -> Sequence[Alphabet]:
        """The alphabets that can be got and are not on this computer."""
        known = [
            one.alphabet for one in self._downloads.gettables.values() if one.alphabet is not None
        ]
        here = installed_alphabets(known, self._workspace.folders.alphabets)
        return [one for one in known if one not in here]

    def _get(self, alphabet: Alphabet, notice: Notice) -> Action:
        size = f" ({shown_size(alphabet.size)})" if alphabet.size else ""
        short = alphabet.title.partition(" (")[0]
        return (
            f"Get the {short} alphabet{size}",
            lambda: self._getting.get_alphabet(alphabet.name, notice.pages),
        )


def _language_of_the_system() -> str:
    """ISO 639-3 code."""
    return QLocale.languageToCode(QLocale.system().language(), QLocale.LanguageCodeType.ISO639Part3)
