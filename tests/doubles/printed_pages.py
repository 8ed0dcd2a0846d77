"""Pages printed for real engines to read, and whether Tesseract is here to read them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from textlift.content.page_image import PageImage

RUSSIAN = (
    "Московский государственный университет",
    "объявляет набор на подготовительные курсы.",
    "Занятия начинаются пятнадцатого сентября",
    "и проводятся по вечерам в течение года.",
    "Запись в канцелярии на первом этаже.",
)
ENGLISH = (
    "The quarterly report shows that most of",
    "the branches have met their targets for",
    "the summer, although the cost of paper",
    "and transport has risen by seven percent",
    "since the beginning of the last year.",
)
_FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf",
    "/usr/share/fonts/dejavu-serif-fonts/DejaVuSerif.ttf",
    "/usr/share/fonts/TTF/DejaVuSerif.ttf",
    "/System/Library/Fonts/Supplemental/Times New Roman.ttf",
    "C:/Windows/Fonts/times.ttf",
)


def print_page(
    path: Path,
    lines: tuple[str, ...],
    *,
    font_size: int = 34,
    turned: int = 0,
    tilted: float = 0.0,
) -> PageImage:
    """Prints a page and stores it as the reader would.

    Args:
        path: Of the PNG file to write.
        lines: Of text, below each other.
        font_size: In pixels.
        turned: Degrees clockwise, a multiple of 90, that the finished page is turned by.
        tilted: Degrees clockwise that it then lies askew.
    """
    fonts = [font for font in _FONTS if Path(font).exists()]
    if not fonts:
        pytest.skip("no font with Latin and Cyrillic letters is installed")
    font = ImageFont.truetype(fonts[0], font_size)
    width = 200 + int(max(font.getlength(line) for line in lines))
    image = Image.new("L", (width, max(width, 200 + 2 * font_size * len(lines))), 255)
    draw = ImageDraw.Draw(image)
    for index, line in enumerate(lines):
        draw.text((100, 100 + index * round(font_size * 1.6)), line, fill=0, font=font)
    image = image.rotate(-turned, expand=True)
    if tilted:
        image = image.rotate(-tilted, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    image.save(path)
    return PageImage(path=str(path), width=image.width, height=image.height, dpi=200)


def require_tesseract() -> None:
    """Skips the test on a machine without Tesseract, unless it is told that there is one."""
    if shutil.which("tesseract") is None and not os.environ.get("TEXTLIFT_REQUIRE_TESSERACT"):
        pytest.skip("Tesseract is not installed")
