"""What the elements of QwenVL HTML are on a page."""

from __future__ import annotations

import re

from textlift.content.block import BlockKind

FENCE_BEGIN = re.compile(r"\A\s*```(?:html)?[ \t]*\n?")
"""Models like to write HTML as a block of code."""

HEADINGS = {f"h{level}": level for level in range(1, 7)}

LISTS = frozenset({"ol", "ul"})

UNSEEN = frozenset({"style", "script", "head", "title"})
"""Their text stands nowhere on the page."""

BLOCKS = frozenset(
    {
        *HEADINGS,
        *LISTS,
        "address",
        "article",
        "aside",
        "blockquote",
        "caption",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "header",
        "li",
        "main",
        "nav",
        "p",
        "pre",
        "section",
    }
)
"""Tags that begin and end a stretch of text."""

INLINE = frozenset(
    {
        "a", "abbr", "b", "big", "body", "center", "cite", "code", "del", "em", "font", "hr",
        "html", "i", "ins", "kbd", "label", "link", "mark", "meta", "q", "s", "small", "span",
        "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
    }
)  # fmt: skip
"""Tags that say nothing that a block can hold."""

TABLE_PARTS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th", "br"})

_BY_TAG = {
    **dict.fromkeys(HEADINGS, BlockKind.HEADING),
    "li": BlockKind.LIST_ITEM,
    "pre": BlockKind.CODE,
    "header": BlockKind.PAGE_HEADER,
    "footer": BlockKind.PAGE_FOOTER,
    "caption": BlockKind.CAPTION,
    "figcaption": BlockKind.CAPTION,
    "figure": BlockKind.PICTURE,
}

_BY_CLASS = (
    # The first that occurs in the class; notations of molecules and music are no LaTeX.
    ("chemical", BlockKind.CODE),
    ("music", BlockKind.CODE),
    ("code", BlockKind.CODE),
    ("formula", BlockKind.FORMULA),
    ("equation", BlockKind.FORMULA),
    ("footnote", BlockKind.FOOTNOTE),
    ("header", BlockKind.PAGE_HEADER),
    ("footer", BlockKind.PAGE_FOOTER),
    ("page-num", BlockKind.PAGE_FOOTER),
    # “image caption” and “image ocr” are pictures with what the model says of them.
    ("image", BlockKind.PICTURE),
    ("chart", BlockKind.PICTURE),
    ("caption", BlockKind.CAPTION),
    ("figure", BlockKind.PICTURE),
    ("picture", BlockKind.PICTURE),
    ("table", BlockKind.TABLE),
)


def kind_of(tag: str, names: str) -> BlockKind:
    """The kind of an element by its tag, or by the names of its class."""
    if tag in _BY_TAG:
        return _BY_TAG[tag]
    names = names.lower()
    return next((kind for name, kind in _BY_CLASS if name in names), BlockKind.TEXT)
