"""The graphics item that draws over a page what there is to check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from textlift.content.reading import PageWarning
from textlift.ui.warning_looks import WarningLook, warning_look, warning_tip

_PAPER = QColor(Qt.GlobalColor.white)
_TICKED = QColor("#64748b")
_AIR = 3.0
"""Between a place and its frame, in pixels of the screen: keeps the frame off the letters."""
_LEAST = 14.0
"""Of a frame's sides, in pixels of the screen: a smaller one shows no pattern."""
_OVERHANG = 16.0
"""How far a flag may stick out of the page, in pixels of the screen; the desk is wider."""
_REACH = 800.0
"""The same in pixels of the page, at the smallest zoom."""


class _Mark(msgspec.Struct, frozen=True):
    """A warning where it is drawn, in pixels of the view."""

    index: int
    frame: QRectF
    flag: QRectF
    words: str


class WarningOverlay(QGraphicsItem):
    """Frames, each kind in its own pattern, with a numbered flag that stays upright and legible.

    Warnings are known by their index in ``PageReading.warnings``; their numbers are one more.
    Everything is drawn in pixels of the view, so that frames, patterns and flags are as large
    at every zoom, and flags can be read on a page that is turned.
    """

    def __init__(self) -> None:
        super().__init__()
        self._size = QSizeF()
        self._warnings: tuple[PageWarning, ...] = ()
        self._ticked: frozenset[int] = frozenset()
        self._selected: int | None = None
        self._font = QFont()
        self._font.setPixelSize(11)
        self._font.setBold(True)

    def set_page(self, size: QSizeF) -> None:
        """The page's size in its pixels."""
        self.prepareGeometryChange()
        self._size = size

    def set_warnings(self, warnings: Sequence[PageWarning], ticked: Sequence[int] = ()) -> None:
        """Draws other warnings; none is selected. Those without a place are not drawn.

        Args:
            warnings: Of the page's reading.
            ticked: Those that were ticked off, which are drawn faintly.
        """
        before = self._warnings, self._ticked, self._selected
        self._warnings, self._ticked = tuple(warnings), frozenset(ticked)
        self._selected = None
        if before != (self._warnings, self._ticked, None):
            self.update()

    @property
    def selected(self) -> int | None:
        """The warning that stands out, or None."""
        return self._selected

    def select(self, index: int | None) -> None:
        """Makes one warning stand out; an index that is none selects none."""
        valid = index is not None and 0 <= index < len(self._warnings)
        selected = index if valid else None
        if selected != self._selected:
            self._selected = selected
            self.update()

    def place(self, index: int) -> QRectF | None:
        """Where a warning is, in page pixels; None when it has no place."""
        warning = self._warnings[index] if 0 <= index < len(self._warnings) else None
        return _rect(warning) if warning is not None else None

    def at(self, point: QPointF, transform: QTransform) -> int | None:
        """The warning under a point of the view, or None.

        A flag counts more than a frame, and a small frame more than a large one around it.

        Args:
            point: In pixels of the view.
            transform: From the page to the view.
        """
        marks = list(self._marks(transform))
        for mark in reversed(marks):
            if mark.flag.contains(point):
                return mark.index
        hit = [mark for mark in marks if mark.frame.contains(point)]
        return min(hit, key=_area).index if hit else None

    def on_flag(self, point: QPointF, transform: QTransform) -> bool:
        """Whether a point of the view is on a flag, and so on nothing that lies below it."""
        return any(mark.flag.contains(point) for mark in self._marks(transform))

    def tip_at(self, point: QPointF, transform: QTransform) -> str:
        """What there is to say of a point of the view; empty for nothing."""
        marks = list(self._marks(transform))
        hit = [mark for mark in marks if mark.flag.contains(point)] or [
            mark for mark in marks if mark.frame.contains(point)
        ]
        return "\n\n".join(
            warning_tip(
                mark.index + 1, self._warnings[mark.index], ticked=mark.index in self._ticked
            )
            for mark in hit
        )

    def boundingRect(self) -> QRectF:
        page = QRectF(QPointF(0, 0), self._size)
        return page.adjusted(-_REACH, -_REACH, _REACH, _REACH)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002 - Qt's signature
        widget: QWidget | None = None,  # noqa: ARG002 - Qt's signature
    ) -> None:
        if not self._warnings:
            return
        marks = list(self._marks(painter.worldTransform()))
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        # Ticked ones lie lowest and the selected one highest, flags above all frames.
        marks.sort(key=lambda mark: (mark.index == self._selected, mark.index not in self._ticked))
        for mark in marks:
            self._paint_frame(painter, mark)
        for mark in marks:
            self._paint_flag(painter, mark)
        painter.restore()

    def _paint_frame(self, painter: QPainter, mark: _Mark) -> None:
        look = warning_look(self._warnings[mark.index].kind)
        if mark.index in self._ticked and mark.index != self._selected:
            painter.setPen(QPen(_faint(_TICKED, 110), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(mark.frame, 3, 3)
            return
        selected = mark.index == self._selected
        colour = QColor(look.colour)
        width = 3.5 if selected else 2.0
        # A white line below it sets the frame off from dark scans and photographs.
        painter.setPen(QPen(_faint(_PAPER, 200), width + 2.5))
        painter.setBrush(_faint(colour, 60 if selected else 34))
        painter.drawRoundedRect(mark.frame, 3, 3)
        painter.setBrush(_hatch(look, colour))
        # Or a pattern painted while scrolling would not go on where the one before ends.
        painter.setBrushOrigin(mark.frame.topLeft())
        painter.setPen(QPen(colour, width, look.line))
        painter.drawRoundedRect(mark.frame, 3, 3)

    def _paint_flag(self, painter: QPainter, mark: _Mark) -> None:
        selected = mark.index == self._selected
        ticked = mark.index in self._ticked
        colour = _TICKED if ticked else QColor(warning_look(self._warnings[mark.index].kind).colour)
        if ticked and not selected:
            painter.setOpacity(0.75)
        painter.setPen(QPen(_PAPER if selected else colour, 1.2))
        painter.setBrush(colour if selected else _PAPER)
        painter.drawRoundedRect(mark.flag.adjusted(0.6, 0.6, -0.6, -0.6), 4, 4)
        painter.setPen(_PAPER if selected else colour)
        painter.drawText(mark.flag, Qt.AlignmentFlag.AlignCenter, mark.words)
        painter.setOpacity(1.0)

    def _marks(self, transform: QTransform) -> Iterator[_Mark]:
        """Where each warning that has a place is drawn."""
        metrics = QFontMetricsF(self._font)
        height = metrics.height() + 3
        page = transform.mapRect(QRectF(QPointF(0, 0), self._size))
        taken: list[QRectF] = []
        for index, warning in enumerate(self._warnings):
            place = _rect(warning)
            if place is None:
                continue
            frame = _framed(transform.mapRect(place))
            number = f"✓ {index + 1}" if index in self._ticked else str(index + 1)
            full = f"{number} {warning_look(warning.kind).word}"
            short = QSizeF(metrics.horizontalAdvance(number) + 10, height)
            long = QSizeF(metrics.horizontalAdvance(full) + 10, height)
            if index in self._ticked or long.width() + 30 > frame.width():
                long, full = short, number
            flag = _free_place(frame, long, short, page, taken)
            taken.append(flag)
            words = full if flag.width() == long.width() else number
            yield _Mark(index=index, frame=frame, flag=flag, words=words)


def _free_place(
    frame: QRectF, long: QSizeF, short: QSizeF, page: QRectF, taken: list[QRectF]
) -> QRectF:
    """Where a flag goes: in the margin beside its frame, else above, below or inside it.

    Args:
        frame: That it belongs to.
        long: Of the flag with a word on it.
        short: Of the flag with a number only, which finds room in a narrower margin.
        page: That it may leave a little.
        taken: By other flags.
    """
    flags = []
    if frame.left() < page.left() + page.width() / 4:
        flags += [_left_of(frame, long), _left_of(frame, short)]
    if frame.right() > page.right() - page.width() / 4:
        flags += [_right_of(frame, long), _right_of(frame, short)]
    for size in (long, short):
        across = frame.right() - size.width()
        for y in (frame.top() - size.height(), frame.bottom()):
            flags += [QRectF(QPointF(x, y), size) for x in (frame.left(), across)]
    flags += [_left_of(frame, short), _right_of(frame, short)]
    # A frame as large as the page leaves room only inside.
    across = frame.right() - short.width()
    for y in (frame.top(), frame.bottom() - short.height()):
        flags += [QRectF(QPointF(x, y), short) for x in (frame.left(), across)]
    room = page.adjusted(-_OVERHANG, -_OVERHANG, _OVERHANG, _OVERHANG)
    inside = [flag for flag in flags if room.contains(flag)] or flags
    free = (flag for flag in inside if not any(flag.intersects(other) for other in taken))
    return next(free, inside[0])


def _left_of(frame: QRectF, size: QSizeF) -> QRectF:
    return QRectF(QPointF(frame.left() - size.width() - 2, frame.top()), size)


def _right_of(frame: QRectF, size: QSizeF) -> QRectF:
    return QRectF(QPointF(frame.right() + 2, frame.top()), size)


def _framed(place: QRectF) -> QRectF:
    """The frame around a place, never so small that it could not be seen or hit."""
    wider = max((_LEAST - place.width()) / 2, _AIR)
    higher = max((_LEAST - place.height()) / 2, _AIR)
    return place.adjusted(-wider, -higher, wider, higher)


def _rect(warning: PageWarning) -> QRectF | None:
    box = warning.box
    return QRectF(box.x0, box.y0, box.width, box.height) if box is not None else None


def _area(mark: _Mark) -> float:
    return mark.frame.width() * mark.frame.height()


def _hatch(look: WarningLook, colour: QColor) -> QBrush:
    return QBrush(_faint(colour, 75), look.hatch)


def _faint(colour: QColor, alpha: int) -> QColor:
    result = QColor(colour)
    result.setAlpha(alpha)
    return result
