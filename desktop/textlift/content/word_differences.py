"""The words by which lines that stand for the same differ, in both texts and on the page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import msgspec

from textlift.content.comparing import compare_words
from textlift.content.geometry import Box, union_box
from textlift.content.line_places import Place, known_boxes
from textlift.content.page import EditedLine
from textlift.content.passages import LinePair
from textlift.content.side_by_side import Mark, Pair, WordDifference
from textlift.content.word_keys import Tolerance, word_spans
from textlift.content.words import span_box


def compared_pair(
    pair: LinePair,
    first: Sequence[EditedLine],
    second: Sequence[EditedLine],
    places: Sequence[Place | None],
    other_places: Sequence[Place | None],
) -> Pair:
    """The pair with the differences between its words.

    Args:
        pair: Lines of both texts.
        first: All lines of the first text.
        second: Likewise of the second.
        places: Of the lines of the first.
        other_places: Likewise of the second.
    """
    ours, theirs = _Side(pair.first, first), _Side(pair.second, second)
    differences = []
    for one in compare_words(ours.words, theirs.words, tolerance=Tolerance.EXACT):
        here = ours.marks(one.first_start, one.first_end)
        there = theirs.marks(one.second_start, one.second_end)
        own = _boxes(here, first, places)
        boxes = own if one.first else _boxes(there, second, other_places) or own
        boxes = boxes or _boxes(there, second, other_places)
        differences.append(WordDifference(first=here, second=there, boxes=boxes))
    around = known_boxes(pair.first, places) or known_boxes(pair.second, other_places)
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
    marks: Sequence[Mark], lines: Sequence[EditedLine], places: Sequence[Place | None]
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
