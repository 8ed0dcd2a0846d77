"""What the window does with second opinions: asks, shows, marks on the page, lets choose."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal

from textlift.content.geometry import Box
from textlift.content.page import EditedLine, PageRecord, PageState
from textlift.content.text_lines import page_lines, reading_lines
from textlift.ui.listed_opinion import ListedOpinion, failed_last, last_sentence, mode_tried
from textlift.ui.opinion_asking import OpinionAsking
from textlift.ui.opinion_marks import OpinionMarks
from textlift.ui.opinions import OpinionWish
from textlift.ui.reader_thread import PageKey
from textlift.ui.wide_text import WideText

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from textlift.content.opinion import Opinion
    from textlift.content.opinion_choices import Choices
    from textlift.engines.contract import ReadProgress
    from textlift.sessions.store import SessionStore
    from textlift.ui.fit_gate import FitGate
    from textlift.ui.main_window import MainWindow
    from textlift.ui.opinion_desk import OpinionDesk
    from textlift.ui.opinion_view import OpinionView

_NOT_READ = "This page waits to be read. Read it first, then ask another model."
_STOPPED = "Try again, or choose another model."


class OpinionCommands(QObject):
    """Keeps the tab of second opinions, and the marks on the page, in step with the page shown.

    Signals:
        changed: What can be done with differences may be other than before.
    """

    changed = Signal()

    def __init__(self, window: MainWindow, *, gate: FitGate) -> None:
        super().__init__(window)
        self.window_ = window
        self._workspace = window.workspace
        self._opinions = window.reading.opinions
        self._text = window.text
        self._wide = WideText(window.splitter, window.text)
        self._asking = OpinionAsking(window, gate)
        self._marks = OpinionMarks(window.page_view)
        self._listed: list[ListedOpinion] = []
        self._shown: ListedOpinion | None = None
        self._desk: OpinionDesk | None = None
        self._desks: dict[OpinionWish, OpinionDesk] = {}
        self._picked: dict[PageKey, OpinionWish] = {}
        self._begun: set[OpinionWish] = set()
        self._stopped: set[OpinionWish] = set()
        self._part: Box | None = None
        self._turn = 0
        self._choosing = False
        self._wants_focus = False
        self._text.opinion.made.connect(self._on_made)
        self._text.tabs.currentChanged.connect(self._on_tab)
        self._text.edited.connect(self._on_edited)
        self._text.editor.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._text.editor.customContextMenuRequested.connect(self._show_text_menu)
        window.current.shown.connect(self._on_page_shown)
        window.page_view.line_clicked.connect(self._on_line_clicked)
        window.reading.page_started.connect(self._on_page_changed)
        self._workspace.removed.connect(self._on_document_removed)
        self._opinions.asked.connect(self._on_asked)
        self._opinions.started.connect(self._on_started)
        self._opinions.progressed.connect(self._on_progressed)
        self._opinions.voided.connect(self._on_voided)
        self._opinions.finished.connect(self._on_finished)
        self._opinions.dropped.connect(self._on_dropped)

    @property
    def has_differences(self) -> bool:
        """Whether there are differences to go to."""
        return self._is_open and self._desk is not None and bool(self._desk.text.differences)

    @property
    def _view(self) -> OpinionView:
        return self._text.opinion.view

    @property
    def _is_open(self) -> bool:
        return self._text.tabs.currentWidget() is self._text.opinion

    # What actions ask

    def open(self, *, part: Box | None = None) -> None:
        """Shows the second opinion on the page, or offers to ask for one.

        Args:
            part: Of the page, in its pixels; it is asked about at once. None: all of the page.
        """
        self.window_.actions_["show-text"].setChecked(True)
        self._part = part
        if self._is_open:
            self.refresh()
        else:
            self._text.tabs.setCurrentWidget(self._text.opinion)
        self._wants_focus = True

    def text_menu(self, point: QPoint) -> QMenu:
        """The context menu of the text at a point of it."""
        return self._asking.text_menu(point, lambda part: self.open(part=part))

    def _show_text_menu(self, point: QPoint) -> None:
        self.text_menu(point).popup(self._text.editor.viewport().mapToGlobal(point))

    def step(self, step: int) -> None:
        """Goes to the next (1) or previous (-1) difference."""
        if self.has_differences:
            self._view.step(step)

    def ask(self, engine: str, *, mode: str = "") -> None:
        """Has the page shown, or the part of it that is meant, read by a model.

        Args:
            engine: Name of the model.
            mode: It is to read in; empty: the usual one.
        """
        key, part = self.window_.current.key, self._part
        if part is None and self._shown is not None:
            # Another model about the same part.
            part = self._shown.wish.box
        if key is not None:
            self._asking.ask(key, engine, part=part, mode=mode)

    # Following

    def _on_made(self) -> None:
        view = self._view
        view.ask_wanted.connect(self.ask)
        view.again_wanted.connect(self._ask_again)
        view.declined.connect(self._on_declined)
        view.picked.connect(self._on_picked)
        view.removed.connect(self._remove)
        view.chosen.connect(self._on_chosen)
        view.all_wanted.connect(self._on_all_wanted)
        view.undone.connect(self._on_undone)
        view.difference_shown.connect(self._on_difference_shown)
        view.pair_shown.connect(self._on_pair_shown)
        view.menu.aboutToShow.connect(self._offer_models)

    def _on_tab(self) -> None:
        self._wide.set_wide(self._is_open)
        if self._is_open:
            self._text.flush_edits()
            self.refresh()
        else:
            self._part = None
            self._marks.show()
            self.changed.emit()

    def _on_page_shown(self, _key: PageKey | None) -> None:
        self._part = None
        self.refresh()

    def _on_page_changed(self, key: PageKey) -> None:
        if key == self.window_.current.key:
            self.refresh()

    def _on_edited(self) -> None:
        if self._is_open and not self._choosing:
            self.refresh()

    def _on_document_removed(self, document_id: int) -> None:
        self._desks = {
            one: desk for one, desk in self._desks.items() if one.key.document_id != document_id
        }

    def _on_asked(self, wish: OpinionWish) -> None:
        self._stopped.discard(wish)
        self._begun.discard(wish)
        self._part = None
        self._picked[wish.key] = wish
        if wish.key == self.window_.current.key:
            self.open()

    def _on_started(self, wish: OpinionWish) -> None:
        self._begun.add(wish)
        self._show_stream_of(wish)

    def _on_voided(self, wish: OpinionWish) -> None:
        self._show_stream_of(wish)

    def _on_progressed(self, wish: OpinionWish, progress: ReadProgress) -> None:
        if self._is_open and self._shown is not None and self._shown.wish == wish:
            self._view.waiting.add(progress)

    def _on_finished(self, wish: OpinionWish, opinion: Opinion) -> None:
        self._begun.discard(wish)
        self._stopped.discard(wish)
        self._picked[wish.key] = wish
        title = self._title(wish.engine)
        if wish.key == self.window_.current.key and self._is_open:
            self.refresh()
            if opinion.reading is not None and failed_last(opinion):
                self.window_.status.say(f"{title} failed this time; what it read before stays.")
            return
        did = "could not read" if failed_last(opinion) else "has read"
        self.window_.status.say(f"{title} {did} page {wish.key.page} for a second opinion.")

    def _on_dropped(self, wish: OpinionWish) -> None:
        self._begun.discard(wish)
        self._stopped.add(wish)
        if wish.key == self.window_.current.key:
            self.refresh()

    def _on_picked(self, place: int) -> None:
        if 0 <= place < len(self._listed):
            self._part = None
            self._pick(self._listed[place].wish)

    def _pick(self, wish: OpinionWish) -> None:
        self._picked[wish.key] = wish
        if wish.key == self.window_.current.key:
            self.refresh()

    def _on_declined(self) -> None:
        self._part = None
        self.refresh()

    # Showing

    def refresh(self) -> None:
        """Shows what there is of the page shown now."""
        self._turn += 1
        if not self._is_open:
            return
        key, record = self.window_.current.key, self.window_.current.record
        self._desk, self._shown = None, None
        self._marks.show(part=self._part)
        self._offer_models()
        if key is None or record is None:
            self._show_nothing("Choose a page to compare its text with what another model reads.")
        elif key in self.window_.reading.streams:
            self._show_nothing("This page is being read. Ask another model when that is done.")
        else:
            self._workspace.session.ask(
                lambda store: store.opinions(key.document_id, key.page),
                partial(self._on_opinions, self._turn, key),
            )
        self.changed.emit()

    def _show_nothing(self, sentence: str) -> None:
        self._listed = []
        self._view.show_opinions((), -1)
        self._view.show_nothing(sentence)

    def _on_opinions(self, turn: int, key: PageKey, opinions: tuple[Opinion, ...]) -> None:
        if turn != self._turn:
            return
        stored = {OpinionWish(key=key, engine=one.asked, box=one.box): one for one in opinions}
        waiting = {wish: None for wish in self._opinions.streams if wish.key == key}
        stopped = {wish: None for wish in self._stopped if wish.key == key and wish not in stored}
        everything: dict[OpinionWish, Opinion | None] = {**stored, **stopped, **waiting}
        self._listed = [
            ListedOpinion(wish, self._title(wish.engine), opinion, waits=wish in waiting)
            for wish, opinion in everything.items()
        ]
        wanted = self._picked.get(key)
        shown = next(
            (place for place, one in enumerate(self._listed) if one.wish == wanted),
            len(self._listed) - 1,
        )
        if not self._listed and not self._page_has_its_text:
            self._show_nothing(_NOT_READ)
            return
        if self._part is not None:
            shown = -1
        self._shown = self._listed[shown] if shown >= 0 else None
        self._view.show_opinions(self._listed, shown)
        self._show(turn)

    def _show(self, turn: int) -> None:
        shown, record = self._shown, self.window_.current.record
        if record is None or shown is None:
            self._view.show_invitation(part=self._part is not None)
            self._take_focus()
            return
        opinion = shown.opinion
        if shown.wish in self._opinions.streams:
            self._show_stream_of(shown.wish)
        elif opinion is None:
            self._view.show_failure(
                self._page_lines, self._names(shown), _STOPPED, did="was stopped before it was done"
            )
        elif opinion.reading is None:
            self._view.show_failure(self._page_lines, self._names(shown), last_sentence(opinion))
        elif not self._page_has_its_text:
            self._view.show_alone(
                self._page_lines, self._names(shown), reading_lines(opinion.reading)
            )
        else:
            self._compare(turn, shown.wish, opinion, record)
        self._marks.show(part=shown.part_on(record))

    def _take_focus(self) -> None:
        if self._wants_focus:
            self._wants_focus = False
            self._view.setFocus()

    def _show_stream_of(self, wish: OpinionWish) -> None:
        stream = self._opinions.streams.get(wish)
        if stream is not None and self._is_open and self._shown and self._shown.wish == wish:
            names = self._names(self._shown)
            waits = wish not in self._begun
            self._view.show_reading(self._page_lines, names, stream, waits=waits)

    @property
    def _page_has_its_text(self) -> bool:
        """Whether the page was read, and does not wait to be read again: else nothing is chosen."""
        record = self.window_.current.record
        return record is not None and record.state not in {PageState.UNREAD, PageState.QUEUED}

    @property
    def _page_lines(self) -> Sequence[EditedLine]:
        record = self.window_.current.record
        return page_lines(record) if record is not None else ()

    def _names(self, shown: ListedOpinion) -> tuple[str, str]:
        record = self.window_.current.record
        reading = record.reading if record is not None else None
        first = self._title(reading.read_by) if reading is not None else "No text yet"
        if record is not None and record.edit is not None:
            first = "Your text"
        return first, self._title(shown.wish.engine)

    def _compare(self, turn: int, wish: OpinionWish, opinion: Opinion, record: PageRecord) -> None:
        desk = self._desks.get(wish)
        read_then = desk is not None and desk.opinion.read_at == opinion.read_at
        if desk is not None and read_then and desk.follows(record):
            self._show_desk(desk)
            return

        def lay_out_there(_store: SessionStore) -> OpinionDesk | None:
            # In the session's thread: comparing a page of small print takes a while.
            from textlift.ui.opinion_desk import lay_out

            return lay_out(record, opinion, title_of=self._title)

        def then(desk: OpinionDesk | None) -> None:
            if desk is not None:
                self._desks[wish] = desk
                if turn == self._turn:
                    self._show_desk(desk)

        self._workspace.session.ask(lay_out_there, then)

    def _show_desk(self, desk: OpinionDesk) -> None:
        from textlift.ui.opinion_view import SECOND_IS_EMPTY

        shown, record = self._shown, self.window_.current.record
        if shown is None or record is None:
            return
        title = self._title(shown.wish.engine)
        if not any(pair.second for pair in desk.text.pairs):
            self._view.show_failure(self._page_lines, (desk.first_name, title), SECOND_IS_EMPTY)
            return
        self._desk = desk
        tip = shown.tip
        self._view.show_comparison(
            desk.text, (desk.first_name, title), tips=(desk.first_tip, f"{title}. {tip}")
        )
        self._show_choices()
        places = [difference.boxes for difference in desk.text.differences]
        self._marks.show(places, part=shown.part_on(record))
        self.changed.emit()

    def _show_choices(self) -> None:
        desk = self._desk
        if desk is not None:
            self._view.show_choices(
                desk.choices, can_undo=desk.can_undo, all_of_second=desk.all_of_second
            )

    # Choosing

    def _on_chosen(self, pair: int, second: bool) -> None:
        if self._desk is not None:
            self._choose(self._desk.with_pair(pair, second=second))

    def _on_all_wanted(self, second: bool) -> None:
        from textlift.content.opinion_choices import Choices

        if self._desk is not None:
            self._choose(self._desk.all_of_second if second else Choices())

    def _choose(self, choices: Choices) -> None:
        desk = self._desk
        if desk is None:
            return
        if choices != desk.choices and self._text.can_edit:
            desk.choose(choices)
            self._use(desk)
        self._show_choices()

    def _on_undone(self) -> None:
        desk = self._desk
        if desk is not None and desk.can_undo and self._text.can_edit:
            desk.undo()
            self._use(desk)
        self._show_choices()

    def _use(self, desk: OpinionDesk) -> None:
        """Makes what is chosen the page's text."""
        self._choosing = True
        try:
            self._text.use_lines(desk.lines)
        finally:
            self._choosing = False

    def _remove(self) -> None:
        shown, key = self._shown, self.window_.current.key
        if shown is None or key is None:
            return
        wish = shown.wish
        if wish in self._opinions.streams:
            self._opinions.stop(wish)
            return
        self._stopped.discard(wish)
        self._picked.pop(key, None)
        self._workspace.session.ask(
            lambda store: store.remove_opinion(
                key.document_id, key.page, asked=wish.engine, box=wish.box
            ),
            lambda _: self.refresh(),
        )

    def _ask_again(self) -> None:
        shown = self._shown
        if shown is not None:
            mode = self._opinions.mode_of(shown.wish) or mode_tried(shown.opinion)
            self.ask(shown.wish.engine, mode=mode)

    # On the page

    def _on_difference_shown(self, difference: int | None) -> None:
        self._marks.show_difference(self._desk.text if self._desk is not None else None, difference)

    def _on_pair_shown(self, number: int) -> None:
        if self._desk is not None:
            self._marks.show_pair(self._desk.text, number)

    def _on_line_clicked(self, source: int) -> None:
        if self._is_open and self._desk is not None:
            self._view.go_to_source(source)

    def _offer_models(self) -> None:
        self._view.show_models(self._asking.offers(), usual=self._asking.usual)

    def _title(self, engine: str) -> str:
        return self.window_.reading.engine_title(engine)
