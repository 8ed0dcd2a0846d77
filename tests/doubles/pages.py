"""Small documents for tests: pages with some text and their number drawn so it can be found."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_BITS = 16
_CELL = 0.04
_LEFT = 0.1
_TOP = 0.02
_DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


def draw_page(
    number: int, *, text: str = "", size: tuple[int, int] = (300, 400), font_size: int = 14
) -> Image.Image:
    """A page that carries its number as squares along the top edge, and some text.

    Args:
        number: From 0 to 65535.
        text: Printed lines; "Page N" unless given.
        size: Width and height in pixels.
        font_size: In pixels.
    """
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    cell = _CELL * size[0]
    for bit in range(_BITS):
        left = _LEFT * size[0] + bit * cell
        top = _TOP * size[0]
        if number >> bit & 1:
            draw.rectangle((left, top, left + cell, top + cell), fill=0)
    draw.text((20, 40), text or f"Page {number}", fill=0, font=_font(font_size))
    return image


def blank_page(*, size: tuple[int, int] = (300, 400)) -> Image.Image:
    return Image.new("L", size, 255)


def drawn_number(path: Path) -> int:
    """The number that ``draw_page`` put on a page, at whatever size it was rendered."""
    with Image.open(path) as image:
        grey = image.convert("L")
    cell = _CELL * grey.width
    number = 0
    for bit in range(_BITS):
        x = _LEFT * grey.width + (bit + 0.5) * cell
        y = _TOP * grey.width + 0.5 * cell
        if grey.getpixel((int(x), int(y))) < 128:
            number |= 1 << bit
    return number


def make_image(path: Path, number: int = 1, *, text: str = "") -> Path:
    """One page as an image file; the format is that of the suffix."""
    draw_page(number, text=text).save(path)
    return path


def make_pdf(path: Path, pages: int, *, text: str = "", first: int = 1) -> Path:
    """A PDF of scanned pages numbered from ``first``."""
    images = [draw_page(number, text=text) for number in range(first, first + pages)]
    images[0].save(path, save_all=True, append_images=images[1:], resolution=72)
    return path


def make_tiff(path: Path, pages: int) -> Path:
    """A TIFF of several pages numbered from 1."""
    images = [draw_page(number) for number in range(1, pages + 1)]
    images[0].save(path, save_all=True, append_images=images[1:])
    return path


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if _DEJAVU.exists():
        return ImageFont.truetype(str(_DEJAVU), size)
    return ImageFont.load_default(size)
