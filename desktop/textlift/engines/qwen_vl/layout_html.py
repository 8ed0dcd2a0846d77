"""QwenVL HTML, the layout language of the Qwen-VL models, as blocks of a page.

Each element says in ``data-bbox`` where it lies. The language is described in the technical report
of Qwen2.5-VL (section 2.2.1) and in the document parsing examples of both generations.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping

import msgspec

from textlift.content.block import Block, BlockKind
from textlift.content.html_reading import LenientHtmlParser
from textlift.engines.qwen_vl.html_elements import (
    BLOCKS,
    FENCE_BEGIN,
    HEADINGS,
    INLINE,
    LISTS,
    TABLE_PARTS,
    UNSEEN,
    kind_of,
)
from textlift.engines.qwen_vl.places import Corners, Measure, corners_of
from textlift.engines.vision_language.family import Answer
from textlift.engines.vision_language.formula_text import without_delimiters
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown

_FENCE_END = re.compile(r"\n?```\s*\Z")
_SPACES = re.compile(r"[ \t\f\v]+")
_MARKED = re.compile(r"^(?:[•◦▪‣·*\-–—]|\(?\d{1,9}[.)])\s")
_CLOSED_BY = {"p": BLOCKS | {"table"}, "li": frozenset({"li"})}
"""Tags at whose beginning an element ends that nobody closed."""


class _Element(msgspec.Struct):
    """An element that is a block, while its text is gathered."""

    kind: BlockKind
    corners: Corners | None = None
    level: int = 0
    mark: str = ""
    parts: list[str] = msgspec.field(default_factory=list)


class _Frame(msgspec.Struct):
    """An open tag, the element its text belongs to, and the items of a list so far."""

    tag: str
    element: _Element
    items: int = 0


def layout_of_html(answer: str, measure: Measure) -> Answer:
    """The blocks of an answer, complete or broken off.

    An answer without any element is no layout; it is read as Markdown then, and says so.
    """
    source = _FENCE_END.sub("", FENCE_BEGIN.sub("", answer))
    parser = _LayoutParser()
    parser.feed(source)
    parser.close()
    if not parser.found and source.strip():
        return Answer(
            blocks=blocks_of_markdown(source),
            unparsed="The answer is not the HTML with places that the model was asked for.",
        )
    blocks = tuple(
        block for element in parser.elements if (block := _block(element, measure)) is not None
    )
    return Answer(blocks=blocks, repairs=parser.repairs())


def _block(element: _Element, measure: Measure) -> Block | None:
    text = "".join(element.parts)
    if element.kind in (BlockKind.CODE, BlockKind.TABLE):
        text = text.strip("\n")
    else:
        lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
        text = "\n".join(line for line in lines if line)
    box = measure.box(element.corners)
    if not text and (element.kind is not BlockKind.PICTURE or box is None):
        return None
    if element.kind is BlockKind.FORMULA:
        text = without_delimiters(text)
    if element.mark and not _MARKED.match(text):
        text = f"{element.mark} {text}"
    text = unicodedata.normalize("NFC", text)
    return Block(element.kind, text, box=box, level=element.level)


def _is_whole(element: _Element) -> bool:
    """Whether what stands in an element belongs to it, and is not a wrapper's."""
    return element.corners is not None or element.kind is not BlockKind.TEXT


class _LayoutParser(LenientHtmlParser):
    """Gathers elements in the order in which they begin.

    Attributes:
        elements: Those that may become blocks.
        found: There was any element at all.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[_Element] = []
        self.found = False
        self._frames: list[_Frame] = []
        self._loose: _Element | None = None
        self._table: _Element | None = None
        self._tables = 0
        self._unseen = ""
        self._lost_places = 0

    def repairs(self) -> tuple[str, ...]:
        """What had to be mended, a sentence each."""
        sentences = []
        if self._lost_places:
            many = self._lost_places > 1
            sentences.append(
                f"{self._lost_places} place{'s' if many else ''} could not be understood "
                f"and {'were' if many else 'was'} left out."
            )
        if self._tables:
            sentences.append("The last table was not finished.")
        return tuple(sentences)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in UNSEEN:
            self._unseen = tag
        elif tag == "table" or self._tables:
            self._in_table(tag, values)
        elif tag in BLOCKS:
            self._open(tag, values)
        elif tag == "img":
            self._picture(values)
        elif tag == "br":
            self._current().parts.append("\n")
        elif tag not in INLINE:
            # “a <b and c> d” is text that was not escaped.
            self.handle_data(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""
        elif self._tables:
            self._end_in_table(tag)
        elif any(frame.tag == tag for frame in self._frames):
            while self._frames.pop().tag != tag:
                pass
            self._loose = None

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._table is not None and self._tables:
            self._table.parts.append(html.escape(data, quote=False))
        elif self._frames or self._loose is not None or data.strip():
            self._current().parts.append(data)

    def _current(self) -> _Element:
        """The element that text belongs to; a paragraph where none is open."""
        if self._frames:
            return self._frames[-1].element
        if self._loose is None:
            self._loose = self._begin(_Element(BlockKind.TEXT))
        return self._loose

    def _begin(self, element: _Element) -> _Element:
        self.elements.append(element)
        return element

    def _open(self, tag: str, values: Mapping[str, str | None]) -> None:
        self.found = True
        self._loose = None
        while self._frames and tag in _CLOSED_BY.get(self._frames[-1].tag, ()):
            self._frames.pop()
        outer = self._frames[-1] if self._frames else None
        corners = self._corners(values)
        alone = corners is not None or tag in HEADINGS or tag in {"li", "pre"}
        if outer is not None and outer.tag not in LISTS and not alone and _is_whole(outer.element):
            # A part of an element that has a place, such as the words beside a picture.
            outer.element.parts.append("\n")
            self._frames.append(_Frame(tag, outer.element))
            return
        element = _Element(kind_of(tag, values.get("class") or ""), corners=corners)
        if tag == "li":
            lists = [frame for frame in self._frames if frame.tag in LISTS]
            element.level = max(1, len(lists))
            element.mark = "-"
            if lists:
                lists[-1].items += 1
                if lists[-1].tag == "ol":
                    element.mark = f"{lists[-1].items}."
        element.level = HEADINGS.get(tag, element.level)
        self._frames.append(_Frame(tag, self._begin(element)))

    def _picture(self, values: Mapping[str, str | None]) -> None:
        self.found = True
        corners = self._corners(values)
        if self._frames and self._frames[-1].element.kind is not BlockKind.TEXT:
            return  # the image of the picture, chart or formula that it stands in
        if corners is not None:
            self._begin(_Element(BlockKind.PICTURE, corners, parts=[values.get("alt") or ""]))

    def _in_table(self, tag: str, values: Mapping[str, str | None]) -> None:
        if not self._tables:
            self.found = True
            self._loose = None
            while self._frames and tag in _CLOSED_BY.get(self._frames[-1].tag, ()):
                self._frames.pop()
            outer = self._frames[-1].element.corners if self._frames else None
            corners = self._corners(values) or outer
            self._table = self._begin(_Element(BlockKind.TABLE, corners))
        if tag == "table":
            self._tables += 1
        if tag in TABLE_PARTS and self._table is not None:
            spans = "".join(
                f' {name}="{value}"'
                for name in ("colspan", "rowspan")
                if (value := values.get(name)) and value.isdecimal() and value != "1"
            )
            self._table.parts.append(f"<{tag}{spans}>")

    def _end_in_table(self, tag: str) -> None:
        if tag in TABLE_PARTS and tag != "br" and self._table is not None:
            self._table.parts.append(f"</{tag}>")
        if tag == "table":
            self._tables -= 1

    def _corners(self, values: Mapping[str, str | None]) -> Corners | None:
        if "data-bbox" not in values:
            return None
        corners = corners_of(values["data-bbox"])
        self._lost_places += corners is None
        return corners
