"""QwenVL Markdown: Markdown with comments that say where tables and pictures lie."""

from __future__ import annotations

import re

import msgspec

from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.engines.qwen_vl.places import Measure, corners_of
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown
from textlift.engines.vision_language.markdown_source import without_fence

_PLACE = re.compile(r"<!--\s*(Image|Table)\s*\(([^()]*)\)\s*-->", re.IGNORECASE)


def blocks_of_qwen_markdown(answer: str, measure: Measure) -> tuple[Block, ...]:
    """The blocks in order; those whose place is given have a box.

    A table stands behind its comment, in LaTeX. A picture is its comment alone.
    """
    blocks: list[Block] = []
    place: Box | None = None
    end = 0
    source = without_fence(answer)
    for found in [*_PLACE.finditer(source), None]:
        text = source[end : found.start() if found else len(source)]
        blocks.extend(_with_place(blocks_of_markdown(text), place))
        place = None
        if found is None:
            break
        end = found.end()
        box = measure.box(corners_of(found.group(2)))
        if found.group(1).lower() == "table":
            place = box
        else:
            blocks.append(Block(BlockKind.PICTURE, "", box=box))
    return tuple(blocks)


def _with_place(blocks: tuple[Block, ...], place: Box | None) -> tuple[Block, ...]:
    """The first table lies there."""
    for index, block in enumerate(blocks):
        if place is not None and block.kind is BlockKind.TABLE:
            placed = msgspec.structs.replace(block, box=place)
            return (*blocks[:index], placed, *blocks[index + 1 :])
    return blocks
