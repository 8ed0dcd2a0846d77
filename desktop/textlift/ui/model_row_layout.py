"""Where in the list of models each text, mark, bar and button of a row lies."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics

from textlift.models.fit import Answer
from textlift.ui.model_row import GettingPhase, ModelRow, RowAction
from textlift.ui.theme import SPACE, Colours, colours

_ROOM = 10_000
"""Height to measure in: more than any text is high."""
_GAP = 2
_MARK = 7
"""Width of the disc before the words on memory."""
_BAR = 4
_WRAPPED = int(Qt.TextFlag.TextWordWrap)
_ON_THE_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)


class RowText(NamedTuple):
    """A text with its place."""

    text: str
    rect: QRect
    font: QFont
    colour: str
    flags: int = _WRAPPED


class RowButton(NamedTuple):
    """A button that is drawn, not a widget: there are dozens of rows."""

    action: RowAction
    rect: QRect
    font: QFont


class RowMark(NamedTuple):
    """The disc that says by its colour what the words behind it say."""

    rect: QRect
    colour: str


class RowLayout:
    """The parts of one row, from the top down.

    Attributes:
        texts: To draw.
        buttons: To draw and to click, the first one being the row's own.
        mark: Before the words on memory.
        bar: Of a download; ``share`` of it is full, in ``bar_colour``.
    """

    def __init__(self, room: QRect, font: QFont) -> None:
        self.texts: list[RowText] = []
        self.buttons: list[RowButton] = []
        self.mark: RowMark | None = None
        self.bar: QRect | None = None
        self.share = 0.0
        self.bar_colour = ""
        self._room = room
        self._top = room.top()
        self._title, self._small = QFont(font), QFont(font)
        self._title.setBold(True)
        self._small.setPointSizeF(font.pointSizeF() * 0.92)

    @property
    def height(self) -> int:
        """In pixels, without margins."""
        return self._top - self._room.top()

    @classmethod
    def of_heading(cls, title: str, room: QRect, font: QFont) -> RowLayout:
        """The heading of a section."""
        layout = cls(room, font)
        layout._add(title, layout._title, colours().muted)
        return layout

    @classmethod
    def of_model(cls, row: ModelRow, room: QRect, font: QFont) -> RowLayout:
        """A model: what it is, whether it fits and is there, what can be done about it."""
        layout, now = cls(room, font), colours()
        body = now.muted if not row.ready and not row.actions else now.text
        if row.cost:
            layout._put_on_the_right(row.cost, now.muted)
        layout._add(row.title, layout._title, body)
        layout._add(row.summary, layout._small, body)
        layout._add(row.catch, layout._small, now.warning)
        getting = row.getting
        if getting is None:
            layout._add_foot(row, now)
            return layout
        layout._add_fit(row, now)
        resting = {GettingPhase.PAUSED: now.faint, GettingPhase.FAILED: now.bad}
        layout._add_bar(getting.share, resting.get(getting.phase, now.accent))
        failed = getting.phase is GettingPhase.FAILED
        layout._add_buttons(row.actions, getting.words, now.bad if failed else now.muted)
        return layout

    def _add_foot(self, row: ModelRow, now: Colours) -> None:
        if row.actions:
            self._add_buttons(row.actions, row.fit, now.text, answer=row.answer)
        else:
            self._add_fit(row, now)
            self._add(row.state, self._small, now.muted)

    def _add_fit(self, row: ModelRow, now: Colours) -> None:
        if row.fit:
            self._add_marked(row.fit, row.answer, now.text, self._room.right() + 1)

    def _add(self, text: str, font: QFont, colour: str) -> None:
        if text:
            rect = self._measured(text, font, self._room.left(), self._room.right() + 1)
            self.texts.append(RowText(text, rect, font, colour))
            self._top = rect.bottom() + 1 + _GAP

    def _put_on_the_right(self, text: str, colour: str) -> None:
        height = QFontMetrics(self._small).height()
        rect = QRect(self._room.left(), self._top, self._room.width(), height)
        self.texts.append(RowText(text, rect, self._small, colour, _ON_THE_RIGHT))

    def _add_marked(self, text: str, answer: Answer | None, colour: str, right: int) -> None:
        """Words with a disc before them that shows at a glance what they say."""
        left = self._room.left()
        if answer is not None:
            line = QFontMetrics(self._small).height()
            disc = QRect(left, self._top + (line - _MARK + 1) // 2, _MARK, _MARK)
            self.mark = RowMark(disc, _answer_colour(answer))
            left += _MARK + SPACE - _GAP
        rect = self._measured(text, self._small, left, right)
        self.texts.append(RowText(text, rect, self._small, colour))
        self._top = rect.bottom() + 1 + _GAP

    def _add_bar(self, share: float, colour: str) -> None:
        self._top += SPACE // 2
        self.bar = QRect(self._room.left(), self._top, self._room.width(), _BAR)
        self.share, self.bar_colour = share, colour
        self._top += _BAR + SPACE // 2

    def _add_buttons(
        self,
        actions: tuple[RowAction, ...],
        words: str,
        colour: str,
        *,
        answer: Answer | None = None,
    ) -> None:
        """Buttons at the right end of a line, with words before them."""
        metrics = QFontMetrics(self._small)
        height = metrics.height() + SPACE
        widths = [metrics.horizontalAdvance(one.value) + 2 * SPACE for one in actions]
        left = self._room.right() + 1 - sum(widths) - (len(widths) - 1) * SPACE
        top = start = self._top
        for action, width in zip(actions, widths, strict=True):
            self.buttons.append(RowButton(action, QRect(left, top, width, height), self._small))
            left += width + SPACE
        if words:
            # One line of words stands at the height of the buttons' words.
            self._top += SPACE // 2
            right = self.buttons[0].rect.left() - SPACE if self.buttons else self._room.right() + 1
            self._add_marked(words, answer, colour, right)
        self._top = max(self._top, start + height + _GAP)

    def _measured(self, text: str, font: QFont, left: int, right: int) -> QRect:
        room = QRect(left, self._top, right - left, _ROOM)
        height = QFontMetrics(font).boundingRect(room, _WRAPPED, text).height()
        return QRect(room.topLeft(), QSize(room.width(), height))


def _answer_colour(answer: Answer) -> str:
    now = colours()
    return {
        Answer.FITS: now.good,
        Answer.FITS_WITH: now.warning,
        Answer.DOES_NOT_FIT: now.bad,
    }.get(answer, now.faint)
