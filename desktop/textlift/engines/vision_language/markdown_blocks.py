"""Markdown that a model wrote, as blocks of a page."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from textlift.content.block import Block, BlockKind
from textlift.engines.vision_language.latex_tables import (
    caption_of_latex_table,
    html_of_latex_table,
    tables_and_words,
)
from textlift.engines.vision_language.markdown_source import Stretch, StretchKind, stretches

_FORMATTING = re.compile(
    r"</?(?:a|b|big|center|cite|code|del|div|em|font|i|ins|kbd|mark|p|q|s|small|span|strike|strong"
    r"|sub|sup|tt|u|var)(?:\s[^>]*)?/?>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?:-?>|.*?-->|)", re.DOTALL)
"""One that is never closed hides nothing."""
_BROKEN_OFF = re.compile(r"<!--[^>\n]*\Z")
_DEEPEST = 100
"""Levels of lists and quotations; what lies deeper is dropped by the parser."""
_IMAGE = re.compile(r"""<img\b((?:"[^"<]*"|'[^'<]*'|[^>])*+)>""", re.IGNORECASE)
"""Possessive: where many are never closed, none is tried in more than one way."""
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_INLINE_FORMULA = re.compile(r"\$[^$\n]+\$|\\\([^\n]*?\\\)")
_DOLLARS = re.compile(r"\$\$[^$]+\$\$|\$(?![\s$])(?:[^$\\\n]|\\.)*?(?<!\s)\$(?!\d)")
_UNESCAPED_BAR = re.compile(r"(?<!\\)\|")
_PARENTHESES = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)


def blocks_of_markdown(text: str) -> tuple[Block, ...]:
    """The blocks of an answer in Markdown, in its order, without places.

    Headings carry their level, list items their depth and their number; a table's text is HTML or
    a pipe table; a formula's is LaTeX without delimiters. What is no markup stays text: nothing
    that the model wrote is lost, but for comments and the signs of emphasis.
    """
    blocks: list[Block] = []
    # All line ends alike, as the parser counts lines.
    text = _BROKEN_OFF.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for stretch in stretches(text):
        blocks.extend(_blocks_of_stretch(stretch))
    return tuple(blocks)


def _blocks_of_stretch(stretch: Stretch) -> Iterator[Block]:
    match stretch.kind:
        case StretchKind.FORMULA:
            yield from _block(BlockKind.FORMULA, stretch.text)
        case StretchKind.HTML_TABLE:
            yield from _block(BlockKind.TABLE, stretch.text)
        case StretchKind.LATEX_TABLE:
            yield from _latex_table(stretch.text)
        case StretchKind.MARKDOWN:
            lines = stretch.text.split("\n")
            yield from _blocks_of_tokens(_parser().parse(stretch.text), lines)


def _latex_table(source: str) -> Iterator[Block]:
    """The tables of an environment, which may hold several, its caption, and what is neither."""
    tables, around = tables_and_words(source)
    yield from _block(BlockKind.CAPTION, caption_of_latex_table(source))
    for table in tables or [source]:
        yield from _block(BlockKind.TABLE, html_of_latex_table(table) or table)
    if tables:
        yield from _block(BlockKind.TEXT, around)


@functools.cache
def _parser() -> MarkdownIt:
    """CommonMark with tables, without the rules that make text vanish or turn into code."""
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _DEEPEST}).enable("table")
    parser.disable(["reference", "lheading", "code"])
    parser.inline.ruler.before("escape", "formula", _formula_rule)
    return parser


def _formula_rule(state: StateInline, silent: bool) -> bool:
    """Keeps a formula inside a line as it is written, delimiters and all."""
    sign = state.src[state.pos]
    if sign not in "$\\":
        return False
    pattern = _DOLLARS if sign == "$" else _PARENTHESES
    found = pattern.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("text_special", "", 0)
        token.content = found.group()
    state.pos = found.end()
    return True


def _blocks_of_tokens(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Block]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _closing(tokens, at)
        inside = tokens[at + 1 : end]
        match token.type:
            case "heading_open":
                text = " ".join(_texts(inside)).replace("\n", " ")
                yield from _block(BlockKind.HEADING, text, level=int(token.tag[1:]))
            case "paragraph_open":
                yield from _paragraph(inside)
            case "bullet_list_open" | "ordered_list_open":
                yield from _items(inside, lines, level=1)
            case "table_open":
                yield from _block(BlockKind.TABLE, _pipe_table(_source(lines, token)))
            case "blockquote_open":
                yield from _blocks_of_tokens(inside, lines)
            case "fence":
                yield from _block(BlockKind.CODE, token.content.rstrip("\n"))
            case "html_block":
                yield from _html(token.content)
        at = end + 1


def _source(lines: Sequence[str], token: Token) -> Sequence[str]:
    first, after = token.map or (0, 0)
    return [line.lstrip().removeprefix(">") for line in lines[first:after]]


def _closing(tokens: Sequence[Token], at: int) -> int:
    """Index of the token that closes the one at ``at``; its own where it needs none."""
    if tokens[at].nesting != 1:
        return at
    return next(
        index
        for index in range(at + 1, len(tokens))
        if tokens[index].nesting == -1 and tokens[index].level == tokens[at].level
    )


def _paragraph(inside: Sequence[Token]) -> Iterator[Block]:
    text = "\n".join(_texts(inside)).strip()
    children = [child for token in inside for child in token.children or ()]
    if children and all(child.type in {"image", "softbreak"} for child in children):
        for child in children:
            if child.type == "image":
                yield _picture(child.content)
    elif _INLINE_FORMULA.fullmatch(text):
        yield from _block(
            BlockKind.FORMULA, text.strip("$").removeprefix("\\(").removesuffix("\\)")
        )
    else:
        yield from _block(BlockKind.TEXT, text)


def _items(tokens: Sequence[Token], lines: Sequence[str], *, level: int) -> Iterator[Block]:
    """The items of a list, each followed by those nested in it."""
    at = 0
    while at < len(tokens):
        end = _closing(tokens, at)
        item = tokens[at]
        sign = f"{item.info}{item.markup}" if item.info else item.markup
        own: list[str] = []
        nested: list[Block] = []
        inner = tokens[at + 1 : end]
        place = 0
        while place < len(inner):
            close = _closing(inner, place)
            content = inner[place + 1 : close]
            if inner[place].type in {"bullet_list_open", "ordered_list_open"}:
                nested.extend(_items(content, lines, level=level + 1))
            elif inner[place].type in {"paragraph_open", "heading_open"} and not nested:
                own.extend(_texts(content))
            else:
                nested.extend(_blocks_of_tokens(inner[place : close + 1], lines))
            place = close + 1
        yield from _block(BlockKind.LIST_ITEM, f"{sign} " + "\n".join(own), level=level)
        yield from nested
        at = end + 1


def _pipe_table(lines: Sequence[str]) -> str:
    """The table with the words of its cells; all of them, also where a row has too many."""
    rows = []
    for line in lines:
        cells = _cells(line)
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _cells(line: str) -> list[str]:
    # A bar inside a formula parts no cells.
    line = _DOLLARS.sub(lambda found: found.group().replace("|", "\\|"), line.strip())
    line = line.replace("\\\\|", "\\|").removeprefix("|")
    cells = _UNESCAPED_BAR.split(line)
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    words = []
    for cell in cells:
        text = " ".join(_texts(_parser().parseInline(cell.strip().replace("\\|", "|"))))
        words.append(" ".join(text.split()).replace("|", "\\|"))
    return words


def _html(source: str) -> Iterator[Block]:
    """HTML that is no table: pictures, and the text between tags."""
    source = _COMMENT.sub("", source)
    end = 0
    for image in _IMAGE.finditer(source):
        yield from _html_text(source[end : image.start()])
        alt = _ALT.search(image.group(1))
        yield _picture((alt.group(1) or alt.group(2) or "") if alt else "")
        end = image.end()
    yield from _html_text(source[end:])


def _html_text(source: str) -> Iterator[Block]:
    text = _without_tags(source)
    lines = [line.strip() for line in text.split("\n")]
    yield from _block(BlockKind.TEXT, "\n".join(line for line in lines if line))


def _without_tags(source: str) -> str:
    return _FORMATTING.sub("", _BREAK.sub("\n", source))


def _texts(tokens: Sequence[Token]) -> list[str]:
    return [_inline_text(token.children or []) for token in tokens if token.type == "inline"]


def _inline_text(children: Sequence[Token]) -> str:
    """The words of a line; emphasis that stands inside a word is multiplication, and stays."""
    parts: list[str] = []
    kept: list[bool] = []
    for index, child in enumerate(children):
        match child.type:
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "html_inline":
                parts.append("" if _COMMENT.match(child.content) else _without_tags(child.content))
            case "em_open":
                kept.append(_inside_word(children, index))
                parts.append(child.markup if kept[-1] else "")
            case "em_close":
                parts.append(child.markup if kept.pop() else "")
            case _:
                parts.append(child.content)
    return "".join(parts)


def _inside_word(children: Sequence[Token], opening: int) -> bool:
    closing = next(
        index
        for index in range(opening + 1, len(children))
        if children[index].type == "em_close" and children[index].level == children[opening].level
    )
    before = children[opening - 1].content[-1:] if opening else ""
    after = children[closing + 1].content[:1] if closing + 1 < len(children) else ""
    return any(sign.isascii() and sign.isalnum() for sign in (before, after))


def _picture(description: str) -> Block:
    return Block(BlockKind.PICTURE, unicodedata.normalize("NFC", description.strip()))


def _block(kind: BlockKind, text: str, *, level: int = 0) -> Iterator[Block]:
    """The block, unless nothing stands in it."""
    text = unicodedata.normalize("NFC", text).strip()
    if text:
        yield Block(kind, text, level=level)
