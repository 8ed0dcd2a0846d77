"""DocTags, in which Granite Docling writes pages: a tree of elements with their places.

Complete or broken off, well-formed or not: what is there is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.engines.vision_language.otsl import has_otsl, html_of_otsl

GRID = 500
"""Places are given on a grid of so many steps across the page, and as many down."""

CELLS = frozenset({"fcel", "ecel", "lcel", "ucel", "xcel", "ched", "rhed", "srow", "nl"})
"""Marks inside a table, which are left to OTSL."""

_MARK = re.compile(r"<(?P<close>/?)(?P<name>[a-z][a-z_0-9]*)>|<_(?P<language>[^<>]*)_>")
_LOCATION = re.compile(r"loc_(\d{1,3})$")
_SECTION = re.compile(r"section_header_level_(\d)$")

_PLAIN = {
    "text": BlockKind.TEXT,
    "paragraph": BlockKind.TEXT,
    "reference": BlockKind.TEXT,
    "checkbox_selected": BlockKind.TEXT,
    "checkbox_unselected": BlockKind.TEXT,
    "handwritten_text": BlockKind.TEXT,
    "key_value_region": BlockKind.TEXT,
    "smiles": BlockKind.TEXT,
    "inline": BlockKind.TEXT,
    "title": BlockKind.HEADING,
    "list_item": BlockKind.LIST_ITEM,
    "formula": BlockKind.FORMULA,
    "code": BlockKind.CODE,
    "caption": BlockKind.CAPTION,
    "footnote": BlockKind.FOOTNOTE,
    "page_header": BlockKind.PAGE_HEADER,
    "page_footer": BlockKind.PAGE_FOOTER,
}
_TABLES = frozenset({"otsl", "document_index"})
_PICTURES = frozenset({"picture", "chart"})
_LISTS = frozenset({"ordered_list", "unordered_list"})
_GROUPS = frozenset({"doctag", "group", "section"}) | _LISTS
_BOXES = {"checkbox_selected": "☒ ", "checkbox_unselected": "☐ "}
_DEEPEST = 50
"""Elements inside each other; what would stand deeper stands beside the last of them. A model
that begins elements without end would go deeper than a program can follow."""
_NUMBERED = re.compile(r"\(?[\dA-Za-z]{1,3}[.)]")


class _Element:
    """An element while it is read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: list[int] = []
        self.inside: list[_Element | str] = []

    @property
    def text(self) -> str:
        """Its own words, and those of what stands inside its lines."""
        parts: list[str] = []
        for part in self.inside:
            if isinstance(part, str):
                parts.append(part)
            elif self.name == "inline" and part.name == "formula":
                parts.append(f"${part.words}$")
            elif self.name == "inline":
                parts.append(part.words)
        separator = " " if self.name == "inline" else ""
        words = separator.join(part.strip() for part in parts) if separator else "".join(parts)
        return words.strip()

    @property
    def words(self) -> str:
        """Its own words and those of everything inside it, however deep."""
        parts = (part if isinstance(part, str) else part.words for part in self.inside)
        return " ".join(words for part in parts if (words := part.strip()))

    @property
    def children(self) -> Iterator[_Element]:
        return (part for part in self.inside if isinstance(part, _Element))


def is_doctags(text: str) -> bool:
    """Whether there is an element of DocTags in ``text``."""
    return any(is_element(mark["name"]) for mark in _MARK.finditer(text) if mark["name"])


def blocks_of_doctags(text: str, *, width: int, height: int) -> tuple[Block, ...]:
    """The blocks of a page in the order they are written.

    Args:
        text: The model's answer.
        width: Of the page in pixels, to place the blocks on it.
        height: Likewise.
    """
    root = _tree(text)
    return tuple(_Page(width, height).blocks(root, list_level=0))


def is_element(name: str) -> bool:
    """Whether a mark of this name begins or ends an element."""
    known = name in _PLAIN or name in _TABLES or name in _PICTURES or name in _GROUPS
    return known or _SECTION.match(name) is not None


def _tree(text: str) -> _Element:
    root = _Element("doctag")
    open_elements = [root]
    end = 0
    for mark in _MARK.finditer(text):
        before, end = text[end : mark.start()], mark.end()
        if before:
            open_elements[-1].inside.append(before)
        name = mark["name"]
        if name is None:
            continue  # the programming language of a piece of code
        place = _LOCATION.match(name)
        if place is not None:
            open_elements[-1].places.append(int(place[1]))
        elif name in CELLS:
            open_elements[-1].inside.append(mark[0])
        elif not is_element(name):
            if open_elements[-1].name not in _PICTURES:
                open_elements[-1].inside.append(mark[0])  # it is text that looks like a mark
        elif not mark["close"]:
            element = _Element(name)
            if len(open_elements) > _DEEPEST:
                open_elements.pop()
            open_elements[-1].inside.append(element)
            open_elements.append(element)
        else:
            _close(open_elements, name)
    open_elements[-1].inside.append(text[end:])
    return root


def _close(open_elements: list[_Element], name: str) -> None:
    """Closes the innermost element of that name with all inside it; the page stays open."""
    for depth in range(len(open_elements) - 1, 0, -1):
        if open_elements[depth].name == name:
            del open_elements[depth:]
            return


class _Page:
    """Makes blocks of elements."""

    def __init__(self, width: int, height: int) -> None:
        self._x = width / GRID
        self._y = height / GRID

    def blocks(self, element: _Element, *, list_level: int) -> Iterator[Block]:
        """The blocks of what stands in a group."""
        number = 0
        level = list_level + (element.name in _LISTS)
        for part in element.inside:
            if isinstance(part, str):
                if part.strip():
                    yield Block(kind=BlockKind.TEXT, text=part.strip())
                continue
            if part.name == "list_item":
                number += 1
                ordered = element.name == "ordered_list"
                yield from self._item(part, number=number if ordered else 0, level=max(level, 1))
            else:
                yield from self._element(part, level)

    def _element(self, element: _Element, level: int) -> Iterator[Block]:
        name = element.name
        section = _SECTION.match(name)
        if name in _GROUPS:
            yield from self.blocks(element, list_level=level)
        elif name in _TABLES:
            yield from self._table(element)
        elif name in _PICTURES:
            yield from self._picture(element)
        elif section is not None:
            # Level 1 is what stands under the page's title.
            yield from self._plain(element, BlockKind.HEADING, level=int(section[1]) + 1)
        else:
            yield from self._plain(element, _PLAIN[name], level=1 if name == "title" else 0)

    def _plain(self, element: _Element, kind: BlockKind, *, level: int = 0) -> Iterator[Block]:
        text = element.text
        if text:
            text = _BOXES.get(element.name, "") + text
            yield Block(kind=kind, text=text, box=self._box(element), level=level)
        if element.name == "inline":
            return
        for child in element.children:
            yield from self._element(child, 0)

    def _item(self, element: _Element, *, number: int, level: int) -> Iterator[Block]:
        text = element.text
        if text and number and not _NUMBERED.match(text):
            text = f"{number}. {text}"
        if text:
            yield Block(kind=BlockKind.LIST_ITEM, text=text, box=self._box(element), level=level)
        for child in element.children:
            yield from self._element(child, level)

    def _table(self, element: _Element) -> Iterator[Block]:
        captions = [child for child in element.children if child.name not in _TABLES]
        for caption in captions:
            yield from self._element(caption, 0)
        text = html_of_otsl(element.text)
        if text or element.text:
            yield Block(
                kind=BlockKind.TABLE if text else BlockKind.TEXT,
                text=text or element.text,
                box=self._box(element),
            )
        for child in element.children:
            if child.name in _TABLES:
                yield from self._table(child)

    def _picture(self, element: _Element) -> Iterator[Block]:
        text = element.text
        if has_otsl(text):
            yield Block(kind=BlockKind.TABLE, text=html_of_otsl(text), box=self._box(element))
        else:
            yield Block(kind=BlockKind.PICTURE, text=text, box=self._box(element))
        for child in element.children:
            yield from self._element(child, 0)

    def _box(self, element: _Element) -> Box | None:
        if len(element.places) < 4:
            return None
        xs = sorted((element.places[0], element.places[2]))
        ys = sorted((element.places[1], element.places[3]))
        grid = Box(*(float(min(place, GRID)) for place in (xs[0], ys[0], xs[1], ys[1])))
        return grid.scaled(self._x, self._y)
