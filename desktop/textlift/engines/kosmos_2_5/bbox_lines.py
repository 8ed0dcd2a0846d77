"""The lines that Kosmos-2.5 writes, each after its place.

``<bbox><x_53><y_573><x_69><y_606></bbox>words``, a line each. Places are in pixels of the image
as the model sees it, so that they depend on the size it was given.
"""

from __future__ import annotations

import re

import msgspec

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box, union_box
from textlift.content.placed import Placed
from textlift.content.reading_order import order_blocks
from textlift.engines.vision_language.beginnings import begun
from textlift.engines.vision_language.family import Answer, Piece

_OPENING = "<bbox>"
_CLOSING = "</bbox>"
_COORDINATES = r"\s*(?:<[xy]_\d+>\s*)*"
_MARK = re.compile(rf"{_OPENING}({_COORDINATES})(?:{_CLOSING})?")
_PLACE = re.compile(r"\s*<x_(\d+)>\s*<y_(\d+)>\s*<x_(\d+)>\s*<y_(\d+)>\s*")
_LEFT_OPEN = re.compile(rf"{_OPENING}{_COORDINATES}(?:<(?:[xy](?:_\d*)?|/b?b?o?x?)?)?\Z")
_STRAY = re.compile(r"</?bbox>|<[xy]_\d+>")


class SeenPage(msgspec.Struct, frozen=True):
    """How a page and the image that the model saw of it lie on each other.

    Attributes:
        page: Width and height in pixels.
        seen: Likewise, of the image.
    """

    page: tuple[int, int]
    seen: tuple[int, int]

    def box(self, coordinates: str) -> Box | None:
        """Where a mark's coordinates lie on the page; None where they are no place on it."""
        place = _PLACE.fullmatch(coordinates)
        if place is None:
            return None
        x0, x1 = self._across(0, place[1], place[3])
        y0, y1 = self._across(1, place[2], place[4])
        return Box(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def _across(self, axis: int, *coordinates: str) -> tuple[float, float]:
        page, seen = self.page[axis], self.seen[axis]
        # One beyond the image is at its edge, however many digits were written.
        at = sorted(min(float(number), seen) * page / seen for number in coordinates)
        return at[0], at[-1]


def parsed_lines(answer: str, page: SeenPage) -> Answer:
    """The blocks of an answer, complete or broken off."""
    # A place that was being written when the answer broke off says nothing.
    answer = _LEFT_OPEN.sub("", answer)
    first, *parts = _MARK.split(answer)
    placed: list[Line] = []
    unplaced = _words(first)
    for coordinates, text in zip(parts[::2], parts[1::2], strict=True):
        words = _words(text)
        box = page.box(coordinates)
        if box is None:
            unplaced += words
        elif words:
            placed.append(Line(" ".join(words), box=box))
    blocks = _blocks(placed)
    if unplaced:
        blocks.append(Block(BlockKind.TEXT, "\n".join(unplaced)))
    if not unplaced or placed:
        repairs = ("Lines that came without a usable place stand at the end.",)
        return Answer(tuple(blocks), repairs=repairs if unplaced else ())
    return Answer(tuple(blocks), unparsed="The model did not say where the text stands.")


def _words(text: str) -> list[str]:
    """The lines of a text that say something, without marks that went astray."""
    lines = (" ".join(_STRAY.sub(" ", line).split()) for line in text.split("\n"))
    return [line for line in lines if line]


def _blocks(lines: list[Line]) -> list[Block]:
    """Paragraphs and headings; what stands beside each other on the page is one line of them."""
    pieces = [Placed(box=line.box, text=line.text) for line in lines if line.box is not None]
    blocks = []
    for ordered in order_blocks(pieces):
        of_block = tuple(
            Line(
                " ".join(pieces[index].text for index in row),
                box=union_box(pieces[index].box for index in row),
            )
            for row in ordered.rows
        )
        blocks.append(
            Block(
                ordered.kind,
                "\n".join(line.text for line in of_block),
                box=union_box(line.box for line in of_block if line.box is not None),
                level=1 if ordered.kind is BlockKind.HEADING else 0,
                lines=of_block,
            )
        )
    return blocks


class BboxLinesView:
    """Shows the words without their places, and the places as outlines."""

    def __init__(self, page: SeenPage) -> None:
        self._page = page
        self._held = ""

    def add(self, text: str) -> Piece:
        """Takes the next characters of the answer."""
        self._held += text
        ready = len(self._held) - self._unfinished()
        first, *parts = _MARK.split(self._held[:ready])
        self._held = self._held[ready:]
        boxes = [self._page.box(coordinates) for coordinates in parts[::2]]
        return Piece(
            text="".join([first, *parts[1::2]]),
            lines=tuple(Line("", box=box) for box in boxes if box is not None),
        )

    def _unfinished(self) -> int:
        """Characters at the end that are, or may be, the beginning of a mark."""
        left_open = _LEFT_OPEN.search(self._held)
        return len(left_open.group()) if left_open else begun(self._held, _OPENING)
