"""The text that a PDF page carries, with boxes, and whether it can be trusted."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Callable, Iterator

import msgspec
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import ImageDraw

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box, union_box
from textlift.content.reading import PageReading
from textlift.documents.ink import ink_mask
from textlift.documents.messages import TextLayer
from textlift.documents.pdf_file import POINTS_PER_INCH, PdfDocument, page_dpi
from textlift.documents.text_quality import garbled_because

READ_BY = "text-layer"

MAX_CHARACTERS = 200_000
"""Of one page; a newspaper page has 60,000."""

_SCAN_SHARE = 0.3
"""From this share of the page on, its images are taken for a scan or a picture of text."""

_MIN_EXPLAINED_OF_SCAN = 0.5
_MIN_EXPLAINED = 0.15
_CHECK_SIDE = 1000
_MAX_IMAGES = 200

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
    text: str
    box: Box | None
    hidden: bool


def read_text_layer(document: PdfDocument, page: int) -> TextLayer:
    """Takes the text of a page and judges it.

    Raises:
        ReaderError: The page is damaged.
    """
    handle = document.load(page)
    try:
        text_page = handle.get_textpage()
        try:
            if text_page.count_chars() > MAX_CHARACTERS:
                return TextLayer(None, "This page carries more text than a page can show.")
            characters = list(_characters(text_page, handle))
        finally:
            text_page.close()
        images_share = _images_share(handle)
    except pypdfium2.PdfiumError as error:
        return TextLayer(None, f"The text of this page cannot be taken out: {error}.")
    finally:
        handle.close()
    lines = _lines(characters)
    text = "\n".join(line.text for line in lines)
    if not text:
        return TextLayer(None, "There is no text in this page.")
    problem = garbled_because(text) or _missing_because(document, page, lines, images_share)
    if problem:
        return TextLayer(None, problem)
    hidden = sum(character.hidden for character in characters)
    why = (
        "The PDF carries the text of an earlier recognition of this page."
        if hidden > len(characters) / 2
        else "The PDF carries the text of this page."
    )
    return TextLayer(PageReading(blocks=_blocks(lines), read_by=READ_BY, why=why), why)


def _characters(text_page: pypdfium2.PdfTextPage, page: pypdfium2.PdfPage) -> Iterator[_Character]:
    to_pixels = _page_to_pixels(page)
    rectangle = pdfium.FS_RECTF()
    for index in range(text_page.count_chars()):
        char = _char(pdfium.FPDFText_GetUnicode(text_page, index))
        box = None
        hidden = False
        if not char.isspace() and pdfium.FPDFText_GetLooseCharBox(
            text_page, index, ctypes.byref(rectangle)
        ):
            box = _pixel_box(rectangle, to_pixels)
            item = pdfium.FPDFText_GetTextObject(text_page, index)
            hidden = bool(item) and (
                pdfium.FPDFTextObj_GetTextRenderMode(item) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
            )
        yield _Character(char, box, hidden)


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


def _pixel_box(rectangle: pdfium.FS_RECTF, to_pixels: _ToPixels) -> Box | None:
    x0, y0 = to_pixels(rectangle.left, rectangle.bottom)
    x1, y1 = to_pixels(rectangle.right, rectangle.top)
    values = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return Box(*values) if all(map(math.isfinite, values)) else None


def _lines(characters: list[_Character]) -> list[Line]:
    lines: list[Line] = []
    current: list[_Character] = []
    for character in [*characters, _Character("\n", None, hidden=False)]:
        if character.text not in "\r\n":
            current.append(character)
            continue
        line = _line(current)
        if line is not None:
            lines.append(line)
        current = []
    return lines


def _line(characters: list[_Character]) -> Line | None:
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
    if not text or not boxes:
        return None
    return Line(text=text, box=union_box(boxes))


def _blocks(lines: list[Line]) -> tuple[Block, ...]:
    """Paragraphs in the order of the PDF: lines that stand close under each other."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _continues(groups[-1][-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return tuple(
        Block(
            kind=BlockKind.TEXT,
            text="\n".join(line.text for line in group),
            box=union_box(line.box for line in group if line.box is not None),
            lines=tuple(group),
        )
        for group in groups
    )


def _continues(before: Line, line: Line) -> bool:
    if before.box is None or line.box is None:
        return False
    height = min(before.box.height, line.box.height)
    gap = line.box.y0 - before.box.y1
    overlap = min(before.box.x1, line.box.x1) - max(before.box.x0, line.box.x0)
    same_size = max(before.box.height, line.box.height) <= 1.6 * height
    return same_size and overlap > 0 and -0.7 * height <= gap <= 0.6 * height


def _images_share(page: pypdfium2.PdfPage) -> float:
    """The share of the page under images, about: overlapping ones count twice."""
    width, height = page.get_size()
    covered = 0.0
    images = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    for count, item in enumerate(images):
        if count >= _MAX_IMAGES:
            break
        left, bottom, right, top = item.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
    return covered / (width * height) if width * height else 0.0


def _missing_because(
    document: PdfDocument, page: int, lines: list[Line], images_share: float
) -> str:
    """Why the text cannot be all that is printed, as a sentence; else empty."""
    drawn = document.draw(page, within=_CHECK_SIDE)
    mask = ink_mask(drawn.image)
    if mask is None:
        return ""
    handle = document.load(page)
    try:
        scale = page_dpi(handle)
        width = math.ceil(handle.get_width() * scale / POINTS_PER_INCH)
    finally:
        handle.close()
    factor = mask.width / width
    ink = mask.histogram()[255]
    canvas = ImageDraw.Draw(mask)
    for line in lines:
        if line.box is not None:
            margin = 0.15 * line.box.height
            corners = (
                (line.box.x0 - margin) * factor,
                (line.box.y0 - margin) * factor,
                (line.box.x1 + margin) * factor,
                (line.box.y1 + margin) * factor,
            )
            canvas.rectangle(corners, fill=0)
    explained = 1.0 - mask.histogram()[255] / ink if ink else 1.0
    if images_share >= _SCAN_SHARE and explained < _MIN_EXPLAINED_OF_SCAN:
        return "Most of this page is a picture, and the PDF's text covers little of it."
    if explained < _MIN_EXPLAINED:
        return "The PDF's text covers little of what is drawn on this page."
    return ""
