"""The text of a PDF page as printed lines with boxes in pixels of the page as it is drawn."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Callable, Iterator

import msgspec
import pypdfium2
import pypdfium2.raw as pdfium

from textlift.content.block import Line
from textlift.content.geometry import Box, union_box
from textlift.documents.pdf_file import POINTS_PER_INCH, page_dpi

_HYPHENS = frozenset("\x02\ufffe\u00ad")
"""What PDFium gives for a hyphen that divides a word at the end of a line."""

_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
    "\uf0b7": "•",  # The bullet of the Symbol font, from every word processor.
}

_ToPixels = Callable[[float, float], tuple[float, float]]


class _Character(msgspec.Struct, frozen=True):
    """A character of the page.

    Attributes:
        text: One character.
        box: Around what is printed; None for white space.
        body: As high as the font and as wide as the step to the next character.
        hidden: Printed invisibly, as scanning programs do over the image of the page.
    """

    text: str
    box: Box | None = None
    body: Box | None = None
    hidden: bool = False


class PrintedLine(msgspec.Struct, frozen=True):
    """A line as printed.

    Attributes:
        line: Its text and the box around it.
        body: As high as its font, which tells lines and paragraphs apart.
        hidden: Share of its characters that are printed invisibly.
    """

    line: Line
    body: Box
    hidden: float


def printed_lines(text_page: pypdfium2.PdfTextPage, page: pypdfium2.PdfPage) -> list[PrintedLine]:
    """The lines in the order of the PDF.

    Args:
        text_page: The text of ``page``.
        page: Its handle.
    """
    groups: list[list[_Character]] = [[]]
    before: Box | None = None
    for character in _characters(text_page, page):
        if character.text in "\r\n":
            groups.append([])
            before = None
            continue
        if character.body is not None:
            if before is not None and _starts_line(before, character.body):
                groups.append([])
            before = character.body
        groups[-1].append(character)
    return [line for group in groups if (line := _line(group)) is not None]


def _starts_line(before: Box, box: Box) -> bool:
    """Whether a character stands on another line than the one before it.

    PDFium leaves the break out where lines end in a space. The jump has to go both along and
    across the line, in whatever direction it runs: gaps in a line and raised figures do not.
    """
    size = min(max(before.width, before.height), max(box.width, box.height))
    (x0, y0), (x1, y1) = before.center, box.center
    across, down = x1 - x0, y1 - y0
    far = abs(across) + abs(down) > 4 * size or across < -size
    return far and min(abs(across), abs(down)) > 0.6 * size


def _line(characters: list[_Character]) -> PrintedLine | None:
    """A line as printed; None when nothing of it can be seen."""
    text = "".join(character.text for character in characters).rstrip()
    ends_in_hyphen = text[-1:] in _HYPHENS
    text = "".join(_LIGATURES.get(char, char) for char in text if char not in _HYPHENS)
    if ends_in_hyphen:
        text += "-"
    # Characters outside the first plane come as two halves on some systems.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    boxes = [character.box for character in characters if character.box is not None]
    bodies = [character.body for character in characters if character.body is not None]
    if not text or not boxes or not bodies:
        return None
    hidden = sum(character.hidden for character in characters) / len(characters)
    return PrintedLine(Line(text=text, box=union_box(boxes)), union_box(bodies), hidden)


def _characters(text_page: pypdfium2.PdfTextPage, page: pypdfium2.PdfPage) -> Iterator[_Character]:
    to_pixels = _page_to_pixels(page)
    loose = pdfium.FS_RECTF()
    edges = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = edges
    pointers = [ctypes.byref(edge) for edge in edges]
    for index in range(text_page.count_chars()):
        char = _char(pdfium.FPDFText_GetUnicode(text_page, index))
        if (
            char.isspace()
            or not pdfium.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(loose))
            or not pdfium.FPDFText_GetCharBox(text_page, index, *pointers)
        ):
            yield _Character(char)
            continue
        box = _pixel_box(to_pixels, left.value, bottom.value, right.value, top.value)
        body = _pixel_box(to_pixels, loose.left, loose.bottom, loose.right, loose.top)
        item = pdfium.FPDFText_GetTextObject(text_page, index)
        hidden = bool(item) and (
            pdfium.FPDFTextObj_GetTextRenderMode(item) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        )
        yield _Character(char, box, body, hidden)


def _char(code: int) -> str:
    return chr(code) if 0 < code <= 0x10FFFF else "\ufffd"


def _page_to_pixels(page: pypdfium2.PdfPage) -> _ToPixels:
    """From the page's own coordinates, which its /Rotate and boxes turn and shift, to pixels."""
    scale = page_dpi(page) / POINTS_PER_INCH
    width = math.ceil(page.get_width() * scale)
    height = math.ceil(page.get_height() * scale)
    left, bottom, right, top = page.get_bbox()
    # PDFium answers in whole pixels: ask for a large device and divide.
    fine = 16

    def device(x: float, y: float) -> tuple[float, float]:
        column, row = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(
            page, 0, 0, width * fine, height * fine, 0, x, y,
            ctypes.byref(column), ctypes.byref(row),
        )  # fmt: skip
        return column.value / fine, row.value / fine

    x0, y0 = device(left, bottom)
    x1, y1 = device(right, bottom)
    x2, y2 = device(left, top)
    wide, high = right - left or 1.0, top - bottom or 1.0

    def to_pixels(x: float, y: float) -> tuple[float, float]:
        across, up = (x - left) / wide, (y - bottom) / high
        return (
            x0 + (x1 - x0) * across + (x2 - x0) * up,
            y0 + (y1 - y0) * across + (y2 - y0) * up,
        )

    return to_pixels


def _pixel_box(
    to_pixels: _ToPixels, left: float, bottom: float, right: float, top: float
) -> Box | None:
    x0, y0 = to_pixels(left, bottom)
    x1, y1 = to_pixels(right, top)
    values = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return Box(*values) if all(map(math.isfinite, values)) else None
