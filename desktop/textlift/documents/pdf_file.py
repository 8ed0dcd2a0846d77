"""PDF documents through PDFium: opened lazily, drawn page by page."""

from __future__ import annotations

import math
import time
from typing import BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

from textlift.documents.drawn_page import DrawnPage, fitting_scale
from textlift.documents.failures import ReaderError
from textlift.documents.messages import DocumentFailure
from textlift.documents.pixel_formats import without_colour

DPI = 200.0
"""Dots per inch a page is drawn at, unless that gives too many pixels."""

POINTS_PER_INCH = 72.0
SMALLEST_DPI = 36.0

_OPEN_ANEW_AFTER = 200
"""Pages. PDFium keeps what it has parsed of each, some 5 kB, until the document is closed."""
_OPENING_A_PAGE = 0.0005
"""Seconds a page that opening it anew may cost; some files take long."""

_LARGE_PAGE_PIXELS = 12_000_000
"""From here on it is worth looking whether the page is one image of fewer pixels."""

_MAX_OBJECTS_OF_A_SCAN = 20
_PASSWORD_ERROR = 4
_ENCRYPTION_ERROR = 5


class PdfDocument:
    """An open PDF."""

    heavy = False

    def __init__(self, stream: BinaryIO, *, password: str, size: int) -> None:
        """Reads the structure, no page.

        Args:
            stream: The file; closed by ``close``.
            password: Empty for none.
            size: Of the file, in bytes.

        Raises:
            ReaderError: Damaged, without pages, or the password is missing or wrong.
        """
        self._stream = stream
        self._password = password
        self._document = self._open()
        self._page_count = len(self._document)
        if self._page_count < 1:
            self._document.close()
            raise ReaderError(DocumentFailure.EMPTY, "This PDF has no pages.")
        if self._page_count > size:
            # Not even the shortest mention of a page fits that often.
            self._document.close()
            raise ReaderError(
                DocumentFailure.DAMAGED,
                f"The PDF is damaged: it claims {self._page_count:,} pages and has room for few.",
            )

    def _open(self) -> pypdfium2.PdfDocument:
        began = time.perf_counter()
        try:
            document = pypdfium2.PdfDocument(self._stream, password=self._password or None)
            document.init_forms()
        except pypdfium2.PdfiumError as error:
            raise _opening_error(error, self._password) from error
        took = time.perf_counter() - began
        self._pages_left = max(_OPEN_ANEW_AFTER, math.ceil(took / _OPENING_A_PAGE))
        return document

    @property
    def page_count(self) -> int:
        return self._page_count

    def draw(self, page: int, *, within: int = 0) -> DrawnPage:
        """Draws a page with its annotations and filled form fields.

        Raises:
            ReaderError: The page is damaged or too large.
        """
        with_handle = self.load(page)
        try:
            dpi = page_dpi(with_handle, within=within)
            bitmap = with_handle.render(
                scale=dpi / POINTS_PER_INCH, rev_byteorder=True, prefer_bgrx=True
            )
            try:
                # PDFium owns the memory of the bitmap; the conversion copies it.
                image = without_colour(bitmap.to_pil().convert("RGB"))
            finally:
                bitmap.close()
        except pypdfium2.PdfiumError as error:
            raise _page_error(page, error) from error
        finally:
            with_handle.close()
        return DrawnPage(image=image, dpi=dpi)

    def load(self, page: int) -> pypdfium2.PdfPage:
        """The page's handle; close it before the next one is loaded.

        Raises:
            ReaderError: The page is damaged.
        """
        if self._pages_left < 1:
            before, self._document = self._document, self._open()
            before.close()
        self._pages_left -= 1
        try:
            return self._document[page - 1]
        except pypdfium2.PdfiumError as error:
            raise _page_error(page, error) from error

    def close(self) -> None:
        self._document.close()
        self._stream.close()


def page_dpi(page: pypdfium2.PdfPage, *, within: int = 0) -> float:
    """The resolution a page is drawn at: 200 dpi, less where that gives too many pixels.

    Args:
        page: Its handle.
        within: Side in pixels of a square to fit into; 0: draw to be read.
    """
    width, height = page.get_size()
    if not (width > 0 and height > 0 and math.isfinite(width * height)):
        raise ReaderError(DocumentFailure.DAMAGED, "This page of the PDF has no size.")
    x, y = (max(1.0, side * DPI / POINTS_PER_INCH) for side in (width, height))
    dpi = DPI
    if not within and x * y > _LARGE_PAGE_PIXELS:
        dpi = min(DPI, max(SMALLEST_DPI, _scan_dpi(page, width * height) or DPI))
        x, y = x * dpi / DPI, y * dpi / DPI
    return dpi * fitting_scale(x, y, within=within)


def _scan_dpi(page: pypdfium2.PdfPage, page_area: float) -> float:
    """The resolution of the one image that a page consists of; 0 when it is something else.

    Cameras and scanning programs make PDFs of 72 dpi with pages the size of a door: drawing
    them at 200 dpi only blows the image up.
    """
    result = 0.0
    for count, item in enumerate(page.get_objects(max_depth=2)):
        if count >= _MAX_OBJECTS_OF_A_SCAN:
            return 0.0
        if item.type == pdfium.FPDF_PAGEOBJ_FORM:
            continue
        if item.type != pdfium.FPDF_PAGEOBJ_IMAGE:
            return 0.0
        left, bottom, right, top = item.get_bounds()
        area = (right - left) * (top - bottom)
        if area > 0.7 * page_area:
            pixels_wide, pixels_high = item.get_px_size()
            result = max(result, (pixels_wide * pixels_high / area) ** 0.5 * POINTS_PER_INCH)
    return result


def _opening_error(error: pypdfium2.PdfiumError, password: str) -> ReaderError:
    code = error.err_code
    if code == _PASSWORD_ERROR and not password:
        return ReaderError(DocumentFailure.NEEDS_PASSWORD, "This PDF needs a password.")
    if code == _PASSWORD_ERROR:
        return ReaderError(
            DocumentFailure.WRONG_PASSWORD, "The password is wrong. Check capitals and layout."
        )
    if code == _ENCRYPTION_ERROR:
        return ReaderError(
            DocumentFailure.UNSUPPORTED,
            "This PDF is protected in a way that cannot be opened (a certificate or an unknown "
            "encryption). Save it without protection.",
        )
    return ReaderError(
        DocumentFailure.DAMAGED,
        "The PDF is damaged and cannot be opened. If you downloaded it, try again.",
        details=str(error),
    )


def _page_error(page: int, error: pypdfium2.PdfiumError) -> ReaderError:
    return ReaderError(
        DocumentFailure.DAMAGED,
        f"Page {page} of this PDF is damaged and cannot be drawn.",
        details=str(error),
    )
