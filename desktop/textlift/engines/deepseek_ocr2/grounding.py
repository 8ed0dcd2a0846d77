"""The places that DeepSeek-OCR writes before each part of a page.

``<|ref|>title<|/ref|><|det|>[[330, 198, 558, 230]]<|/det|>`` and then the part in Markdown, up
to the next such mark. Places are shares of the page, in thousandths from 0 to 999.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box, union_box
from textlift.engines.vision_language.beginnings import begun
from textlift.engines.vision_language.family import Piece
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown

_GRID = 999
_MARK = re.compile(r"<\|ref\|>(?P<label>[^<\n]*)<\|/ref\|>\s*<\|det\|>(?P<places>[^<]*)<\|/det\|>")
_OPENING = "<|ref|>"
_CLOSING = "<|/det|>"
_LEFT_OPEN = re.compile(
    r"<\|ref\|>[^<\n]*(?:<\|/ref\|>\s*(?:<\|det\|>[\s\d.,\[\]]*)?)?(?:<[|/a-z]*)?\Z"
)
_PLACE = re.compile(r"\[\s*" + r"\s*,\s*".join([r"(\d+(?:\.\d+)?)"] * 4) + r"\s*\]")

_KINDS = {
    "header": BlockKind.PAGE_HEADER,
    "footer": BlockKind.PAGE_FOOTER,
    "page_number": BlockKind.PAGE_FOOTER,
    "footnote": BlockKind.FOOTNOTE,
    "table_footnote": BlockKind.FOOTNOTE,
    "image_caption": BlockKind.CAPTION,
    "table_caption": BlockKind.CAPTION,
    "figure_caption": BlockKind.CAPTION,
}
"""By label; what the others are is seen in their Markdown."""
_PICTURES = frozenset({"image", "figure", "chart", "picture"})


def has_grounding(answer: str) -> bool:
    """Whether there is a place in an answer."""
    return _MARK.search(answer) is not None


def blocks_of_grounding(answer: str, *, width: int, height: int) -> tuple[Block, ...]:
    """The blocks of a page, in the order they are written.

    Args:
        answer: Complete or broken off.
        width: Of the page in pixels, to place the blocks on it.
        height: Likewise.
    """
    # A mark that was being written when the answer broke off says nothing.
    answer = _LEFT_OPEN.sub("", answer)
    marks = list(_MARK.finditer(answer))
    edges = [*(mark.start() for mark in marks), len(answer)]
    blocks = list(blocks_of_markdown(answer[: edges[0]]))
    for mark, end in zip(marks, edges[1:], strict=True):
        box = _box(mark["places"], width, height)
        blocks.extend(_blocks(mark["label"].strip().lower(), answer[mark.end() : end], box))
    return tuple(blocks)


def _blocks(label: str, text: str, box: Box | None) -> Iterator[Block]:
    if label in _PICTURES and not text.strip():
        yield Block(kind=BlockKind.PICTURE, text="", box=box)
        return
    for block in blocks_of_markdown(text):
        kind = _KINDS.get(label, block.kind)
        level = block.level if kind is block.kind else 0
        yield msgspec.structs.replace(block, kind=kind, level=level, box=box)


def _box(places: str, width: int, height: int) -> Box | None:
    """Around all places of a part, which can run over two columns."""
    boxes: list[Box] = []
    for place in _PLACE.finditer(places):
        x0, y0, x1, y1 = (min(float(number), _GRID) for number in place.groups())
        grid = Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        boxes.append(grid.scaled(width / _GRID, height / _GRID))
    return union_box(boxes) if boxes else None


class GroundingView:
    """Shows the Markdown without its marks, and the places as outlines."""

    def __init__(self, *, width: int, height: int) -> None:
        self._width = width
        self._height = height
        self._held = ""

    def add(self, text: str) -> Piece:
        """Takes the next characters of the answer."""
        self._held += text
        shown: list[str] = []
        lines: list[Line] = []
        while (start := self._held.find(_OPENING)) >= 0:
            shown.append(self._held[:start])
            end = self._held.find(_CLOSING, start)
            self._held = self._held[start:]
            if end < 0:
                break
            mark = self._held[: end - start + len(_CLOSING)]
            self._held = self._held[len(mark) :].removeprefix("\n")
            box = _box(mark, self._width, self._height)
            if box is not None:
                lines.append(Line(text="", box=box))
        else:
            ready = len(self._held) - begun(self._held, _OPENING)
            shown.append(self._held[:ready])
            self._held = self._held[ready:]
        return Piece(text="".join(shown), lines=tuple(lines))
