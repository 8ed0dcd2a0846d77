"""What an answer of dots.ocr says, by the mode it was asked in."""

from __future__ import annotations

from textlift.content.block import Block, BlockKind
from textlift.engines.dots_ocr.layout_blocks import (
    KINDS,
    PageScale,
    blocks_of_elements,
    lost_backslashes,
    without_repeats,
)
from textlift.engines.dots_ocr.layout_json import Layout, read_layout
from textlift.engines.dots_ocr.prompts import LAYOUT_MODES, SCENE_MODE
from textlift.engines.dots_ocr.scene_text import parsed_scene
from textlift.engines.vision_language.family import Answer
from textlift.engines.vision_language.markdown_blocks import blocks_of_markdown


def parsed(answer: str, *, mode: str, scale: PageScale) -> Answer:
    """Reads an answer, complete or broken off, without raising.

    Args:
        answer: As the model wrote it.
        mode: Name of the mode it was asked in.
        scale: From the image that the model saw to the page.
    """
    if mode in LAYOUT_MODES:
        return _parsed_layout(answer, scale)
    if mode == SCENE_MODE:
        return parsed_scene(answer, scale)
    return Answer(blocks_of_markdown(answer))


def _parsed_layout(answer: str, scale: PageScale) -> Answer:
    layout = read_layout(answer)
    elements = without_repeats(layout.elements)
    repeats = len(layout.elements) - len(elements)
    blocks = blocks_of_elements(elements, scale)
    raw = tuple(Block(BlockKind.TEXT, piece) for piece in layout.lost)
    if not layout.is_layout:
        if not raw and not layout.broken_off:
            return Answer(())
        return Answer(raw, unparsed="The answer is not the list of elements that was asked for.")
    mended = layout.mended + sum(
        element.misnamed or lost_backslashes(element) for element in elements
    )
    placeless = sum(scale.box(element.box) is None for element in elements)
    unknown = sorted({element.category for element in elements if element.category not in KINDS})
    return Answer(
        blocks + raw,
        repairs=tuple(
            _repairs(layout, mended=mended, repeats=repeats, placeless=placeless, unknown=unknown)
        ),
    )


def _repairs(
    layout: Layout, *, mended: int, repeats: int, placeless: int, unknown: list[str]
) -> list[str]:
    """What was mended, a sentence each."""
    sentences = []
    if layout.broken_off:
        sentences.append("The layout breaks off inside an element; what was written of it is kept.")
    if layout.open_list:
        sentences.append("The list of elements was damaged; the elements themselves are whole.")
    if mended:
        sentences.append(f"{_elements(mended)} of the layout had to be mended.")
    if layout.lost:
        sentences.append(
            f"{_pieces(len(layout.lost))} of the layout could not be read; what the model wrote "
            "there stands at the end of the page."
        )
    if repeats:
        sentences.append(f"Left out as repeats of others: {_elements(repeats).lower()}.")
    if placeless:
        sentences.append(f"{_elements(placeless)} came without a usable place on the page.")
    if unknown:
        names = ", ".join(f"“{name}”" if name else "no kind at all" for name in unknown)
        sentences.append(f"Elements of a kind the model should not know are text: {names}.")
    return sentences


def _elements(count: int) -> str:
    return "One element" if count == 1 else f"{count} elements"


def _pieces(count: int) -> str:
    return "One piece" if count == 1 else f"{count} pieces"
