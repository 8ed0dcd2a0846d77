"""The blocks of a page from the elements that dots.ocr found on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.engines.dots_ocr.layout_json import Corners, Element
from textlift.engines.vision_language.formula_text import without_delimiters
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown

KINDS = {
    "Caption": BlockKind.CAPTION,
    "Footnote": BlockKind.FOOTNOTE,
    "Formula": BlockKind.FORMULA,
    "List-item": BlockKind.LIST_ITEM,
    "Page-footer": BlockKind.PAGE_FOOTER,
    "Page-header": BlockKind.PAGE_HEADER,
    "Picture": BlockKind.PICTURE,
    "Section-header": BlockKind.HEADING,
    "Table": BlockKind.TABLE,
    "Text": BlockKind.TEXT,
    "Title": BlockKind.HEADING,
}
"""By the model's categories; of any other, an element is text."""

_LEVELS = {"Title": 1, "Section-header": 2}
_OWN_STRUCTURE = (BlockKind.TABLE, BlockKind.FORMULA, BlockKind.CODE, BlockKind.LIST_ITEM)
_LOST_BACKSLASH = {"\b": r"\b", "\f": r"\f", "\t": r"\t", "\r": r"\r"}
_LOST = re.compile(r"[\b\f\t\r](?=[a-zA-Z])")
_LONG_TEXT = 40
_OFTEN = 5
"""So often the same long text stands on no page; forms and tables repeat short ones."""


class PageScale(msgspec.Struct, frozen=True):
    """From pixels of the image that the model saw to pixels of the page.

    Attributes:
        seen: Width and height of that image.
        page: Width and height of the page.
    """

    seen: tuple[int, int]
    page: tuple[int, int]

    def box(self, corners: Corners | None) -> Box | None:
        """The box on the page, as far as it lies on it; None when nothing of it does."""
        if corners is None:
            return None
        width, height = self.page
        x_factor, y_factor = width / self.seen[0], height / self.seen[1]
        x0, x1 = (min(max(x * x_factor, 0.0), float(width)) for x in corners[0::2])
        y0, y1 = (min(max(y * y_factor, 0.0), float(height)) for y in corners[1::2])
        return Box(x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def without_repeats(elements: Sequence[Element]) -> tuple[Element, ...]:
    """The elements, without those that the model wrote again.

    One with the same text in the same place is a repeat, and so are the later ones of a long
    text that is there five times or more; the first is kept.
    """
    times = Counter(element.text for element in elements)
    kept: list[Element] = []
    places: set[tuple[Corners | None, str, str]] = set()
    texts: set[str] = set()
    for element in elements:
        place = (element.box, element.category, element.text)
        often = len(element.text) >= _LONG_TEXT and times[element.text] >= _OFTEN
        if (often and element.text in texts) or (element.box is not None and place in places):
            continue
        places.add(place)
        texts.add(element.text)
        kept.append(element)
    return tuple(kept)


def blocks_of_elements(elements: Iterable[Element], scale: PageScale) -> tuple[Block, ...]:
    """The blocks, in the order of the elements, with boxes on the page."""
    return tuple(block for element in elements for block in _blocks(element, scale))


def _blocks(element: Element, scale: PageScale) -> Iterator[Block]:
    kind = KINDS.get(element.category, BlockKind.TEXT)
    box = scale.box(element.box)
    # Of the white space, some may be what JSON made of a formula's backslashes.
    text = element.text.strip(" \n")
    if not text.strip():
        if box is not None or kind is BlockKind.PICTURE:
            yield Block(kind, "", box=box, level=_LEVELS.get(element.category, 0))
        return
    match kind:
        case BlockKind.TABLE:
            yield Block(kind, text, box=box)
        case BlockKind.FORMULA:
            yield Block(kind, formula_source(text), box=box)
        case _:
            for block in _of_markdown(text, kind, element.category):
                yield msgspec.structs.replace(block, box=box)


def _of_markdown(text: str, kind: BlockKind, category: str) -> Iterator[Block]:
    """The blocks in an element's text: mostly one of the element's kind."""
    words: list[str] = []
    level = _LEVELS.get(category, 0)
    for block in blocks_of_markdown(text):
        if kind is BlockKind.TEXT or block.kind in _OWN_STRUCTURE:
            if words:
                yield Block(kind, "\n".join(words), level=level)
                words.clear()
            yield block
            continue
        if block.kind is BlockKind.HEADING and kind is BlockKind.HEADING:
            level = block.level
        if block.text:
            words.append(block.text)
    if words:
        yield Block(kind, "\n".join(words), level=level or int(kind is BlockKind.LIST_ITEM))


def lost_backslashes(element: Element) -> bool:
    """Whether JSON took backslashes of a formula for its own.

    ``frac`` after a single backslash is valid JSON: a form feed and ``rac``.
    """
    return KINDS.get(element.category) is BlockKind.FORMULA and bool(_LOST.search(element.text))


def formula_source(text: str) -> str:
    """LaTeX without delimiters, with the backslashes that JSON took for its own."""
    return without_delimiters(_LOST.sub(lambda found: _LOST_BACKSLASH[found.group()], text))
