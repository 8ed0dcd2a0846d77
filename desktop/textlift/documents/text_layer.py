"""The text that a PDF page carries, with boxes, and whether it can be trusted."""

from __future__ import annotations

import math

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import ImageDraw

from textlift.content.block import Block
from textlift.content.geometry import Box, union_box
from textlift.content.paragraphs import group_paragraphs, kind_of
from textlift.content.placed import Placed, line_height
from textlift.content.reading import PageReading
from textlift.documents.ink import ink_mask
from textlift.documents.messages import TextLayer
from textlift.documents.pdf_file import POINTS_PER_INCH, PdfDocument, page_dpi
from textlift.documents.pdf_text import PrintedLine, printed_lines
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
            lines = printed_lines(text_page, handle)
        finally:
            text_page.close()
        images_share = _images_share(handle)
    except pypdfium2.PdfiumError as error:
        return TextLayer(None, f"The text of this page cannot be taken out: {error}.")
    finally:
        handle.close()
    text = "\n".join(line.line.text for line in lines)
    if not text:
        return TextLayer(None, "There is no text in this page.")
    problem = garbled_because(text) or _missing_because(document, page, lines, images_share)
    if problem:
        return TextLayer(None, problem)
    why = (
        "The PDF carries the text of an earlier recognition of this page."
        if _hidden_share(lines) > 0.5
        else "The PDF carries the text of this page."
    )
    return TextLayer(PageReading(blocks=_blocks(lines), read_by=READ_BY, why=why), why)


def _blocks(lines: list[PrintedLine]) -> tuple[Block, ...]:
    """Paragraphs and headings in the order of the PDF, which its author's program made."""
    pieces = [Placed(box=line.body, text=line.line.text) for line in lines]
    printed = {id(piece): line.line for piece, line in zip(pieces, lines, strict=True)}
    body_height = line_height(pieces)
    blocks: list[Block] = []
    for column in _columns(pieces):
        for paragraph in group_paragraphs([[piece] for piece in column]):
            of_block = tuple(printed[id(piece)] for row in paragraph for piece in row)
            blocks.append(
                Block(
                    kind=kind_of(paragraph, body_height=body_height),
                    text="\n".join(line.text for line in of_block),
                    box=union_box(line.box for line in of_block if line.box is not None),
                    lines=of_block,
                )
            )
    return tuple(blocks)


def _columns(pieces: list[Placed]) -> list[list[Placed]]:
    """Runs of lines that stand under each other."""
    columns: list[list[Placed]] = []
    for piece in pieces:
        if columns and _stands_under(columns[-1][-1].box, piece.box):
            columns[-1].append(piece)
        else:
            columns.append([piece])
    return columns


def _stands_under(above: Box, box: Box) -> bool:
    side_by_side = min(above.x1, box.x1) - max(above.x0, box.x0) <= 0
    return not side_by_side and box.center[1] > above.center[1] + 0.3 * above.height


def _hidden_share(lines: list[PrintedLine]) -> float:
    return sum(line.hidden for line in lines) / len(lines)


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
    document: PdfDocument, page: int, lines: list[PrintedLine], images_share: float
) -> str:
    """Why the text cannot be all that is printed, as a sentence; else empty."""
    drawn = document.draw(page, within=_CHECK_SIDE)
    mask = ink_mask(drawn.image)
    if mask is None:
        return "This page shows nothing; its text is hidden." if _hidden_share(lines) else ""
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
        box = union_box((line.body, line.line.box or line.body)).scaled(factor, factor)
        canvas.rectangle((box.x0 - 1, box.y0 - 1, box.x1 + 1, box.y1 + 1), fill=0)
    explained = 1.0 - mask.histogram()[255] / ink if ink else 1.0
    if images_share >= _SCAN_SHARE and explained < _MIN_EXPLAINED_OF_SCAN:
        return "Most of this page is a picture, and the PDF's text covers little of it."
    if explained < _MIN_EXPLAINED:
        return "The PDF's text covers little of what is drawn on this page."
    return ""
