"""A page's text and what another model reads there, side by side."""

from __future__ import annotations

import bisect
import unicodedata
from collections.abc import Sequence

from textlift.content.geometry import Box, union_box
from textlift.content.line_places import Place, known_boxes, line_places, place_of
from textlift.content.page import EditedLine
from textlift.content.passages import LinePair, Passage, aligned_words, pair_passages
from textlift.content.reading import PageReading, block_lines
from textlift.content.side_by_side import SideBySide
from textlift.content.word_differences import compared_pair
from textlift.content.word_keys import Tolerance, word_key, word_spans

_MOSTLY = 0.5
"""Share of a line's area that must lie inside a part of the page for the line to belong to it."""


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
    own_places = line_places(reading.blocks if reading is not None else (), (1.0, 1.0))
    places = [place_of(line, own_places) for line in lines]
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
    compared = tuple(compared_pair(pair, lines, second, places, other_places) for pair in pairs)
    order = [line for pair in compared for line in pair.second]
    return SideBySide(
        first=tuple(lines), second=second, pairs=compared, reordered=order != sorted(order)
    )


def _second_lines(
    reading: PageReading, scale: tuple[float, float]
) -> tuple[tuple[EditedLine, ...], list[tuple[int, ...]], list[Place | None]]:
    """The lines of a reading with blank ones between blocks, the lines of each block, places."""
    lines: list[EditedLine] = []
    groups: list[tuple[int, ...]] = []
    places: list[Place | None] = []
    found = iter(line_places(reading.blocks, scale))
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
    lines: Sequence[EditedLine], places: Sequence[Place | None], part: Box | None
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
    lines: Sequence[EditedLine], places: Sequence[Place | None], groups: Sequence[tuple[int, ...]]
) -> list[Passage]:
    result = []
    for group in groups:
        boxes = known_boxes(group, places)
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
