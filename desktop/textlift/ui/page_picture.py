"""The graphics item that draws a page's picture, quickly at any size."""

from __future__ import annotations

import math

from PySide6.QtCore import QRect, QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from textlift.ui.image_pyramid import ImagePyramid


class PagePicture(QGraphicsItem):
    """Draws the picture over the page's rectangle, whatever its own size in pixels.

    Attributes:
        is_quick: It is drawn without smoothing for the time being.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.is_quick = False
        self._size = QSizeF()
        self._pyramid: ImagePyramid | None = None
        self._sideways = False

    def set_image(self, image: QImage | None, size: QSizeF) -> None:
        """Shows another picture on a page of ``size``, in page pixels."""
        self.prepareGeometryChange()
        if self._pyramid is not None:
            self._pyramid.stop()
            self._pyramid.deleteLater()
            self._pyramid = None
        self._size = size if image is not None else QSizeF()
        if image is not None:
            self._pyramid = ImagePyramid(_quick_to_draw(image))
            self._pyramid.level_ready.connect(self._redraw)
            self._pyramid.lay(sideways=self._sideways)

    def lay(self, *, sideways: bool) -> None:
        """Prepares to be drawn on its side, or not: quicker some moments later."""
        self._sideways = sideways
        if self._pyramid is not None:
            self._pyramid.lay(sideways=sideways)

    @property
    def lies_well(self) -> bool:
        """Whether it is in memory as it is seen, so that it is drawn quickly."""
        return self._pyramid is None or self._pyramid.lies_well

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._size.width(), self._size.height())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,  # noqa: ARG002 - Qt's signature
    ) -> None:
        if self._pyramid is None:
            return
        transform = painter.deviceTransform()
        scale = math.hypot(transform.m11(), transform.m12())
        scale *= self._size.width() / self._pyramid.width
        level, is_sideways = self._pyramid.level_for(scale)
        size, exposed = self._size, option.exposedRect & self.boundingRect()
        painter.save()
        if is_sideways:
            quarter = QTransform(0, 1, -1, 0, size.height(), 0)
            painter.setTransform(quarter.inverted()[0], combine=True)
            size, exposed = size.transposed(), quarter.mapRect(exposed)
        x_ratio, y_ratio = level.width() / size.width(), level.height() / size.height()
        # Whole source pixels: otherwise what is scrolled in would be shifted against the rest.
        left, top = math.floor(exposed.left() * x_ratio), math.floor(exposed.top() * y_ratio)
        right, bottom = math.ceil(exposed.right() * x_ratio), math.ceil(exposed.bottom() * y_ratio)
        source = QRect(left, top, right - left, bottom - top).adjusted(-1, -1, 1, 1) & level.rect()
        target = QRectF(
            source.left() / x_ratio,
            source.top() / y_ratio,
            source.width() / x_ratio,
            source.height() / y_ratio,
        )
        smooth = scale < 6 and not self.is_quick
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(target, level, QRectF(source))
        painter.restore()

    def _redraw(self) -> None:
        self.update()


def _quick_to_draw(image: QImage) -> QImage:
    """The picture without a colour table: Qt would look each pixel up at each drawing."""
    if image.colorCount() == 0:
        return image
    grey = image.isGrayscale()
    return image.convertToFormat(
        QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB32
    )
