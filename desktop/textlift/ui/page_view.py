"""The picture of a page, zoomable and turnable, with the lines found drawn over it."""

from __future__ import annotations

import enum
from typing import cast

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSizeF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGestureEvent,
    QGraphicsScene,
    QGraphicsView,
    QPinchGesture,
    QToolTip,
    QWidget,
)

from textlift.content.block import Line
from textlift.content.geometry import Box
from textlift.content.page import PageRecord, PageState
from textlift.ui.line_overlay import LineOverlay
from textlift.ui.literal_text import literal
from textlift.ui.page_message import PageMessage
from textlift.ui.page_picture import PagePicture
from textlift.ui.page_shadow import PageShadow
from textlift.ui.page_sharpening import PageSharpening
from textlift.ui.page_words import instead_of_picture, page_description
from textlift.ui.theme import colours, is_dark
from textlift.ui.warning_overlay import WarningOverlay

_MARGIN = 18
"""Desk around the page, in pixels of the screen."""
_STEP = 1.25
_LARGEST_ZOOM = 16.0
_SMALLEST_ZOOM = 0.02


class _Fit(enum.Enum):
    NONE = "none"
    PAGE = "page"
    WIDTH = "width"


class PageView(QGraphicsView):
    """A page on a desk.

    Lines are known by their index in ``PageReading.lines``, or, while a page is being read, in
    what ``set_lines`` was given. Zoom is 1.0 where a pixel of the page is a pixel of the screen.

    Attributes:
        line_clicked: The line that was clicked or gone to with the keyboard.
        warning_clicked: The warning that was clicked, by its index in ``PageReading.warnings``.
        rotation_changed: Degrees clockwise the user turned the page to; not emitted when a page
            is shown upright because its reading says how.
        zoom_changed: The new zoom.
        menu_wanted: A context menu: its place on the screen, and the point of the page it is about.
    """

    line_clicked = Signal(int)
    warning_clicked = Signal(int)
    rotation_changed = Signal(int)
    zoom_changed = Signal(float)
    menu_wanted = Signal(QPoint, QPointF)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # One of our own: asked for Qt's, PySide makes the classes of all widgets there are.
        self.setViewport(QWidget())
        self._picture = PagePicture()
        self._overlay = LineOverlay()
        self._warnings = WarningOverlay()
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        scene.addItem(self._picture)
        scene.addItem(self._overlay)
        scene.addItem(self._warnings)
        self.setScene(scene)
        self._message = PageMessage(self.viewport())
        self._sharpening = PageSharpening(self)
        self._record: PageRecord | None = None
        self._image_key: int | None = None
        self._size = QSizeF()
        self._rotation = 0
        self._turned_by_user = False
        self._zoom = 1.0
        self._fit = _Fit.PAGE
        self._pressed: QPoint | None = None
        self._panning = False

        self.setFrameStyle(QFrame.Shape.Box.value | QFrame.Shadow.Plain.value)
        self.setLineWidth(2)
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        # Or the scene would take files that are meant for the window.
        self.setAcceptDrops(False)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)
        self.setAccessibleName("Page")
        self._apply_palette()
        self.show_page(None, None)

    # What is shown

    def show_page(self, image: QImage | None, record: PageRecord | None, message: str = "") -> None:
        """Shows a page, or a sentence where there is no picture of it.

        Args:
            image: The rendered page, at any size; lines are placed by the record's size.
            record: What is known of the page; its lines and warnings are drawn.
            message: Shown in the middle without an image, at the top of the page with one.
        """
        key = image.cacheKey() if image is not None and not image.isNull() else None
        number = self._record.number if self._record is not None else None
        same_page = record is not None and record.number == number and key == self._image_key
        if image is None or image.isNull():
            self._size = QSizeF()
            self._picture.set_image(None, self._size)
        elif not same_page:
            self._turned_by_user = False
            known = record is not None and record.width > 0 and record.height > 0
            self._size = (
                QSizeF(record.width, record.height)
                if record is not None and known
                else QSizeF(image.size())
            )
            self._picture.set_image(image, self._size)
        self._image_key = key
        self._record = record
        self._overlay.set_page(self._size)
        self._warnings.set_page(self._size)
        reading = record.reading if record is not None else None
        selected = self._overlay.selected if same_page else None
        checked = self._warnings.selected if same_page else None
        self._overlay.set_lines(reading.lines if reading is not None and key else ())
        shown = record if reading is not None and key else None
        self._show_warnings(shown)
        self._overlay.select(selected)
        self._warnings.select(checked)
        rotation = self._rotation if self._turned_by_user else _upright(record)
        if not same_page or rotation != self._rotation:
            self._rotation = rotation
            self._arrange(reset=not same_page)
        if key is not None:
            self._message.show_on_page(message)
        else:
            failed = record is not None and record.state is PageState.FAILED
            self._message.show_instead(message or instead_of_picture(record), failed=failed)
        self._describe()

    def set_lines(self, lines: tuple[Line, ...], *, writing: int | None = None) -> None:
        """Draws the lines found so far on the page that is being read.

        Lines without text are places found; lines with text have been read. A place is no
        longer drawn once a line with text lies on it.

        Args:
            lines: All of them.
            writing: The place whose text is being written now, which is marked.
        """
        if self._has_picture:
            self._overlay.set_lines(lines, writing=writing)
        else:
            self._overlay.set_lines(())
        self._show_warnings(None)

    def select_line(self, index: int | None) -> None:
        """Makes a line stand out and brings it into view; None selects none."""
        self._overlay.flash(None)
        self._overlay.select(index)
        rect = self._overlay.line_rect(index) if index is not None else None
        if rect is not None:
            self._reveal(rect)
        self._describe()

    def _show_warnings(self, record: PageRecord | None) -> None:
        reading = record.reading if record is not None else None
        self._warnings.set_warnings(
            reading.warnings if reading is not None else (),
            record.ticked if record is not None else (),
        )

    def select_warning(self, index: int | None, *, reveal: bool = True) -> None:
        """Makes a warning stand out and brings its place into view; None selects none."""
        self._overlay.flash(None)
        self._warnings.select(index)
        place = self._warnings.place(index) if index is not None else None
        if place is not None and reveal:
            self._reveal(place)
        self._describe()

    def warning_at(self, point: QPointF) -> int | None:
        """The warning at a point of the page, by its index, or None."""
        transform = self.viewportTransform()
        return self._warnings.at(transform.map(point), transform)

    def show_box(self, box: Box | None) -> None:
        """Marks a place on the page and brings it into view; None takes the mark away."""
        self._overlay.flash(box)
        if box is not None:
            self._reveal(QRectF(box.x0, box.y0, box.width, box.height))

    def reveal(self, box: Box) -> None:
        """Brings a place on the page into view without marking it."""
        self._reveal(QRectF(box.x0, box.y0, box.width, box.height))

    # Zoom and rotation

    @property
    def zoom(self) -> float:
        """Pixels of the screen for a pixel of the page."""
        return self._zoom

    @property
    def rotation(self) -> int:
        """Degrees clockwise the page is turned on the screen: 0, 90, 180 or 270."""
        return self._rotation

    @property
    def has_page(self) -> bool:
        """Whether a picture of a page is shown."""
        return self._has_picture

    @property
    def page_rect(self) -> QRectF:
        """The page, in its own pixels; empty when none is shown."""
        return QRectF(QPointF(0, 0), self._size)

    def line_at(self, point: QPointF) -> int | None:
        """The line under a point of the page, or None."""
        return self._overlay.line_at(point)

    def turn(self, degrees: int) -> None:
        """Turns the page clockwise by a multiple of 90 degrees."""
        if not self._has_picture:
            return
        centre = self.mapToScene(self.viewport().rect().center())
        self._rotation = (self._rotation + degrees) % 360
        self._turned_by_user = True
        self._arrange(reset=False)
        if self._fit is _Fit.NONE:
            self.centerOn(centre)
        self._describe()
        self.rotation_changed.emit(self._rotation)

    def fit_page(self) -> None:
        """Shows the whole page, and keeps doing so when the window's size changes."""
        self._fit = _Fit.PAGE
        self._arrange(reset=False)

    def fit_width(self) -> None:
        """Makes the page as wide as the view, and keeps it so."""
        self._fit = _Fit.WIDTH
        self._arrange(reset=False)

    def actual_size(self) -> None:
        """Shows each pixel of the page as one pixel of the screen."""
        self.set_zoom(1.0)

    def zoom_in(self) -> None:
        """Enlarges by a quarter."""
        self.set_zoom(self._zoom * _STEP)

    def zoom_out(self) -> None:
        """Makes smaller by a fifth."""
        self.set_zoom(self._zoom / _STEP)

    def set_zoom(self, zoom: float, *, around: QPointF | None = None) -> None:
        """Zooms so that the point ``around`` stays where it is.

        Args:
            zoom: Pixels of the screen for a pixel of the page.
            around: In pixels of the view; None: its middle.
        """
        if not self._has_picture:
            return
        self._fit = _Fit.NONE
        point = around if around is not None else QPointF(self.viewport().rect().center())
        place = self.viewportTransform().inverted()[0].map(point)
        self._set_scale(min(max(zoom, _SMALLEST_ZOOM), _LARGEST_ZOOM))
        moved = self.viewportTransform().map(place) - point
        self._scroll_by(round(moved.x()), round(moved.y()))

    @property
    def _has_picture(self) -> bool:
        return not self._size.isEmpty()

    def _turned_size(self) -> QSizeF:
        return self._size.transposed() if self._rotation % 180 else self._size

    def _arrange(self, *, reset: bool) -> None:
        """Applies rotation and fit; ``reset`` goes to the top of the page."""
        self._picture.lay(sideways=self._rotation % 180 != 0)
        if not self._has_picture:
            self.setSceneRect(QRectF(0, 0, 1, 1))
            self.viewport().update()
            return
        self._set_scale(self._fitting_zoom())
        if reset:
            self.horizontalScrollBar().setValue(
                (self.horizontalScrollBar().minimum() + self.horizontalScrollBar().maximum()) // 2
            )
            self.verticalScrollBar().setValue(self.verticalScrollBar().minimum())

    def _fitting_zoom(self) -> float:
        if self._fit is _Fit.NONE:
            return self._zoom
        room = self.maximumViewportSize()
        page = self._turned_size()
        ratio = self.devicePixelRatioF()
        width = (room.width() - 2 * _MARGIN) / page.width()
        height = (room.height() - 2 * _MARGIN) / page.height()
        if self._fit is _Fit.PAGE:
            zoom = min(width, height)
        else:
            zoom = width
            if zoom * page.height() + 2 * _MARGIN > room.height():
                bar = self.verticalScrollBar().sizeHint().width()
                zoom = (room.width() - bar - 2 * _MARGIN) / page.width()
        return min(max(zoom * ratio, _SMALLEST_ZOOM), _LARGEST_ZOOM)

    def _set_scale(self, zoom: float) -> None:
        scale = zoom / self.devicePixelRatioF()
        transform = QTransform().rotate(self._rotation).scale(scale, scale)
        self.setTransform(transform)
        margin = _MARGIN / scale
        # A little less than the margin, or rounding would bring up scroll bars on a fitting page.
        margin -= 1 / scale
        self.setSceneRect(self.page_rect.adjusted(-margin, -margin, margin, margin))
        self.viewport().update()
        if zoom != self._zoom:
            self._zoom = zoom
            self.zoom_changed.emit(zoom)

    def _reveal(self, rect: QRectF) -> None:
        if not self._has_picture:
            return
        room = self.viewport().rect()
        self.ensureVisible(rect, min(60, room.width() // 4), min(80, room.height() // 4))

    def _scroll_by(self, x: int, y: int) -> None:
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + x)
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + y)

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._has_picture and self._fit is not _Fit.NONE:
            self._set_scale(self._fitting_zoom())
        self._message.place()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_focus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._apply_palette()
            self._message.dress()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            help_event = cast("QHelpEvent", event)
            about = self._warnings.tip_at(QPointF(help_event.pos()), self.viewportTransform())
            tip = about or self._overlay.tip_at(self.mapToScene(help_event.pos()))
            QToolTip.showText(help_event.globalPos(), literal(tip), self.viewport())
            return True
        if event.type() == QEvent.Type.NativeGesture:
            return self._native_gesture(cast("QNativeGestureEvent", event))
        if event.type() == QEvent.Type.Gesture:
            pinch = cast("QGestureEvent", event).gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                centre = QPointF(self.viewport().mapFromGlobal(pinch.centerPoint().toPoint()))
                self.set_zoom(self._zoom * pinch.scaleFactor(), around=centre)
                return True
        if event.type() == QEvent.Type.Leave:
            self._overlay.hover(None)
        return super().viewportEvent(event)

    def _native_gesture(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            self.set_zoom(self._zoom * (1 + event.value()), around=event.position())
            return True
        if event.gestureType() is Qt.NativeGestureType.SmartZoomNativeGesture:
            if self._fit is _Fit.PAGE:
                self.fit_width()
            else:
                self.fit_page()
            return True
        return False

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
            return
        # 120 is a notch; touchpads send less, so that zooming follows the fingers.
        self.set_zoom(self._zoom * _STEP ** (event.angleDelta().y() / 120), around=event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in {Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton}:
            self._pressed = event.position().toPoint()
            self._panning = False
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._pressed is None:
            line = self._overlay.line_at(self.mapToScene(point))
            self._overlay.hover(line)
            warning = self._warnings.at(event.position(), self.viewportTransform())
            self._set_cursor(
                Qt.CursorShape.PointingHandCursor
                if line is not None or warning is not None
                else Qt.CursorShape.ArrowCursor
            )
            return
        moved = point - self._pressed
        if self._panning or moved.manhattanLength() >= QApplication.startDragDistance():
            self._panning = True
            self._set_cursor(Qt.CursorShape.ClosedHandCursor)
            self._scroll_by(-moved.x(), -moved.y())
            self._pressed = point

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            super().mouseReleaseEvent(event)
            return
        panned, self._panning, self._pressed = self._panning, False, None
        self._set_cursor(Qt.CursorShape.ArrowCursor)
        if not panned and event.button() is Qt.MouseButton.LeftButton:
            self._click(event.position())

    def _click(self, point: QPointF) -> None:
        """Selects the line and the warning under a point of the view; a flag covers its line."""
        transform = self.viewportTransform()
        line = self._overlay.line_at(self.mapToScene(point.toPoint()))
        if self._warnings.on_flag(point, transform):
            line = None
        warning = self._warnings.at(point, transform)
        self._overlay.flash(None)
        self._overlay.select(line)
        self._describe()
        if line is not None:
            self.line_clicked.emit(line)
        if warning is not None:
            self.select_warning(warning, reveal=False)
            self.warning_clicked.emit(warning)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = event.key()
        if control and key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            self._go_to_line(1 if key == Qt.Key.Key_Down else -1)
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key == Qt.Key.Key_0:
            self.fit_page()
        elif key == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(self.verticalScrollBar().minimum())
        elif key == Qt.Key.Key_End:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self._has_picture:
            return
        place, where = event.globalPos(), QPointF(event.pos())
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            # Where the keyboard is, not the mouse: on the warning or the line that stands out.
            warning, selected = self._warnings.selected, self._overlay.selected
            rect = self._warnings.place(warning) if warning is not None else None
            if rect is None and selected is not None:
                rect = self._overlay.line_rect(selected)
            centre = self.viewport().rect().center()
            where = QPointF(centre) if rect is None else self.viewportTransform().map(rect.center())
            place = self.viewport().mapToGlobal(where.toPoint())
        self.menu_wanted.emit(place, self.viewportTransform().inverted()[0].map(where))

    def _go_to_line(self, step: int) -> None:
        count = len(self._overlay.lines)
        current = self._overlay.selected
        start = -1 if step > 0 else count
        index = (current if current is not None else start) + step
        while 0 <= index < count and self._overlay.line_rect(index) is None:
            index += step
        if 0 <= index < count:
            self.select_line(index)
            self.line_clicked.emit(index)

    # Looks

    def paintEvent(self, event: QPaintEvent) -> None:
        page = self.viewportTransform().mapRect(self.page_rect).toAlignedRect()
        across = not self._picture.lies_well
        self._picture.is_quick = self._sharpening.is_quick(event.region(), page, across=across)
        super().paintEvent(event)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        super().drawBackground(painter, rect)
        if not self._has_picture:
            return
        page = self.viewportTransform().mapRect(self.page_rect)
        painter.save()
        painter.resetTransform()
        self._shadow.paint(painter, page, seen=self.viewport().rect())
        painter.restore()

    def _apply_palette(self) -> None:
        self.setBackgroundBrush(QColor(colours().desk))
        self._shadow = PageShadow(QColor(0, 0, 0, 22 if is_dark() else 7))
        self._overlay.set_accent(self.palette().color(QPalette.ColorRole.Highlight))
        self._show_focus()

    def _show_focus(self) -> None:
        """Frames the view in the accent while it has the keyboard.

        A frame, not a style sheet: a styled view is painted as a whole at each step of scrolling.
        """
        now = colours()
        palette = self.palette()
        frame = QColor(now.accent if self.hasFocus() else now.desk)
        if palette.color(QPalette.ColorRole.WindowText) != frame:
            palette.setColor(QPalette.ColorRole.WindowText, frame)
            self.setPalette(palette)

    def _set_cursor(self, shape: Qt.CursorShape) -> None:
        if self.viewport().cursor().shape() is not shape:
            self.viewport().setCursor(shape)

    def _describe(self) -> None:
        """Says to assistive technology what the picture shows."""
        if not self._has_picture:
            self.setAccessibleDescription(self._message.text())
            return
        self.setAccessibleDescription(
            page_description(
                self._record,
                lines=self._overlay.lines,
                selected=self._overlay.selected,
                warning=self._warnings.selected,
                rotation=self._rotation,
            )
        )


def _upright(record: PageRecord | None) -> int:
    """Degrees clockwise to show a page at: as the user turned it, else as its reading says."""
    if record is None:
        return 0
    if record.rotation is not None:
        return record.rotation % 360
    return record.reading.rotation % 360 if record.reading is not None else 0
