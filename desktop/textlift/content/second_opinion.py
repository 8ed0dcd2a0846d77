"""A page's text and what another model reads there, side by side."""

from __future__ import annotations

import bisect
import unicodedata
from collections.abc import Iterator, Sequence

import msgspec

from textlift.content.block import Block, Line
from textlift.content.comparing import compare_words
from textlift.content.geometry import Box, Quad, quad_box, union_box
from textlift.content.page import EditedLine
from textlift.content.passages import LinePair, Passage, aligned_words, pair_passages
from textlift.content.reading import PageReading, block_lines
from textlift.content.word_keys import Tolerance, word_key, word_spans
from textlift.content.words import span_box

_MOSTLY = 0.5
"""Share of a line's area that must lie inside a part of the page for the line to belong to it."""


class Mark(msgspec.Struct, frozen=True):
    """Characters of a line; none of them: the place where something is missing.

    Attributes:
        line: Its index in the side's lines.
        start: Of the characters, from 0.
        end: Behind the last one.
    """

    line: int
    start: int
    end: int


class WordDifference(msgspec.Struct, frozen=True):
    """Words that the two texts do not share.

    Attributes:
        first: Where they stand in the first text, one mark a line.
        second: Likewise in the second.
        boxes: Where they are on the page, as far as that is known.
    """

    first: tuple[Mark, ...]
    second: tuple[Mark, ...]
    boxes: tuple[Box, ...] = ()


class Pair(msgspec.Struct, frozen=True):
    """Lines of both texts that stand for the same; either may be empty.

    Attributes:
        first: Indices into ``SideBySide.first``.
        second: Likewise.
        differences: Between their words; none where only lines break elsewhere.
        box: Where the passage is on the page; None when not known.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    differences: tuple[WordDifference, ...] = ()
    box: Box | None = None


class SideBySide(msgspec.Struct, frozen=True):
    """Two texts of a page.

    Attributes:
        first: All lines of the page's text, as it is now.
        second: The lines of the other reading, blank ones between its blocks. ``source`` is the
            printed line of the page's own reading that a line stands for, where there is one.
        pairs: In the order of the first text; lines that were not compared are in none.
        reordered: The other reading has the passages in another order.
    """

    first: tuple[EditedLine, ...]
    second: tuple[EditedLine, ...]
    pairs: tuple[Pair, ...]
    reordered: bool = False

    @property
    def differences(self) -> tuple[WordDifference, ...]:
        """All of them, from the top."""
        return tuple(one for pair in self.pairs for one in pair.differences)


def set_side_by_side(
    lines: Sequence[EditedLine],
    reading: PageReading | None,
    other: PageReading,
    *,
    scale: tuple[float, float] = (1.0, 1.0),
    part: Box | None = None,
) -> SideBySide:
    """Compares a page's text with another reading of the page, or of a part of it.

    Args:
        lines: The page's text, the user's changes included.
        reading: The page's own, into whose lines ``source`` points.
        other: What another model read.
        scale: What its boxes are multiplied by to lie on the page as ``reading`` has it.
        part: The part of the page that was read, likewise to be scaled; None: all of it.
    """
    own_places = _line_places(reading.blocks if reading is not None else (), (1.0, 1.0))
    places = [_place_of(line, own_places) for line in lines]
    second, other_blocks, other_places = _second_lines(other, scale)
    inside = _inside(lines, places, part.scaled(*scale) if part is not None else None)
    pairs = pair_passages(
        _passages(lines, places, _first_groups(lines, inside)),
        _passages(second, other_places, other_blocks),
    )
    if part is not None:
        # Text of unknown place that the other reading does not have lies outside of the part.
        pairs = tuple(
            pair for pair in pairs if pair.second or all(places[line] for line in pair.first)
        )
    second = _with_sources(lines, second, pairs)
    compared = tuple(_compared(pair, lines, second, places, other_places) for pair in pairs)
    order = [line for pair in compared for line in pair.second]
    return SideBySide(
        first=tuple(lines), second=second, pairs=compared, reordered=order != sorted(order)
    )


_Place = Line
"""Where a line's text is: of the line only box and corners count."""


def _line_places(blocks: Sequence[Block], scale: tuple[float, float]) -> list[_Place | None]:
    """Where each printed line is; of a block whose lines have no boxes, a slice of the block's."""
    places: list[_Place | None] = []
    for block in blocks:
        lines = block_lines(block)
        for number, line in enumerate(lines):
            box = quad_box(line.quad) if line.quad is not None else line.box
            if box is None and block.box is not None:
                step = block.box.height / len(lines)
                top = block.box.y0 + number * step
                box = Box(block.box.x0, top, block.box.x1, top + step)
            if box is None:
                places.append(None)
            else:
                quad = _scaled(line.quad, scale) if line.quad is not None else None
                places.append(Line(text="", box=box.scaled(*scale), quad=quad))
    return places


def _scaled(quad: Quad, scale: tuple[float, float]) -> Quad:
    a, b, c, d = ((x * scale[0], y * scale[1]) for x, y in quad)
    return a, b, c, d


def _place_of(line: EditedLine, places: Sequence[_Place | None]) -> _Place | None:
    known = line.source is not None and 0 <= line.source < len(places)
    return places[line.source] if known and line.source is not None else None


def _known_boxes(numbers: Sequence[int], places: Sequence[_Place | None]) -> list[Box]:
    found = (places[number] for number in numbers)
    return [place.box for place in found if place is not None and place.box is not None]


def _second_lines(
    reading: PageReading, scale: tuple[float, float]
) -> tuple[tuple[EditedLine, ...], list[tuple[int, ...]], list[_Place | None]]:
    """The lines of a reading with blank ones between blocks, the lines of each block, places."""
    lines: list[EditedLine] = []
    groups: list[tuple[int, ...]] = []
    places: list[_Place | None] = []
    found = iter(_line_places(reading.blocks, scale))
    for block in reading.blocks:
        texts = [(line.text, next(found)) for line in block_lines(block)]
        texts = [(text, place) for text, place in texts if text.strip()]
        if not texts:
            continue
        if lines:
            lines.append(EditedLine(text=""))
            places.append(None)
        groups.append(tuple(range(len(lines), len(lines) + len(texts))))
        lines += [EditedLine(text=unicodedata.normalize("NFC", text)) for text, _ in texts]
        places += [place for _, place in texts]
    return tuple(lines), groups, places


def _inside(
    lines: Sequence[EditedLine], places: Sequence[_Place | None], part: Box | None
) -> frozenset[int]:
    """Lines of the page's text that may lie in the part that was read."""
    with_text = frozenset(number for number, line in enumerate(lines) if line.text.strip())
    if part is None:
        return with_text
    lie_inside = {
        number: part.intersection_area(place.box) >= _MOSTLY * place.box.area
        for number, place in enumerate(places)
        if place is not None and place.box is not None
    }
    if not lie_inside:
        return with_text
    known = sorted(lie_inside)

    def may(number: int) -> bool:
        if number in lie_inside:
            return lie_inside[number]
        # A line that the user added lies where its neighbours lie.
        after = bisect.bisect(known, number)
        neighbours = [lie_inside[one] for one in known[max(after - 1, 0) : after + 1]]
        return all(neighbours)

    return frozenset(number for number in with_text if may(number))


def _first_groups(lines: Sequence[EditedLine], inside: frozenset[int]) -> list[tuple[int, ...]]:
    """The lines compared, kept together where nothing stands between them."""
    groups: list[list[int]] = []
    for number in range(len(lines)):
        if number not in inside:
            continue
        if groups and groups[-1][-1] == number - 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    return [tuple(group) for group in groups]


def _passages(
    lines: Sequence[EditedLine], places: Sequence[_Place | None], groups: Sequence[tuple[int, ...]]
) -> list[Passage]:
    result = []
    for group in groups:
        boxes = _known_boxes(group, places)
        result.append(
            Passage(
                lines=group,
                words=tuple(tuple(_key(word) for word in _words(lines[n].text)) for n in group),
                box=union_box(boxes) if boxes else None,
            )
        )
    return result


def _words(text: str) -> list[str]:
    return [text[start:end] for start, end in word_spans(text)]


def _key(word: str) -> str:
    return word_key(word, Tolerance.PRINT) or word


# Sources


def _with_sources(
    lines: Sequence[EditedLine], second: tuple[EditedLine, ...], pairs: Sequence[LinePair]
) -> tuple[EditedLine, ...]:
    """The second text, its lines with the printed lines they stand for, each at most once."""
    result = list(second)
    for pair in pairs:
        ours = [(_key(w), n) for n in pair.first for w in _words(lines[n].text)]
        theirs = [(_key(w), n) for n in pair.second for w in _words(second[n].text)]
        shared: dict[tuple[int, int], int] = {}
        for a, b, size in aligned_words([w for w, _ in ours], [w for w, _ in theirs]):
            for step in range(size):
                both = (theirs[b + step][1], ours[a + step][1])
                shared[both] = shared.get(both, 0) + 1
        if len(pair.first) == len(pair.second) == 1:
            shared[pair.second[0], pair.first[0]] = 1
        taken: set[int] = set()
        done: set[int] = set()
        for other, own in sorted(shared, key=lambda both: (-shared[both], both)):
            source = lines[own].source
            if source is not None and own not in taken and other not in done:
                taken.add(own)
                done.add(other)
                result[other] = EditedLine(text=result[other].text, source=source)
    return tuple(result)


# Differences


def _compared(
    pair: LinePair,
    first: Sequence[EditedLine],
    second: Sequence[EditedLine],
    places: Sequence[_Place | None],
    other_places: Sequence[_Place | None],
) -> Pair:
    ours, theirs = _Side(pair.first, first), _Side(pair.second, second)
    differences = []
    for one in compare_words(ours.words, theirs.words, tolerance=Tolerance.EXACT):
        here = ours.marks(one.first_start, one.first_end)
        there = theirs.marks(one.second_start, one.second_end)
        own = _boxes(here, first, places)
        boxes = own if one.first else _boxes(there, second, other_places) or own
        boxes = boxes or _boxes(there, second, other_places)
        differences.append(WordDifference(first=here, second=there, boxes=boxes))
    around = _known_boxes(pair.first, places) or _known_boxes(pair.second, other_places)
    return Pair(
        first=pair.first,
        second=pair.second,
        differences=tuple(differences),
        box=union_box(around) if around else None,
    )


class _Side:
    """The words of some lines, and where each stands."""

    def __init__(self, numbers: Sequence[int], lines: Sequence[EditedLine]) -> None:
        self.words: list[str] = []
        self._marks: list[Mark] = []
        for number in numbers:
            text = lines[number].text
            for start, end in word_spans(text):
                self.words.append(unicodedata.normalize("NFC", text[start:end]))
                self._marks.append(Mark(line=number, start=start, end=end))

    def marks(self, start: int, end: int) -> tuple[Mark, ...]:
        """One mark for each line with words from start to end, or for the gap before start."""
        if start < end:
            return tuple(_joined(self._marks[start:end]))
        if not self._marks:
            return ()
        if start == len(self._marks):
            last = self._marks[-1]
            return (Mark(line=last.line, start=last.end, end=last.end),)
        here = self._marks[start]
        return (Mark(line=here.line, start=here.start, end=here.start),)


def _joined(marks: Sequence[Mark]) -> Iterator[Mark]:
    current = marks[0]
    for mark in marks[1:]:
        if mark.line == current.line:
            current = Mark(line=current.line, start=current.start, end=mark.end)
        else:
            yield current
            current = mark
    yield current


def _boxes(
    marks: Sequence[Mark], lines: Sequence[EditedLine], places: Sequence[_Place | None]
) -> tuple[Box, ...]:
    """Where marks are on the page, reckoned from their share of the line's characters."""
    result = []
    for mark in marks:
        place, text = places[mark.line], lines[mark.line].text
        if place is None:
            continue
        start, end = mark.start, mark.end
        if start == end:
            # The gap where something is missing is as wide as the letters beside it.
            start, end = max(start - 1, 0), min(end + 1, len(text))
        box = span_box(msgspec.structs.replace(place, text=text), start, end)
        if box is not None:
            result.append(box)
    return tuple(result)
