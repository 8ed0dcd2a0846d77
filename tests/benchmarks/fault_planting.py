"""Faults of the kind that models make, put into a reading on purpose."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from benchmarks.fault_forms import Form
from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box, union_box
from textlift.content.reading import PageReading, block_lines
from textlift.content.scripts import dominant_script
from textlift.recognition.checks.letter_scale import letters

_INVENTED = {
    "Hani": "敬启者，我们希望您一切安好，并期待在下星期收到您的回信。",
    "Cyrl": "Мы надеемся, что у вас всё хорошо, и с нетерпением ждём ответа на следующей неделе.",
    "Latn": "We trust that this finds you well and look forward to hearing from you next week.",
}
_TIMES = 30
_PARAGRAPH = 40
"""Letters of a paragraph that is worth deleting."""
_COLUMN = 200
"""Letters of a column that is worth exchanging."""
_INTERLEAVED = 6
"""Lines of a column that make it one."""
_TRIES = 200


@dataclass(frozen=True)
class Planted:
    """A reading with a fault in it.

    Attributes:
        reading: The reading.
        places: Where on the page a warning touches the fault.
        words: What was put in, which a warning may quote.
    """

    reading: PageReading
    places: tuple[Box, ...]
    words: tuple[str, ...] = ()


Plant = Callable[[Form, Form, random.Random], Planted | None]
"""From a form, the same form of another page, and chance; None where it cannot be planted."""


def delete_paragraph(form: Form, other: Form, rng: random.Random) -> Planted | None:
    """A paragraph is left out."""
    index = _choose(form, rng, least=_PARAGRAPH)
    if index is None or len(form.reading.blocks) < 2:
        return None
    return Planted(_replaced(form, index), _known(form.places[index]))


def repeat_line(form: Form, other: Form, rng: random.Random) -> Planted | None:
    """A line comes 30 times."""
    index = _choose(form, rng, least=15)
    if index is None:
        return None
    block = form.reading.blocks[index]
    lines = [line for line in block_lines(block) if letters(line.text) >= 15]
    if not lines:
        return None
    line = rng.choice(lines)
    if block.lines:
        at = block.lines.index(line)
        again = (*block.lines[:at], *[line] * _TIMES, *block.lines[at + 1 :])
        return Planted(
            _replaced(form, index, _of_lines(block, again)), _known(line.box), (line.text,)
        )
    # Of running text a line is what is as long as one.
    words = line.text.split() if " " in line.text else list(line.text)
    start = rng.randrange(max(1, len(words) - 10))
    unit = (" " if " " in line.text else "").join(words[start : start + 10])
    if letters(unit) < 15:
        return None
    text = block.text.replace(unit, "\n".join([unit] * _TIMES), 1)
    return Planted(_with_text(form, index, text), _known(form.places[index]), (unit,))


def invent_sentence(form: Form, other: Form, rng: random.Random) -> Planted | None:
    """A sentence is added that is not on the page; with a place where engines give one."""
    script = dominant_script(form.reading.text) or "Latn"
    sentence = _INVENTED.get(script, _INVENTED["Latn"])
    index = _choose(form, rng, least=15)
    if index is None:
        return None
    block = form.reading.blocks[index]
    in_block = not block.lines and (block.box is None or rng.random() < 0.5)
    if in_block:
        words = block.text.split(" ")
        at = rng.randrange(len(words) + 1)
        text = " ".join([*words[:at], sentence, *words[at:]])
        return Planted(_with_text(form, index, text), _known(form.places[index]), (sentence,))
    box = _somewhere(form, letters(sentence), rng)
    if box is None:
        return None
    added = Block(
        kind=BlockKind.TEXT,
        text=sentence,
        box=box,
        lines=(Line(text=sentence, box=box, score=0.9),) if block.lines else (),
    )
    blocks = form.reading.blocks
    return Planted(
        msgspec.structs.replace(
            form.reading, blocks=(*blocks[: index + 1], added, *blocks[index + 1 :])
        ),
        (box,),
        (sentence,),
    )


def cut_table(form: Form, other: Form, rng: random.Random) -> Planted | None:
    """A table, or where there is none the longest block, ends after its first third."""
    blocks = form.reading.blocks
    tables = [i for i, block in enumerate(blocks) if block.kind is BlockKind.TABLE]
    index = max(tables or range(len(blocks)), key=lambda i: letters(blocks[i].text))
    block = blocks[index]
    if letters(block.text) < 2 * _PARAGRAPH:
        return None
    if block.lines:
        keep = max(1, len(block.lines) // 3)
        gone = block.lines[keep:]
        boxes = [line.box for line in gone if line.box is not None]
        if not boxes:
            return None
        cut = _of_lines(block, block.lines[:keep])
        return Planted(_replaced(form, index, cut), (union_box(boxes),))
    text = block.text[: len(block.text) // 3]
    return Planted(_with_text(form, index, text), _known(form.places[index]))


def swap_columns(form: Form, other: Form, rng: random.Random) -> Planted | None:
    """The right column comes before the left one, on pages that have two."""
    columns = _columns(form)
    if columns is None:
        return None
    left, right = columns
    blocks = form.reading.blocks
    order = [*right, *left]
    return Planted(
        _with_blocks(form, _around_columns(form, order, [blocks[index] for index in order])),
        tuple(box for index in order if (box := form.places[index]) is not None),
        tuple(blocks[index].text for index in order),
    )


def interleave_columns(form: Form, other: Form, rng: random.Random) -> Planted | None:
    """Two columns are read straight across, a line of the one and a line of the other."""
    columns = _columns(form)
    if columns is None or form.source is None:
        return None
    lines = [
        line
        for index in (*columns[0], *columns[1])
        for line in form.source.blocks[index].lines
        if line.box is not None
    ]
    if len(lines) < 2 * _INTERLEAVED:
        return None
    # By the place, so that lines of both columns that stand beside each other follow.
    lines.sort(key=lambda line: _row(line, form))
    mixed = Block(kind=BlockKind.TEXT, text="\n".join(line.text for line in lines))
    if form.reading.blocks[columns[0][0]].lines:
        mixed = _of_lines(mixed, lines)
    order = [*columns[0], *columns[1]]
    return Planted(
        _with_blocks(form, _around_columns(form, order, [mixed])),
        tuple(box for index in order if (box := form.places[index]) is not None),
        (mixed.text,),
    )


def _row(line: Line, form: Form) -> tuple[int, float]:
    box = _upright(line.box, form)
    assert box is not None
    return round(box.center[1] / max(1.0, box.height)), box.x0


def _columns(form: Form) -> tuple[list[int], list[int]] | None:
    """The blocks of the left and of the right column; None on a page without two."""
    boxes = [_upright(box, form) for box in form.places]
    page = form.page
    width = page.height if _rotation(form) in {90, 270} else page.width
    sides: dict[bool, list[int]] = {False: [], True: []}
    for index, box in enumerate(boxes):
        if box is None or box.width > 0.55 * width:
            continue
        if box.x1 < 0.56 * width or box.x0 > 0.44 * width:
            sides[box.center[0] > width / 2].append(index)
    left, right = sides[False], sides[True]
    if not left or not right or not _beside(left, right, boxes, form):
        return None
    return left, right


def _around_columns(form: Form, order: Sequence[int], new: Sequence[Block]) -> list[Block]:
    """The page's blocks with others in place of those of its columns."""
    blocks = form.reading.blocks
    rest = [index for index in range(len(blocks)) if index not in set(order)]
    head = [blocks[index] for index in rest if index < min(order)]
    tail = [blocks[index] for index in rest if index > min(order)]
    return [*head, *new, *tail]


def swap_halves(form: Form, other: Form, rng: random.Random) -> Planted | None:
    """The lower half of the text comes before the upper one."""
    blocks = form.reading.blocks
    counts = [letters(block.text) for block in blocks]
    middle = next(i for i in range(len(blocks)) if sum(counts[: i + 1]) * 2 >= sum(counts))
    if min(sum(counts[:middle]), sum(counts[middle:])) < _COLUMN:
        return None
    return Planted(
        _with_blocks(form, [*blocks[middle:], *blocks[:middle]]),
        tuple(box for box in form.places if box is not None),
        tuple(block.text for block in blocks),
    )


def mix_pages(form: Form, other: Form, rng: random.Random) -> Planted | None:
    """A paragraph of another page is in this one, with its own place where it has one."""
    index, source = _choose(form, rng, least=_PARAGRAPH), _choose(other, rng, least=_PARAGRAPH)
    if index is None or source is None:
        return None
    stray = other.reading.blocks[source]
    if form.reading.blocks[index].box is None:
        blocks = form.reading.blocks
        mixed = [*blocks[: index + 1], stray, *blocks[index + 1 :]]
        return Planted(_with_blocks(form, mixed), _known(form.places[index]), (stray.text,))
    x, y = form.page.width / other.page.width, form.page.height / other.page.height
    moved = _scaled(stray, x, y)
    blocks = form.reading.blocks
    assert moved.box is not None
    return Planted(
        _with_blocks(form, [*blocks[: index + 1], moved, *blocks[index + 1 :]]),
        (moved.box,),
        (stray.text,),
    )


def exchange_words(form: Form, other: Form, rng: random.Random) -> Planted | None:
    """The words of a paragraph are those of another page; places stay as they were."""
    index, source = _choose(form, rng, least=_PARAGRAPH), _choose(other, rng, least=_PARAGRAPH)
    if index is None or source is None:
        return None
    block, stray = form.reading.blocks[index], other.reading.blocks[source]
    text = stray.text
    if not block.lines:
        return Planted(_with_text(form, index, text), _known(form.places[index]), (text,))
    words = text.split()
    lines = []
    for line in block.lines:
        taken: list[str] = []
        while words and letters(" ".join(taken)) < letters(line.text):
            taken.append(words.pop(0))
        lines.append(msgspec.structs.replace(line, text=" ".join(taken) or line.text))
    changed = _of_lines(block, lines)
    return Planted(_replaced(form, index, changed), _known(form.places[index]), (text,))


PLANTS: dict[str, Plant] = {
    "paragraph deleted": delete_paragraph,
    "line 30 times": repeat_line,
    "sentence invented": invent_sentence,
    "table cut": cut_table,
    "column swapped": swap_columns,
    "columns interleaved": interleave_columns,
    "halves swapped": swap_halves,
    "page mixed in": mix_pages,
    "words exchanged": exchange_words,
}


def _choose(form: Form, rng: random.Random, *, least: int) -> int | None:
    fit = [
        index
        for index, block in enumerate(form.reading.blocks)
        if letters(block.text) >= least
        and block.kind not in {BlockKind.PICTURE, BlockKind.FORMULA}
        and form.places[index] is not None
    ]
    return rng.choice(fit) if fit else None


def _known(box: Box | None) -> tuple[Box, ...]:
    return (box,) if box is not None else ()


def _with_blocks(form: Form, blocks: Sequence[Block]) -> PageReading:
    return msgspec.structs.replace(form.reading, blocks=tuple(blocks))


def _replaced(form: Form, index: int, *new: Block) -> PageReading:
    blocks = form.reading.blocks
    return _with_blocks(form, (*blocks[:index], *new, *blocks[index + 1 :]))


def _with_text(form: Form, index: int, text: str) -> PageReading:
    block = msgspec.structs.replace(form.reading.blocks[index], text=text)
    return _replaced(form, index, block)


def _of_lines(block: Block, lines: Sequence[Line]) -> Block:
    boxes = [line.box for line in lines if line.box is not None]
    return msgspec.structs.replace(
        block,
        text="\n".join(line.text for line in lines),
        lines=tuple(lines),
        box=union_box(boxes) if boxes else block.box,
    )


def _scaled(block: Block, x: float, y: float) -> Block:
    lines = tuple(
        msgspec.structs.replace(
            line, box=line.box.scaled(x, y) if line.box is not None else None, quad=None
        )
        for line in block.lines
    )
    box = block.box.scaled(x, y) if block.box is not None else None
    return msgspec.structs.replace(block, lines=lines, box=box)


def _somewhere(form: Form, count: int, rng: random.Random) -> Box | None:
    """A place for a sentence: as often on blank paper as over a line that is there."""
    page = form.page
    lines = [line for line in page.look.lines if line.box is not None]
    if not lines:
        return None
    line = rng.choice(lines).box
    assert line is not None
    if rng.random() < 0.5:
        return line
    across = min(line.width, line.height)
    width = min(count * across / 2, 0.9 * page.width)
    for _ in range(_TRIES):
        x = rng.uniform(0, page.width - width)
        y = rng.uniform(0, page.height - across)
        box = Box(x, y, x + width, y + across)
        free = all(
            one.box is None or one.box.intersection_area(box) == 0 for one in page.look.lines
        )
        if free and page.look.ink is not None and page.look.ink.share(box) < 0.005:
            return box
    return line


def _rotation(form: Form) -> int:
    placed = form.page.readings["automatic"]
    return placed.rotation


def _upright(box: Box | None, form: Form) -> Box | None:
    if box is None:
        return None
    width, height = form.page.width, form.page.height
    match _rotation(form):
        case 90:
            return Box(height - box.y1, box.x0, height - box.y0, box.x1)
        case 180:
            return Box(width - box.x1, height - box.y1, width - box.x0, height - box.y0)
        case 270:
            return Box(box.y0, width - box.x1, box.y1, width - box.x0)
        case _:
            return box


def _beside(
    left: Sequence[int], right: Sequence[int], boxes: Sequence[Box | None], form: Form
) -> bool:
    """Whether two columns are long, and stand beside each other."""
    blocks = form.reading.blocks
    if any(sum(letters(blocks[index].text) for index in side) < _COLUMN for side in (left, right)):
        return False
    one = union_box(box for index in left if (box := boxes[index]) is not None)
    other = union_box(box for index in right if (box := boxes[index]) is not None)
    common = min(one.y1, other.y1) - max(one.y0, other.y0)
    return common > 0.5 * min(one.height, other.height)
