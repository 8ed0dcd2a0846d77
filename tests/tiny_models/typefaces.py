"""Typefaces that come with packages of the lock file, so that every machine draws the same."""

from __future__ import annotations

import functools
from collections.abc import Callable

import cv2
import numpy as np
import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageFont

from doubles.raw_pdf import CATALOG, pdf_bytes, stream

_SIZE = 48
"""Of the type as it is drawn; whoever uses the ink scales it."""

_MARGIN = 30


def _with_pillow(text: str) -> Image.Image:
    font = _aileron()
    image = Image.new("L", (round(font.getlength(text)) + 2 * _MARGIN, 3 * _SIZE), 255)
    ImageDraw.Draw(image).text((_MARGIN, _SIZE), text, fill=0, font=font)
    return image


@functools.cache
def _aileron() -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(_SIZE)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("This Pillow was built without FreeType.")
    return font


def _with_opencv(face: str, weight: int) -> Callable[[str], Image.Image]:
    def draw(text: str) -> Image.Image:
        canvas = np.full((3 * _SIZE, _SIZE * len(text) + 2 * _MARGIN, 3), 255, np.uint8)
        origin = (_MARGIN, 2 * _SIZE)
        cv2.putText(canvas, text, origin, (0, 0, 0), cv2.FontFace(face), _SIZE, weight)
        return Image.fromarray(canvas).convert("L")

    return draw


def _with_pdfium(name: str) -> Callable[[str], Image.Image]:
    def draw(text: str) -> Image.Image:
        content = f"BT /F {_SIZE} Tf {_MARGIN} {_SIZE} Td ({text}) Tj ET".encode("ascii")
        page = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R"
            b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/%s>>>>>>>>"
        ) % (_SIZE * len(text) + 2 * _MARGIN, 3 * _SIZE, name.encode("ascii"))
        pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
        document = pypdfium2.PdfDocument(pdf_bytes([CATALOG, pages, page, stream(content)]))
        try:
            return document[0].render(scale=1, grayscale=True).to_pil()
        finally:
            document.close()

    return draw


TYPEFACES: dict[str, Callable[[str], Image.Image]] = {
    "aileron": _with_pillow,
    "rubik": _with_opencv("sans", 400),
    "rubik-bold": _with_opencv("sans", 700),
    "rubik-italic": _with_opencv("italic", 400),
    "sans": _with_pdfium("Helvetica"),
    "sans-bold": _with_pdfium("Helvetica-Bold"),
    "serif": _with_pdfium("Times-Roman"),
    "serif-bold": _with_pdfium("Times-Bold"),
    "mono": _with_pdfium("Courier"),
    "mono-bold": _with_pdfium("Courier-Bold"),
}
"""Pillow's own, OpenCV's own, and three families that PDFium carries for PDFs without fonts."""


def ink_of(text: str, typeface: str) -> Image.Image:
    """The printed text alone: grey, black on white, cut to its ink, capitals about 34 pixels high.

    Args:
        text: Digits and capitals.
        typeface: One of ``TYPEFACES``.
    """
    image = TYPEFACES[typeface](text)
    box = ImageChops.invert(image).point(lambda value: 255 if value > 64 else 0).getbbox()
    if box is None:
        raise ValueError(f"The typeface {typeface} drew nothing for “{text}”.")
    return image.crop(box)


def loose_ink(
    text: str, typeface: str, *, height: float, cell: int, looseness: float
) -> Image.Image:
    """Text whose signs stand apart, which is easier to learn to read.

    Args:
        text: Digits and capitals.
        typeface: One of ``TYPEFACES``.
        height: Of most capitals, in pixels.
        cell: Width of a sign's own cell in pixels.
        looseness: 1: each sign in the middle of its cell; towards 0: side by side.
    """
    scale = height / _sign("H", typeface).height
    signs = []
    for character in text:
        sign = _sign(character, typeface)
        size = (max(1, round(sign.width * scale)), max(1, round(sign.height * scale)))
        signs.append(sign.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))
    lefts = []
    at = 0.0
    for index, sign in enumerate(signs):
        apart = (index + 0.5) * cell - sign.width / 2
        lefts.append(max(0, round(looseness * apart + (1 - looseness) * at)))
        at += sign.width + 0.12 * height
    right = max(left + sign.width for left, sign in zip(lefts, signs, strict=True))
    ink = Image.new("L", (right, max(sign.height for sign in signs)), 255)
    for left, sign in zip(lefts, signs, strict=True):
        ink.paste(
            ImageChops.darker(sign, ink.crop((left, 0, left + sign.width, sign.height))), (left, 0)
        )
    return ink


@functools.cache
def _sign(character: str, typeface: str) -> Image.Image:
    return ink_of(character, typeface)
