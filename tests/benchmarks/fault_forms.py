"""Readings in the forms in which engines return them, each with what is known of its places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from benchmarks.fault_pages import ENGINES, FaultPage
from textlift.content.block import Block, BlockKind
from textlift.content.comparing import compare_words
from textlift.content.geometry import Box, union_box
from textlift.content.moved_words import find_moves
from textlift.content.reading import PageReading
from textlift.content.word_keys import Tolerance
from textlift.content.words import reading_words
from textlift.recognition.checks.letter_scale import letters

_PLACED = 0.9
"""Share of the true words that an engine must have, for its places to be given to them."""
_AS_LONG = 1.4
"""How much longer or shorter a block may become by the true text, for its words to be its own."""
_PARAGRAPH = 6
"""Lines that make a paragraph of a true text which has no blank lines."""


@dataclass(frozen=True)
class Form:
    """A reading, and who is heard on it.

    Attributes:
        name: Of the form: lines, blocks or text, of an engine or of the true text.
        reading: As the engine would return it.
        places: Where each block is, also when the reading does not say so.
        witness: What the other engine read; None where none is asked.
    """

    name: str
    reading: PageReading
    places: tuple[Box | None, ...]
    witness: PageReading | None
    page: FaultPage = field(repr=False)
    source: PageReading | None = None
    """With the lines that the form's text was made of, where it was made of lines."""


def forms(page: FaultPage) -> Iterator[Form]:
    """All forms of a page that there are."""
    for engine in ENGINES:
        reading = page.readings.get(engine)
        if reading is None or not reading.blocks:
            continue
        # The text of a line engine has no witness; as that of another model it has.
        witness = _other(page, reading)
        places = tuple(block.box for block in reading.blocks)
        yield Form(f"{engine} lines", reading, places, None, page, reading)
        if witness is None:
            continue
        yield Form(f"{engine} blocks", _as_blocks(reading), places, witness, page)
        yield Form(f"{engine} text", _as_text(reading), places, witness, page, reading)
    witness = page.readings.get("automatic")
    if witness is None:
        return
    true = _true_blocks(page, witness)
    if true is not None:
        yield Form("true blocks", true, tuple(one.box for one in true.blocks), witness, page)
    paragraphs = _paragraphs(page.truth)
    if paragraphs:
        text = PageReading(blocks=paragraphs, read_by="true")
        yield Form("true text", text, tuple(_places(text, witness)), witness, page)


def _other(page: FaultPage, reading: PageReading) -> PageReading | None:
    """The first of the witnesses that is not the engine that read."""
    for name in ENGINES:
        other = page.readings.get(name)
        if other is not None and other.read_by != reading.read_by and other.blocks:
            return other
    return None


def _as_blocks(reading: PageReading) -> PageReading:
    blocks = tuple(
        Block(kind=block.kind, text=_running(block), box=block.box) for block in reading.blocks
    )
    return PageReading(blocks=blocks, read_by="model", rotation=reading.rotation)


def _as_text(reading: PageReading) -> PageReading:
    blocks = tuple(Block(kind=block.kind, text=_running(block)) for block in reading.blocks)
    return PageReading(blocks=blocks, read_by="model")


def _running(block: Block) -> str:
    """A table keeps its rows; of other blocks models write running text."""
    return block.text if block.kind is BlockKind.TABLE else block.text.replace("\n", " ")


def _paragraphs(truth: str) -> tuple[Block, ...]:
    parts = [part.strip() for part in truth.split("\n\n") if part.strip()]
    if len(parts) < 3:
        lines = [line for line in truth.split("\n") if line.strip()]
        parts = [
            "\n".join(lines[start : start + _PARAGRAPH])
            for start in range(0, len(lines), _PARAGRAPH)
        ]
    return tuple(Block(kind=BlockKind.TEXT, text=part) for part in parts)


def _common(first: PageReading, second: PageReading) -> dict[int, int]:
    """Which word of the second reading stands for a word of the first."""
    ours = [word.text for word in reading_words(first)]
    theirs = [word.text for word in reading_words(second)]
    differences = compare_words(ours, theirs, tolerance=Tolerance.READING)
    pairs: dict[int, int] = {}
    a = c = 0
    for one in (*differences, None):
        first_end = one.first_start if one else len(ours)
        second_end = one.second_start if one else len(theirs)
        for step in range(first_end - a):
            if second_end > c:
                pairs[a + step] = c + step * (second_end - c) // (first_end - a)
        if one:
            a, c = one.first_end, one.second_end
    for move in find_moves(ours, theirs, differences, tolerance=Tolerance.READING):
        for step, index in enumerate(move.first):
            pairs[index] = move.second_start + step * len(move.second) // len(move.first)
    return pairs


def _places(reading: PageReading, placed: PageReading) -> Iterator[Box | None]:
    """Where the blocks of a text are, as another reading has its words."""
    words, others = reading_words(reading), reading_words(placed)
    pairs = _common(reading, placed)
    for number in range(len(reading.blocks)):
        boxes = [
            box
            for index, other in pairs.items()
            if words[index].block == number and (box := others[other].box) is not None
        ]
        yield union_box(boxes) if boxes else None


def _true_blocks(page: FaultPage, placed: PageReading) -> PageReading | None:
    """The true text in the blocks that an engine found; None where it did not find most of it."""
    true = PageReading(blocks=(Block(kind=BlockKind.TEXT, text=page.truth),), read_by="true")
    words, others = reading_words(true), reading_words(placed)
    pairs = _common(true, placed)
    if len(pairs) < _PLACED * max(1, len(words)):
        return None
    runs: list[tuple[int, list[str]]] = []
    for index, word in enumerate(words):
        other = pairs.get(index)
        block = others[other].block if other is not None else (runs[-1][0] if runs else 0)
        if not runs or runs[-1][0] != block:
            runs.append((block, []))
        runs[-1][1].append(word.text)
    texts: dict[int, list[str]] = {}
    for block, run in runs:
        texts.setdefault(block, []).extend(run)
    blocks: list[Block] = []
    for index, block in enumerate(placed.blocks):
        # What the true text leaves out, such as stamps, stays as the engine read it.
        text = " ".join(texts[index]) if index in texts else block.text
        if not 1 / _AS_LONG < letters(text) / max(1, letters(block.text)) < _AS_LONG:
            return None
        blocks.append(msgspec.structs.replace(block, text=text, lines=()))
    order = sorted(range(len(blocks)), key=lambda index: _rank(index, list(texts)))
    return PageReading(
        blocks=tuple(blocks[index] for index in order),
        read_by="true",
        rotation=placed.rotation,
    )


def _rank(index: int, order: list[int]) -> float:
    """The place of a block among those of the true text; else right after one before it."""
    if index in order:
        return order.index(index)
    before = [one for one in order if one < index]
    return order.index(max(before)) + 0.5 if before else -1.0
