"""A menu of models to read with: those that are ready, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from textlift.engines.contract import ReadingMode
from textlift.ui.literal_text import literal
from textlift.ui.model_row import ModelRow

_MANY = 6
"""Models that are not ready; more of them get a menu of their own."""
_LONGEST = 64


class ModelOffer(msgspec.Struct, frozen=True):
    """A model of the menu.

    Attributes:
        name: Of its engine.
        title: The name people know.
        summary: What it is good at.
        reason: Why it cannot be used now; empty when it can.
        modes: The ways to choose from, the usual one first; no choice where there are not two.
    """

    name: str
    title: str
    summary: str = ""
    reason: str = ""
    modes: tuple[ReadingMode, ...] = ()

    def with_modes(self, modes: tuple[ReadingMode, ...]) -> ModelOffer:
        """The same model with these ways to choose from."""
        return msgspec.structs.replace(self, modes=modes)


class ModelMenu(QMenu):
    """Lists models in the order of the list of models.

    Signals:
        chosen: The name of a model, and that of the way it is to read; empty: the usual one.
    """

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)

    def show_offers(self, offers: Iterable[ModelOffer], *, heading: str = "") -> None:
        """Shows what can be used, and below it the others.

        Args:
            offers: In their order.
            heading: Above them, for a menu that hangs on nothing that says it.
        """
        for menu in self.findChildren(QMenu):
            menu.deleteLater()
        self.clear()
        if heading:
            self.addAction(heading).setEnabled(False)
            self.addSeparator()
        offers = list(offers)
        ready = [offer for offer in offers if not offer.reason]
        for offer in ready:
            self._add_ready(offer)
        if not ready:
            self.addAction("No model is ready").setEnabled(False)
        others = [offer for offer in offers if offer.reason]
        if others:
            self.addSeparator()
            self._add_others(others)

    def _add_ready(self, offer: ModelOffer) -> None:
        if len(offer.modes) < 2:
            action = self.addAction(_literally(offer.title))
            action.setToolTip(literal(offer.summary))
            action.triggered.connect(lambda *_: self.chosen.emit(offer.name, ""))
            return
        menu = self.addMenu(_literally(offer.title))
        menu.setToolTipsVisible(True)
        menu.menuAction().setToolTip(literal(offer.summary))
        for mode in offer.modes:
            action = menu.addAction(_literally(mode.title))
            action.triggered.connect(lambda *_, name=mode.name: self.chosen.emit(offer.name, name))

    def _add_others(self, offers: list[ModelOffer]) -> None:
        place: QMenu = self
        if len(offers) > _MANY:
            place = self.addMenu("&Not ready")
            place.setToolTipsVisible(True)
        for offer in offers:
            action = place.addAction(_literally(f"{offer.title}: {_short(offer.reason)}"))
            action.setToolTip(literal(offer.reason))
            action.setEnabled(False)


def offers_of(rows: Iterable[ModelRow]) -> list[ModelOffer]:
    """The models of a list as a menu offers them."""
    return [
        ModelOffer(
            name=row.name,
            title=row.title,
            summary=row.summary,
            reason="" if row.ready else (row.state or row.section.value),
        )
        for row in rows
    ]


def modes_for_parts(modes: Iterable[ReadingMode]) -> tuple[ReadingMode, ...]:
    """The ways to read a part of a page, those made for parts first, in words about a part.

    Those that give places without text are left out: there would be nothing to read.
    """
    fitting = [mode for mode in modes if mode.returns != "layout"]
    fitting.sort(key=lambda mode: not mode.needs_box)
    return tuple(
        msgspec.structs.replace(mode, title=mode.title.replace("The page is", "The part is"))
        for mode in fitting
    )


def _literally(words: str) -> str:
    """Without an ``&`` being taken for a mnemonic."""
    return words.replace("&", "&&")


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST else f"{sentence[: _LONGEST - 1].rstrip()}…"
