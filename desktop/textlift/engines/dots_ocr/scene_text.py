"""Scene text as dots.mocr writes it: four corners and the words, again and again."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Point, Quad, quad_box
from textlift.engines.dots_ocr.layout_blocks import PageScale
from textlift.engines.vision_language.family import Answer, Piece

_NUMBER = r"-?\d{1,7}(?:\.\d{1,6})?"
_POINT = rf"\(\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\)"
_QUAD = re.compile(r"\s*,\s*".join([_POINT] * 4))
_BEGUN = re.compile(r"\((?=[\d\s(),.-]*\Z)")
_LONGEST_QUAD = 200


def parsed_scene(answer: str, scale: PageScale) -> Answer:
    """The lines of an answer, a block each, with their corners on the page."""
    quads = list(_QUAD.finditer(answer))
    starts = [quad.start() for quad in quads]
    before = answer[: starts[0]] if starts else answer
    blocks = [Block(BlockKind.TEXT, before.strip())] if before.strip() else []
    for quad, end in zip(quads, [*starts, len(answer)][1:], strict=True):
        text = answer[quad.end() : end].strip()
        line = _line(quad, text, scale)
        if text or line.box is not None:
            blocks.append(Block(BlockKind.TEXT, line.text, box=line.box, lines=(line,)))
    if quads or not before.strip():
        repairs = ("Words at the beginning of the answer came without a place.",)
        return Answer(tuple(blocks), repairs=repairs if before.strip() else ())
    return Answer(tuple(blocks), unparsed="The answer has no places of text, as was asked for.")


class SceneView:
    """Shows the words of scene text and draws their places, while both are written."""

    def __init__(self, scale: PageScale) -> None:
        self._scale = scale
        self._held = ""
        self._after_place = False

    def add(self, text: str) -> Piece:
        """Takes the next characters of the answer."""
        self._held += text
        shown: list[str] = []
        lines: list[Line] = []
        while (quad := _QUAD.search(self._held)) is not None:
            shown.append(self._words(self._held[: quad.start()]))
            lines.append(_line(quad, "", self._scale))
            self._held = self._held[quad.end() :]
            self._after_place = True
        begun = _BEGUN.search(self._held, max(0, len(self._held) - _LONGEST_QUAD))
        end = begun.start() if begun else len(self._held)
        shown.append(self._words(self._held[:end]))
        self._held = self._held[end:]
        return Piece(
            text="".join(shown), lines=tuple(line for line in lines if line.box is not None)
        )

    def _words(self, text: str) -> str:
        """The words without the space between a place and them."""
        if self._after_place:
            text = text.lstrip(" ")
            self._after_place = not text
        return text


def _line(quad: re.Match[str], text: str, scale: PageScale) -> Line:
    numbers = [float(number) for number in quad.groups()]
    box = quad_box(_corners_of(iter(numbers)))
    on_page = scale.box((box.x0, box.y0, box.x1, box.y1))
    factors = (scale.page[0] / scale.seen[0], scale.page[1] / scale.seen[1])
    corners = _corners_of(
        min(max(number * factors[index % 2], 0.0), float(scale.page[index % 2]))
        for index, number in enumerate(numbers)
    )
    words = " ".join(unicodedata.normalize("NFC", text).split())
    slanted = not _is_upright(corners)
    return Line(words, box=on_page, quad=corners if slanted and on_page is not None else None)


def _corners_of(numbers: Iterator[float]) -> Quad:
    points: list[Point] = [(x, y) for x, y in zip(numbers, numbers, strict=True)]
    return points[0], points[1], points[2], points[3]


def _is_upright(quad: Quad) -> bool:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad
    level = math.isclose(y0, y1, abs_tol=1) and math.isclose(y2, y3, abs_tol=1)
    return level and math.isclose(x0, x3, abs_tol=1) and math.isclose(x1, x2, abs_tol=1)
