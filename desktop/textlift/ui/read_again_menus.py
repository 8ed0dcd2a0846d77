"""“Read again with”: menus of models for the selected pages and for the whole document."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from textlift.ui.model_menu import ModelMenu, offers_of

if TYPE_CHECKING:
    from textlift.ui.fit_gate import FitGate
    from textlift.ui.main_window import MainWindow
    from textlift.ui.reading_commands import ReadingCommands


class ReadAgainMenus(QObject):
    """Fills the menus when they are opened, and reads with the model that is chosen there.

    That model is asked first and the usual ones after it; the one in the list stays chosen.
    """

    def __init__(self, window: MainWindow, *, reading: ReadingCommands, gate: FitGate) -> None:
        super().__init__(window)
        self.window_ = window
        self._gate = gate
        ways: tuple[tuple[ModelMenu, Callable[[str], None]], ...] = (
            (window.read_with_menu, lambda name: reading.read_again(model=name)),
            (
                window.read_document_with_menu,
                lambda name: reading.read_document_again(model=name),
            ),
        )
        for menu, read in ways:
            menu.aboutToShow.connect(partial(self._fill, menu))
            menu.chosen.connect(partial(self._read, read))
            for parent in menu.menuAction().associatedObjects():
                if isinstance(parent, QMenu):
                    parent.aboutToShow.connect(self._name)

    def _fill(self, menu: ModelMenu) -> None:
        menu.show_offers(offers_of(self.window_.models.items.model_rows()))

    def _read(self, read: Callable[[str], None], name: str, _mode: str) -> None:
        self._gate.let_through(name, lambda: read(name), anyway="Read anyway")

    def _name(self) -> None:
        """Says how many pages and documents are meant."""
        window = self.window_
        pages, documents = len(window.tree.chosen_pages()), len(window.tree.chosen_documents())
        what = f"{pages:,} pages" if pages > 1 else "page"
        window.actions_["read-page"].setText(f"Read {what} &again")
        window.read_with_menu.setTitle(f"Read {what} again &with")
        what = f"{documents:,} &documents" if documents > 1 else "&document"
        window.actions_["read-document"].setText(f"Read {what} again")
        window.read_document_with_menu.setTitle(f"Read {what.replace('&', '')} again w&ith")
