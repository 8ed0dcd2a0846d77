"""Formatted answers of GOT-OCR2: Markdown in part, LaTeX for titles, lists, notes and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textlift.content.block import Block, BlockKind
from textlift.engines.got_ocr2.latex_inline import inline_markdown
from textlift.engines.got_ocr2.latex_lists import lists_in_markdown
from textlift.engines.vision_language.latex_tables import braced
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown
from textlift.engines.vision_language.markdown_source import Stretch, StretchKind, stretches

_LEVELS = {"title": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5}
_KINDS = {
    "caption": BlockKind.CAPTION,
    "footnotetext": BlockKind.FOOTNOTE,
    "footnote": BlockKind.FOOTNOTE,
    "author": BlockKind.TEXT,
    "date": BlockKind.TEXT,
    "abstract": BlockKind.TEXT,
}
_WORDS = {BlockKind.TEXT, BlockKind.LIST_ITEM}
_COMMAND = re.compile(
    r"^[ \t]*\\("
    + "|".join([*_LEVELS, *_KINDS, "includegraphics"])
    + r")\*?[ \t]*(?:\[[^\]\n]*\])?[ \t]*\{",
    re.MULTILINE,
)
_SCAFFOLD = re.compile(
    r"^[ \t]*(?:"
    r"\\(?:begin|end)\{(?:abstract|center|document|figure\*?|quote|quotation|flushleft|flushright)\}"
    r"(?:\[[^\]\n]*\])?"
    r"|\\captionsetup\{[^}\n]*\}|\\(?:maketitle|newpage|clearpage|centering|hrulefill)"
    r")[ \t]*$",
    re.MULTILINE,
)
"""Lines that hold no words of the page."""


def blocks_of_latex(answer: str) -> tuple[Block, ...]:
    """The blocks of a formatted answer, in its order, without places.

    A title is a heading of level 1 and a section of level 2. Formulas, tables and paragraphs are
    those of ``blocks_of_markdown``. What is not known stays text.
    """
    blocks: list[Block] = []
    for stretch in stretches(answer.replace("\r\n", "\n")):
        if stretch.kind is StretchKind.MARKDOWN:
            blocks.extend(_blocks_of_text(stretch.text))
        else:
            blocks.extend(blocks_of_markdown(_source(stretch)))
    return tuple(blocks)


def _source(stretch: Stretch) -> str:
    return f"$$\n{stretch.text}\n$$" if stretch.kind is StretchKind.FORMULA else stretch.text


def _blocks_of_text(text: str) -> Iterator[Block]:
    """Blocks of source without display formulas and tables: commands, and what is between them."""
    end = 0
    while match := _COMMAND.search(text, end):
        yield from _running_text(text[end : match.start()])
        inner, end = braced(text, match.end() - 1)
        name = match.group(1)
        if name == "includegraphics":
            yield Block(BlockKind.PICTURE, "")
        elif name in _LEVELS:
            heading = " ".join(_words(inner).split())
            if heading:
                yield Block(BlockKind.HEADING, heading, level=_LEVELS[name])
        else:
            for block in _running_text(inner):
                yield Block(_KINDS[name], block.text) if block.kind in _WORDS else block
    yield from _running_text(text[end:])


def _running_text(source: str) -> tuple[Block, ...]:
    return blocks_of_markdown(inline_markdown(lists_in_markdown(_SCAFFOLD.sub("", source))))


def _words(source: str) -> str:
    """What a heading says, whatever it looks like."""
    return "\n".join(block.text for block in _running_text(source))
