"""Pages drawn for PP-OCRv6, and the engine itself, loaded once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from textlift.content.page_image import PageImage
from textlift.engines.contract import EngineOptions

ENGLISH = (
    "The quick brown fox jumps over the lazy dog",
    "while seven wizards mix a potion of thyme",
    "and every line of this page is upright print",
    "so that the vote of its lines is beyond doubt.",
)
RUSSIAN = (
    "Все люди рождаются свободными и равными",
    "в своём достоинстве и правах. Они наделены",
    "разумом и совестью и должны поступать",
    "в отношении друг друга в духе братства.",
)

DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if DEJAVU.is_file():
        return ImageFont.truetype(str(DEJAVU), size)
    return ImageFont.load_default(size)


def drawn(lines: tuple[str, ...], *, size: int = 28, width: int = 900) -> Image.Image:
    """A white page with lines of text."""
    pitch = round(size * 1.6)
    image = Image.new("RGB", (width, 120 + pitch * len(lines)), "white")
    draw = ImageDraw.Draw(image)
    for i, line in enumerate(lines):
        draw.text((60, 60 + i * pitch), line, font=font(size), fill="black")
    return image


@pytest.fixture
def page_of(tmp_path: Path) -> Callable[[Image.Image], PageImage]:
    """Puts a picture on disk as the reader does."""

    def save(image: Image.Image) -> PageImage:
        path = tmp_path / "page.png"
        image.save(path)
        return PageImage(path=str(path), width=image.width, height=image.height)

    return save


@pytest.fixture(scope="session")
def engine():
    from textlift.engines.pp_ocr.engine import PpOcrEngine

    return PpOcrEngine(EngineOptions(threads=1))
