"""The tab that shows a second opinion beside the page's text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from textlift.content.opinion_choices import Choices
from textlift.content.page import EditedLine
from textlift.content.side_by_side import SideBySide
from textlift.engines.contract import ReadProgress
from textlift.ui.listed_opinion import ListedOpinion
from textlift.ui.model_menu import ModelMenu, ModelOffer
from textlift.ui.opinion_bar import ColumnHead, DifferenceBar, OpinionBar
from textlift.ui.opinion_pairs import PairsView
from textlift.ui.opinion_waiting import OpinionInvitation, WaitingColumns

SECOND_IS_EMPTY = "It found no text here. Try another model."


class OpinionView(QWidget):
    """Bars, headings, and below them what there is to show.

    Signals:
        ask_wanted: Name of a model to ask.
        again_wanted: The model that failed is to try again.
        declined: No opinion on the part is wanted.
        picked: Place of the opinion to show.
        removed: The opinion shown is to be removed, or stopped while it is being read.
        chosen: Number of a pair, and whether its second text is to stand.
        all_wanted: All of the second text (True), or of the first.
        undone: The last choice is to be taken back.
        difference_shown: Number of the difference gone to; None when there is none any more.
        pair_shown: Number of the pair gone to.

    Attributes:
        text: What is compared; None while nothing is.
        current: Number of the difference gone to.
    """

    ask_wanted = Signal(str)
    again_wanted = Signal()
    declined = Signal()
    picked = Signal(int)
    removed = Signal()
    chosen = Signal(int, bool)
    all_wanted = Signal(bool)
    undone = Signal()
    difference_shown = Signal(object)
    pair_shown = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text: SideBySide | None = None
        self.current: int | None = None
        self._usual: ModelOffer | None = None
        self.menu = ModelMenu(self)
        self.bar = OpinionBar(self.menu)
        self.differences = DifferenceBar()
        self.head = ColumnHead()
        self.pairs = PairsView()
        self.waiting = WaitingColumns(self.menu)
        self.invitation = OpinionInvitation(self.menu)
        self.stack = QStackedWidget()
        for widget in (self.invitation, self.waiting, self.pairs):
            self.stack.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.differences)
        layout.addWidget(self.head)
        layout.addWidget(self.stack, 1)
        self._connect()
        self.bar.hide()
        self.show_nothing()

    def _connect(self) -> None:
        self.menu.chosen.connect(lambda name, _mode: self.ask_wanted.emit(name))
        self.bar.picked.connect(self.picked)
        self.bar.removed.connect(self.removed)
        self.differences.stepped.connect(self.step)
        self.differences.only_differences.connect(self.pairs.set_only_differences)
        self.differences.undone.connect(self.undone)
        self.head.all_wanted.connect(self.all_wanted)
        self.pairs.chosen.connect(self.chosen)
        self.pairs.difference_wanted.connect(self.go_to)
        self.pairs.pair_wanted.connect(self.pair_shown)
        self.waiting.again_wanted.connect(self.again_wanted)
        self.invitation.ask_wanted.connect(self._on_ask)
        self.invitation.declined.connect(self.declined)
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        undo.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        undo.activated.connect(self.undone)

    # What is shown

    def show_models(self, offers: Sequence[ModelOffer], *, usual: str) -> None:
        """Offers these models.

        Args:
            offers: In the order of the list of models.
            usual: Name of the one asked last. It is proposed where it is ready, else the first
                that is.
        """
        ordered = sorted(offers, key=lambda offer: offer.name != usual)
        self.menu.show_offers(ordered)
        self._usual = next((offer for offer in ordered if not offer.reason), None)

    def show_opinions(self, opinions: Sequence[ListedOpinion], shown: int) -> None:
        """Lists the opinions of the page; ``shown`` is the place of the one to be shown next."""
        self.bar.setVisible(bool(opinions))
        self.bar.show_opinions(opinions, shown)
        self.bar.remove.setEnabled(shown >= 0)
        self.bar.offer_stop(0 <= shown < len(opinions) and opinions[shown].waits)

    def show_nothing(self, sentence: str = "There is no page to compare.") -> None:
        """Shows that there is nothing to ask about."""
        self._show(self.invitation)
        self.invitation.show_offer(title="", sentence=sentence, model="", part=False)

    def show_invitation(self, *, part: bool) -> None:
        """Offers to ask about the page, or about a part of it."""
        self._show(self.invitation)
        usual = self._usual
        what = "this part of the page" if part else "this page"
        sentence = (
            f"Another model reads {what}. Both texts are shown side by side, with the words that "
            "differ marked here and on the page. Nothing changes until you choose."
            if usual is not None
            else "No other model is ready on this computer. Get one with F7."
        )
        self.invitation.show_offer(
            title="A second opinion",
            sentence=sentence,
            model=usual.title if usual is not None else "",
            part=part,
        )

    def show_reading(
        self,
        lines: Sequence[EditedLine],
        names: tuple[str, str],
        so_far: ReadProgress,
        *,
        waits: bool = False,
    ) -> None:
        """Shows the page's text and what another model has read up to now."""
        self._show(self.waiting, names)
        self.waiting.show_text(lines)
        self.waiting.begin_stream(so_far, waits=waits)

    def show_alone(
        self, lines: Sequence[EditedLine], names: tuple[str, str], second: Sequence[EditedLine]
    ) -> None:
        """Shows what another model has read of a page that still waits for its own text."""
        self._show(self.waiting, names)
        self.waiting.show_text(lines)
        self.waiting.show_second(second)

    def show_failure(
        self,
        lines: Sequence[EditedLine],
        names: tuple[str, str],
        sentence: str,
        *,
        did: str = "could not read this",
    ) -> None:
        """Shows why the other model has no text.

        Args:
            lines: The page's text.
            names: Of both columns.
            sentence: Why, and what to do.
            did: What became of the other model, as a predicate.
        """
        self._show(self.waiting, names)
        self.waiting.show_text(lines)
        self.waiting.show_failure(f"{names[1]} {did}.", sentence)

    def show_comparison(
        self, text: SideBySide, names: tuple[str, str], *, tips: tuple[str, str] = ("", "")
    ) -> None:
        """Shows two texts side by side; call ``show_choices`` next."""
        self._show(self.pairs, names, tips=tips)
        self.text = text
        self.pairs.show_pairs(text, names)
        self.pairs.set_only_differences(self.differences.only.isChecked())
        self._show_place()

    def show_choices(self, choices: Choices, *, can_undo: bool, all_of_second: Choices) -> None:
        """Shows which texts stand.

        Args:
            choices: In force.
            can_undo: There is one to take back.
            all_of_second: Those that take all of the second text.
        """
        self.pairs.show_choices(choices.taken)
        self.differences.undo.setEnabled(can_undo)
        self.head.offer(first=choices != Choices(), second=choices != all_of_second)

    def _show(
        self,
        widget: QWidget,
        names: tuple[str, str] | None = None,
        *,
        tips: tuple[str, str] = ("", ""),
    ) -> None:
        compares = widget is self.pairs
        self.text = None
        had, self.current = self.current, None
        self.differences.setVisible(compares)
        self.head.setVisible(names is not None)
        if names is not None:
            self.head.show_titles(*names, tips=tips)
        self.head.show_buttons(compares)
        self.head.leave_room(self.pairs.verticalScrollBar().sizeHint().width() if compares else 0)
        self.stack.setCurrentWidget(widget)
        self.setFocusProxy(widget if compares or widget is self.invitation else self.bar.ask)
        if had is not None:
            self.difference_shown.emit(None)

    # Going about

    def step(self, step: int) -> None:
        """Goes to the next (1) or previous (-1) difference, starting over at the end."""
        total = len(self.text.differences) if self.text is not None else 0
        if total:
            start = -1 if step > 0 else 0
            now = self.current if self.current is not None else start
            self.go_to((now + step) % total)
            self.pairs.focus_cell(self.current or 0)

    def go_to(self, difference: int) -> None:
        """Goes to a difference, here and on the page."""
        self.current = difference
        self._show_place()
        self.pairs.show_current(difference)
        self.difference_shown.emit(difference)

    def go_to_source(self, source: int) -> None:
        """Goes to the passage with a printed line of the page's reading."""
        text = self.text
        if text is None:
            return
        start = 0
        for number, pair in enumerate(text.pairs):
            if any(text.first[line].source == source for line in pair.first):
                self.pairs.show_pair(number)
                if pair.differences:
                    self.current = start
                    self._show_place()
                    self.pairs.show_current(start)
                return
            start += len(pair.differences)

    def _show_place(self) -> None:
        text = self.text
        total = len(text.differences) if text is not None else 0
        reordered = text is not None and text.reordered
        self.differences.show_place(self.current, total, reordered=reordered)

    def _on_ask(self) -> None:
        if self._usual is not None:
            self.ask_wanted.emit(self._usual.name)
