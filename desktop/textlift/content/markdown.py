"""The Markdown of a read page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from textlift.content.block import Block, BlockKind, Line
from textlift.content.markdown_text import escape_inline, escape_line, without_controls
from textlift.content.page import EditedLine, PageEdit, PageRecord
from textlift.content.reading import PageReading, block_lines
from textlift.content.running_text import running_lines
from textlift.content.tables import table_markdown
from textlift.content.text_lines import page_text

MAX_HEADING = 6

_BULLET = re.compile(r"^[•◦▪‣·*\-–—]\s+")
_NUMBER = re.compile(r"^(\d{1,9})[.)]\s+")
_BACKTICKS = re.compile(r"`+")
_LINK = re.compile(r"\](?=[(\[:])")
_HARD_BREAK = "\\\n"


def page_markdown(page: PageRecord) -> str:
    """The page's text in Markdown (CommonMark with GitHub's tables).

    Printed lines of a paragraph are joined; the user's edit wins over what was read. Text of
    the document is escaped throughout: it cannot become markup.
    """
    if page.edit is not None:
        blocks: Sequence[Block] = tuple(_edited_blocks(page.edit, page.reading))
    else:
        blocks = page.reading.blocks if page.reading is not None else ()
    return blocks_markdown(blocks, page_text=page_text(page))


def blocks_markdown(blocks: Sequence[Block], *, page_text: str = "") -> str:
    """Blocks in reading order as Markdown, a blank line between them; list items stay together."""
    parts: list[str] = []
    levels: list[int] = []
    for block in blocks:
        if block.kind is not BlockKind.LIST_ITEM:
            levels.clear()
            part = _block_markdown(block, page_text)
            if part:
                parts.append(part)
            continue
        in_list = bool(levels)
        part = _list_item(block, levels, page_text)
        if part and in_list and parts:
            parts[-1] += "\n" + part
        elif part:
            parts.append(part)
    return "\n\n".join(parts)


def _block_markdown(block: Block, page_text: str) -> str:
    match block.kind:
        case BlockKind.HEADING:
            text = " ".join(running_lines(block_lines(block), page_text=page_text))
            # A closing run of signs would be taken away as decoration.
            text = re.sub(r"(#+)$", r"\\\1", escape_inline(text))
            return f"{'#' * min(max(block.level, 1), MAX_HEADING)} {text}" if text else ""
        case BlockKind.TABLE:
            return table_markdown(without_controls(block.text)) or _printed_lines(block)
        case BlockKind.FORMULA:
            return _formula(block.text)
        case BlockKind.CODE:
            return _code(block)
        case BlockKind.PICTURE:
            text = _paragraph(block, page_text)
            return f"\\[Picture\\] {text}" if text else "\\[Picture\\]"
        case _:
            return _paragraph(block, page_text)


def _paragraph(block: Block, page_text: str) -> str:
    lines = running_lines(block_lines(block), page_text=page_text)
    return _HARD_BREAK.join(escape_line(line) for line in lines)


def _printed_lines(block: Block) -> str:
    lines = [escape_line(line.text) for line in block_lines(block)]
    return _HARD_BREAK.join(line for line in lines if line)


def _list_item(block: Block, levels: list[int], page_text: str) -> str:
    """One item; ``levels`` holds the levels of the items it is nested in and is kept up."""
    text = " ".join(running_lines(block_lines(block), page_text=page_text))
    marker = "-"
    if number := _NUMBER.match(text):
        marker = f"{number.group(1)}."
        text = text[number.end() :]
    elif bullet := _BULLET.match(text):
        text = text[bullet.end() :]
    if not text:
        return ""
    level = max(block.level, 1)
    while levels and levels[-1] >= level:
        levels.pop()
    indent = "    " * len(levels)
    levels.append(level)
    return f"{indent}{marker} {escape_line(text)}"


def _formula(text: str) -> str:
    text = without_controls(text).replace("$", "").replace("<", r"\lt ").replace(">", r"\gt ")
    # A program that knows no formulas must not see a link or a picture in one; a space means
    # nothing to those that do.
    text = _LINK.sub("] ", text)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return "\n".join(["$$", *lines, "$$"]) if lines else ""


def _code(block: Block) -> str:
    text = without_controls(block.text)
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _edited_blocks(edit: PageEdit, reading: PageReading | None) -> Iterator[Block]:
    """Blocks of the user's text: lines between blank lines, of the kind they were read as."""
    blocks = reading.blocks if reading is not None else ()
    lines = reading.lines if reading is not None else ()
    owners = [index for index, block in enumerate(blocks) for _ in block_lines(block)]
    for group in _groups(edit.lines):
        sources = [line.source for line in group if _in_range(line.source, len(owners))]
        owner = {owners[source] for source in sources if source is not None}
        texts = [line.text for line in group]
        if len(owner) != 1:
            yield Block(kind=BlockKind.TEXT, text="\n".join(texts), lines=_placed(group, lines))
            continue
        block = blocks[owner.pop()]
        if texts == [line.text for line in block_lines(block)]:
            yield block
        else:
            yield Block(
                kind=block.kind,
                level=block.level,
                text="\n".join(texts),
                lines=_placed(group, lines),
            )


def _groups(lines: Sequence[EditedLine]) -> Iterator[list[EditedLine]]:
    group: list[EditedLine] = []
    for line in lines:
        if line.text.strip():
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _placed(group: Sequence[EditedLine], lines: Sequence[Line]) -> tuple[Line, ...]:
    """The edited lines with the boxes of the printed lines they came from."""
    result = []
    for line in group:
        source = line.source
        box = lines[source].box if source is not None and source < len(lines) else None
        result.append(Line(text=line.text, box=box))
    return tuple(result)


def _in_range(source: int | None, length: int) -> bool:
    return source is not None and 0 <= source < length
