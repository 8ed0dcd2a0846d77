"""Which models can give a second opinion on the page shown, and asking one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QPoint, QSettings, Qt

from textlift.content.geometry import Box
from textlift.ui.part_commands import block_of_line
from textlift.ui.reader_thread import PageKey

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from textlift.ui.fit_gate import FitGate
    from textlift.ui.main_window import MainWindow
    from textlift.ui.model_menu import ModelOffer

_CHOOSES = "automatic"
"""Takes one of the others, and is no opinion of its own."""
_USUAL = "opinion-model"
_HAS_READ = "It has read this page."


class OpinionAsking:
    """Offers models; remembers the one that was asked last."""

    def __init__(self, window: MainWindow, gate: FitGate) -> None:
        self._window = window
        self._gate = gate

    def offers(self) -> list[ModelOffer]:
        """The models in the order of their list, and why some cannot be asked."""
        from textlift.ui.model_menu import offers_of

        record, items = self._window.current.record, self._window.models.items
        reader = record.reading.read_by if record is not None and record.reading else ""
        return [
            msgspec.structs.replace(offer, reason=_HAS_READ) if offer.name == reader else offer
            for offer in offers_of(items.model_rows())
            if offer.name != _CHOOSES
        ]

    @property
    def usual(self) -> str:
        """Name of the model that was asked last, in this session or an earlier one."""
        return str(self._looks().value(_USUAL, ""))

    def ask(self, key: PageKey, engine: str, *, part: Box | None, mode: str = "") -> None:
        """Has a page, or a part of it, read by a model if that fits; in its usual mode, or another.

        Args:
            key: The page.
            engine: Name of the model.
            part: Of the page; None: all of it.
            mode: Name of a mode of the model; empty: the usual one.
        """
        self._window.current.flush()

        def ask() -> None:
            self._looks().setValue(_USUAL, engine)
            self._window.reading.ask_opinion(key, engine, mode=mode, box=part)

        self._gate.let_through(engine, ask, anyway="Read anyway")

    def text_menu(self, point: QPoint, then: Callable[[Box | None], None]) -> QMenu:
        """The editor's own menu, with what other models read in the block at a point of it.

        Args:
            point: In pixels of the editor's view.
            then: Told the place of the block when that is wanted.
        """
        editor = self._window.text.editor
        menu = editor.createStandardContextMenu(point)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSeparator()
        part = self._block_at(point)
        of_block = menu.addAction("Second opinion on this &block…")
        of_block.setEnabled(part is not None)
        of_block.triggered.connect(lambda: then(part))
        menu.addAction(self._window.actions_["second-opinion"])
        return menu

    def _block_at(self, point: QPoint) -> Box | None:
        record = self._window.current.record
        source = self._window.text.editor.source_at(point)
        if record is None or record.reading is None or source is None:
            return None
        return block_of_line(record.reading, source)

    def _looks(self) -> QSettings:
        path = self._window.workspace.folders.config / "window.ini"
        return QSettings(str(path), QSettings.Format.IniFormat)
