"""Drawing a box on the page: the part of it that is to be read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from textlift.content.geometry import Box
from textlift.ui.page_view import PageView
from textlift.ui.theme import colours

_SMALLEST = 6
"""Pixels of the screen: less is a click, not a box."""
_STEP = 12
"""Pixels of the screen that an arrow key moves by."""
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_SHADE = QColor(0, 0, 0, 60)


class PartTool(QObject):
    """Lets a box be drawn on a page view, with the mouse or with the keyboard.

    While it is active the left button draws instead of scrolling; the wheel, the middle button
    and zooming work as ever. Arrow keys move a box and, with Shift, change its size; Enter takes
    it and Escape leaves.

    Signals:
        drawn: A ``Box`` in pixels of the page. The tool is active no longer; the box stays to be
            seen until ``show_part`` takes it away.
        ended: The tool is left without a box.
    """

    drawn = Signal(object)
    ended = Signal()

    def __init__(self, view: PageView) -> None:
        super().__init__(view)
        self._view = view
        self._item: _PartItem | None = None
        self._active = False
        self._start: QPointF | None = None
        self._rect = QRectF()

    @property
    def active(self) -> bool:
        """Whether a box is being drawn, or waited for."""
        return self._active

    def begin(self) -> None:
        """Waits for a box."""
        if self._active or not self._view.has_page:
            return
        self._active = True
        self._start = None
        self._set_rect(QRectF())
        self._view.installEventFilter(self)
        self._view.viewport().installEventFilter(self)
        self._view.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self._view.setFocus()

    def leave(self) -> None:
        """Waits no longer."""
        if self._active:
            self._stop()
            self._set_rect(QRectF())
            self.ended.emit()

    def show_part(self, part: Box | None) -> None:
        """Outlines a part of the page that was not drawn; None shows none."""
        self._set_rect(
            QRectF() if part is None else QRectF(part.x0, part.y0, part.width, part.height),
            shaded=False,
        )

    def _stop(self) -> None:
        self._active = False
        self._start = None
        self._view.removeEventFilter(self)
        self._view.viewport().removeEventFilter(self)
        self._view.viewport().setCursor(Qt.CursorShape.ArrowCursor)

    def _set_rect(self, rect: QRectF, *, shaded: bool = True) -> None:
        self._rect = rect
        if self._item is None:
            if rect.isNull():
                return
            self._item = _PartItem()
            self._view.scene().addItem(self._item)
        self._item.show_rect(rect, self._view.page_rect, shaded=shaded)

    # Events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and watched is self._view.viewport():
            return self._on_mouse(event)
        if isinstance(event, QKeyEvent) and watched is self._view:
            if event.type() is QEvent.Type.ShortcutOverride:
                # Else a shortcut of the window would have the key before the view.
                if self._means(event):
                    event.accept()
                return False
            return event.type() is QEvent.Type.KeyPress and self._on_key(event)
        return False

    def _on_mouse(self, event: QMouseEvent) -> bool:
        if event.type() is QEvent.Type.MouseMove:
            if self._start is not None:
                self._stretch(event.position())
            # The view would show that a line can be clicked.
            return not event.buttons() & Qt.MouseButton.MiddleButton
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        if event.type() is QEvent.Type.MouseButtonPress:
            self._start = self._on_page(event.position())
            self._set_rect(QRectF())
        elif event.type() is QEvent.Type.MouseButtonRelease and self._start is not None:
            self._stretch(event.position())
            self._start = None
            if self._large_enough():
                self._finish()
            else:
                self._set_rect(QRectF())
        return True

    def _means(self, event: QKeyEvent) -> bool:
        keys = {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        return plain and (event.key() in keys or event.key() in _ARROWS)

    def _on_key(self, event: QKeyEvent) -> bool:
        if not self._means(event):
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in _ARROWS:
            x, y = _ARROWS[Qt.Key(event.key())]
            self._push(x, y, sizes=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif self._large_enough():
            self._finish()
        return True

    def _stretch(self, position: QPointF) -> None:
        assert self._start is not None
        point = self._on_page(position)
        self._set_rect(QRectF(self._start, point).normalized())
        # Beyond the edge of the view it goes on with what lies there.
        self._view.ensureVisible(QRectF(point, point), 0, 0)

    def _push(self, x: int, y: int, *, sizes: bool) -> None:
        """Moves the box on the screen, or its lower right corner; makes one where there is none."""
        transform = self._view.viewportTransform()
        if self._rect.isNull():
            seen = QRectF(self._view.viewport().rect())
            rect = QRectF(0, 0, seen.width() / 3, seen.height() / 6)
            rect.moveCenter(seen.center())
        else:
            rect = transform.mapRect(self._rect)
            if sizes:
                rect.setWidth(max(rect.width() + x * _STEP, _SMALLEST))
                rect.setHeight(max(rect.height() + y * _STEP, _SMALLEST))
            else:
                rect.translate(x * _STEP, y * _STEP)
        page = self._view.page_rect
        moved = transform.inverted()[0].mapRect(rect)
        if not sizes:
            moved.moveLeft(min(max(moved.left(), page.left()), page.right() - moved.width()))
            moved.moveTop(min(max(moved.top(), page.top()), page.bottom() - moved.height()))
        self._set_rect(moved & page)
        self._view.ensureVisible(self._rect, 20, 20)

    def _on_page(self, position: QPointF) -> QPointF:
        """The point of the page nearest to one of the view."""
        point = self._view.viewportTransform().inverted()[0].map(position)
        page = self._view.page_rect
        return QPointF(
            min(max(point.x(), page.left()), page.right()),
            min(max(point.y(), page.top()), page.bottom()),
        )

    def _large_enough(self) -> bool:
        shown = self._view.viewportTransform().mapRect(self._rect)
        return min(shown.width(), shown.height()) >= _SMALLEST

    def _finish(self) -> None:
        rect = self._rect
        self._stop()
        self.drawn.emit(Box(rect.left(), rect.top(), rect.right(), rect.bottom()))

    def corner(self) -> QPoint:
        """Where on the screen the box ends, for a menu about it."""
        shown = self._view.viewportTransform().mapRect(self._rect).toRect()
        corner = shown.bottomLeft()
        room = self._view.viewport().rect()
        corner.setX(min(max(corner.x(), room.left()), room.right()))
        corner.setY(min(max(corner.y(), room.top()), room.bottom()))
        return self._view.viewport().mapToGlobal(corner)


class _PartItem(QGraphicsItem):
    """The box; while it is drawn the rest of the page lies in the shade."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(10)
        self._rect = QRectF()
        self._page = QRectF()
        self._shaded = True

    def show_rect(self, rect: QRectF, page: QRectF, *, shaded: bool) -> None:
        self.prepareGeometryChange()
        self._rect, self._page, self._shaded = rect, page, shaded
        self.setVisible(not rect.isNull())
        self.update()

    def boundingRect(self) -> QRectF:
        return self._page

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002 - Qt's signature
        widget: QWidget | None = None,  # noqa: ARG002 - Qt's signature
    ) -> None:
        if self._shaded:
            self._paint_shade(painter)
        # On white paper, whatever the theme: light below, so that it is seen on dark print too.
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width, style in (
            (QColor(Qt.GlobalColor.white), 3.0, Qt.PenStyle.SolidLine),
            (QColor(colours().accent).darker(115), 1.5, Qt.PenStyle.DashLine),
        ):
            pen = QPen(colour, width, style)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawRect(self._rect)

    def _paint_shade(self, painter: QPainter) -> None:
        rect, page = self._rect, self._page
        for side in (
            QRectF(page.topLeft(), QPointF(page.right(), rect.top())),
            QRectF(QPointF(page.left(), rect.bottom()), page.bottomRight()),
            QRectF(QPointF(page.left(), rect.top()), rect.bottomLeft()),
            QRectF(rect.topRight(), QPointF(page.right(), rect.bottom())),
        ):
            painter.fillRect(side, _SHADE)
