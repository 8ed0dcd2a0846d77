"""The page made upright for a model, and what the model found put back on the page as it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import msgspec
from PIL import Image

from textlift.content.block import Block, Line
from textlift.content.geometry import Box, turned_back
from textlift.content.page_image import PageImage
from textlift.engines.opened_page import opened_page

_ROTATIONS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def load_upright(page: PageImage, *, rotation: int) -> Image.Image:
    """The page in RGB, turned clockwise by ``rotation`` degrees; what is transparent is paper.

    Raises:
        EngineError: The file is gone or is not an image.
    """
    with opened_page(page) as opened:
        opened.load()
        mode = "RGBA" if opened.has_transparency_data else "RGB"
        image = opened if opened.mode == mode else opened.convert(mode)
    if image.mode == "RGBA":
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image).convert("RGB")
    return image.transpose(_ROTATIONS[rotation]) if rotation in _ROTATIONS else image


def box_on_turned(box: Box, page: PageImage, *, rotation: int) -> Box:
    """Where a box of the page lies on the page turned clockwise by ``rotation`` degrees."""
    sideways = rotation in {90, 270}
    width, height = (page.height, page.width) if sideways else (page.width, page.height)
    # Turning forward by an angle is turning back by the rest of the circle.
    return _turned_back(box, (360 - rotation) % 360, width, height)


def placed_blocks(
    blocks: Iterable[Block], page: PageImage, *, rotation: int, inside: Box | None
) -> tuple[Block, ...]:
    """The blocks with their boxes on the page as rendered, their text in NFC.

    Args:
        blocks: Their boxes are in pixels of the turned page.
        page: As rendered.
        rotation: Degrees clockwise it was turned by.
        inside: Where the model was told to read; the place of blocks that have none.
    """

    def on_page(box: Box | None) -> Box | None:
        if box is None:
            return None
        back = _turned_back(box, rotation, page.width, page.height)
        return Box(
            min(max(back.x0, 0), page.width),
            min(max(back.y0, 0), page.height),
            min(max(back.x1, 0), page.width),
            min(max(back.y1, 0), page.height),
        )

    def line_on_page(line: Line) -> Line:
        quad = line.quad if rotation == 0 else None
        return msgspec.structs.replace(line, text=_nfc(line.text), box=on_page(line.box), quad=quad)

    return tuple(
        msgspec.structs.replace(
            block,
            text=_nfc(block.text),
            box=on_page(block.box) if block.box is not None else inside,
            lines=tuple(line_on_page(line) for line in block.lines),
        )
        for block in blocks
    )


def _turned_back(box: Box, rotation: int, width: int, height: int) -> Box:
    corners = [
        turned_back(point, rotation=rotation, width=width, height=height)
        for point in ((box.x0, box.y0), (box.x1, box.y1))
    ]
    xs, ys = zip(*corners, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
