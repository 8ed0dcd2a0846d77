"""The graphics item that draws the found lines over a page."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from textlift.content.block import Line
from textlift.content.geometry import Box, quad_box
from textlift.ui.line_index import LineIndex, line_box
from textlift.ui.line_shapes import LineShapes, Outline

LOW_SCORE = 0.7
"""Lines that the engine itself is less sure of are tinted."""
_FEW = 60
"""Outlines that are drawn anew one by one; of more all of the page is."""
AMBER = QColor(217, 119, 6)
_LOW = QColor(220, 60, 40)


class LineOverlay(QGraphicsItem):
    """One item for all lines: thousands of items of their own would make scrolling slow.

    Attributes:
        index: Finds lines by place.
        lines: What is drawn, in the order of the page's reading.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.lines: tuple[Line, ...] = ()
        self.index = LineIndex(())
        self._size = QSizeF()
        self._outlines: list[Outline | None] = []
        self._selected: int | None = None
        self._hovered: int | None = None
        self._writing: int | None = None
        self._flash: QRectF | None = None
        self._accent = QColor(Qt.GlobalColor.blue)

    def set_page(self, size: QSizeF) -> None:
        """The page's size in its pixels."""
        self.prepareGeometryChange()
        self._size = size

    def set_accent(self, color: QColor) -> None:
        """The colour of outlines; darkened where it would vanish on white paper."""
        self._accent = QColor.fromHsv(
            max(color.hsvHue(), 0), max(color.hsvSaturation(), 140), min(color.value(), 210)
        )
        self.update()

    def set_lines(self, lines: tuple[Line, ...], *, writing: int | None = None) -> None:
        """Draws other lines; the selection and the hovered line are forgotten.

        Args:
            lines: In the order they are known by.
            writing: The place whose text is being written now.
        """
        lines_before, outlines_before = self.lines, self._outlines
        for index in (self._selected, self._hovered, self._writing):
            self._update_line(index)
        self._update_rect(self._flash)
        self.lines = lines
        self._writing = writing
        places_read = _places_read_since(lines)
        shown = lines
        if places_read:
            shown = tuple(
                Line("") if number in places_read else line for number, line in enumerate(lines)
            )
        self.index = LineIndex(shown)
        self._outlines = [line.quad or line.box for line in shown]
        self._selected = self._hovered = self._flash = None
        self._update_line(writing)
        self._update_changed(lines_before, outlines_before)

    @property
    def selected(self) -> int | None:
        """The line that stands out, or None."""
        return self._selected

    def select(self, index: int | None) -> None:
        """Makes one line stand out; an index that is no line selects none."""
        valid = index is not None and 0 <= index < len(self.lines)
        self._update_line(self._selected)
        self._selected = index if valid else None
        self._update_line(self._selected)

    def hover(self, index: int | None) -> None:
        """Marks the line under the pointer."""
        if index != self._hovered:
            self._update_line(self._hovered)
            self._hovered = index
            self._update_line(index)

    def flash(self, box: Box | None) -> None:
        """Marks a place that is no line, until told otherwise."""
        self._update_rect(self._flash)
        self._flash = _rect(box) if box is not None else None
        self._update_rect(self._flash)

    def line_at(self, point: QPointF) -> int | None:
        """The line under a point of the page, or None."""
        return self.index.at(point.x(), point.y())

    def line_rect(self, index: int) -> QRectF | None:
        """Where a line is, in page pixels; None when that is not known."""
        box = self.index.boxes[index] if 0 <= index < len(self.lines) else None
        return _rect(box) if box is not None else None

    def tip_at(self, point: QPointF) -> str:
        """What there is to say about a point of the page; empty for nothing."""
        index = self.line_at(point)
        line = self.lines[index] if index is not None else None
        if line is not None and line.score is not None and line.score < LOW_SCORE:
            return f"The engine is only {line.score:.0%} sure of “{line.text}”."
        return ""

    def boundingRect(self) -> QRectF:
        # A quad may stick out of a page it was found on.
        return QRectF(0, 0, self._size.width(), self._size.height()).adjusted(-20, -20, 20, 20)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,  # noqa: ARG002 - Qt's signature
    ) -> None:
        exposed = option.exposedRect
        area = Box(exposed.left(), exposed.top(), exposed.right(), exposed.bottom())
        places: list[Outline] = []
        normal: list[Outline] = []
        low: list[Outline] = []
        for index in self.index.within(area):
            outline, line = self._outlines[index], self.lines[index]
            if outline is None:
                continue
            if not line.text:
                places.append(outline)
            elif line.score is not None and line.score < LOW_SCORE:
                low.append(outline)
            else:
                normal.append(outline)
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        # Or dots painted while scrolling would not go on where those before end.
        painter.setBrushOrigin(transform.map(QPointF(0, 0)).toPoint())
        dots = QBrush(_tint(self._accent, 90), Qt.BrushStyle.Dense4Pattern)
        # A pixel of the screen, and a little air that keeps outlines off the letters.
        pixel = 1 / painter.device().devicePixelRatioF()
        for outlines, area_colour, frame in (
            (places, None, dots),
            (normal, _tint(self._accent, 14), QBrush(_tint(self._accent, 70))),
            (low, _tint(_LOW, 38), QBrush(_tint(_LOW, 130))),
        ):
            if outlines:
                shapes = LineShapes(outlines, transform, air=1.5, thickness=pixel)
                shapes.fill(painter, area=area_colour, frame=frame)
        painter.restore()
        self._paint_marks(painter)

    def _paint_marks(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        written = self._outlines[self._writing] if self._writing is not None else None
        if written is not None:
            painter.setPen(_pen(self._accent, 255, width=2))
            painter.setBrush(_tint(self._accent, 40))
            painter.drawPolygon(_polygon(written))
        for index, width, strength in ((self._hovered, 1.5, 45), (self._selected, 2.5, 70)):
            outline = self._outlines[index] if index is not None else None
            if outline is not None:
                painter.setPen(_pen(self._accent, 255, width=width))
                painter.setBrush(_tint(self._accent, strength))
                painter.drawPolygon(_polygon(outline))
        if self._flash is not None:
            painter.setPen(_pen(AMBER, 255, width=4))
            painter.setBrush(_tint(AMBER, 70))
            painter.drawRoundedRect(self._flash, 3, 3)

    def _update_changed(self, lines: tuple[Line, ...], outlines: list[Outline | None]) -> None:
        """Has drawn anew what is not as before: while a page is read, that is few lines."""
        same = min(len(lines), len(self.lines))
        changed = [
            outline
            for number in range(same)
            if lines[number] is not self.lines[number] or outlines[number] != self._outlines[number]
            for outline in (outlines[number], self._outlines[number])
        ]
        changed += [*outlines[same:], *self._outlines[same:]]
        if len(changed) > _FEW:
            self.update()
            return
        for outline in changed:
            if outline is not None:
                box = outline if isinstance(outline, Box) else quad_box(outline)
                self._update_rect(_rect(box))

    def _update_line(self, index: int | None) -> None:
        self._update_rect(self.line_rect(index) if index is not None else None)

    def _update_rect(self, rect: QRectF | None) -> None:
        if rect is not None:
            # The pen keeps its width on the screen, so on the page it can be many pixels wide.
            margin = max(self._size.width(), self._size.height()) / 100
            self.update(rect.adjusted(-margin, -margin, margin, margin))


def _places_read_since(lines: tuple[Line, ...]) -> frozenset[int]:
    """Places without text where by now a line with text lies."""
    if all(line.text for line in lines):
        return frozenset()
    read = LineIndex([line for line in lines if line.text])
    covered = set()
    for number, line in enumerate(lines):
        box = line_box(line) if not line.text else None
        if box is not None and read.at(*box.center) is not None:
            covered.add(number)
    return frozenset(covered)


def _polygon(outline: Outline) -> QPolygonF:
    if isinstance(outline, Box):
        return QPolygonF(_rect(outline))
    return QPolygonF([QPointF(x, y) for x, y in outline])


def _rect(box: Box) -> QRectF:
    return QRectF(box.x0, box.y0, box.width, box.height)


def _tint(color: QColor, alpha: int) -> QColor:
    tinted = QColor(color)
    tinted.setAlpha(alpha)
    return tinted


def _pen(color: QColor, alpha: int, *, width: float = 1.0) -> QPen:
    pen = QPen(_tint(color, alpha), width)
    pen.setCosmetic(True)
    return pen
