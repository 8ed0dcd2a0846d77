"""What a witness says against a text: words it lacks, words too many, other words."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence

from textlift.content.block import BlockKind, Line
from textlift.content.geometry import Box, union_box
from textlift.content.reading import PageReading
from textlift.content.word_keys import Tolerance, word_key
from textlift.content.words import PlacedWord
from textlift.recognition.checks.findings import Finding, Sort
from textlift.recognition.checks.letter_scale import letters
from textlift.recognition.checks.near import BandIndex
from textlift.recognition.checks.places import Piece, Seen, around, body_height, covered_share, meet
from textlift.recognition.checks.testimony import Stretch, Testimony

_ALIKE = 0.5
"""Likeness of two stretches that are the same print, read well by one and badly by the other."""
_SURE = 0.8
"""The witness's confidence in words that it alone has; less where it is not so sure of what ..."""
_BORNE_OUT = 0.7
_LINES_BORNE_OUT = 5
"""... the text bears out: share of the words of a line, and such lines."""
_NEARLY = 0.9
"""Of the confidence in those lines."""
_LACKING = (2, 12)
_TOO_MANY = (3, 16)
_OTHER = (3, 16)
"""Words, and letters in all, that are worth a warning."""
_SILENT = 0.5
"""Share of the letters a line would hold below which the witness has not read it."""
_EXPLAINED = 1.5
"""Letters of a text against those that the lines hold which the witness has not read."""
_FAR = 6.0
"""Heights of a line between two words that enclose a place which can be shown."""


def find_other_words(
    reading: PageReading, testimony: Testimony, seen: Sequence[Seen], *, scale: float
) -> Iterator[Finding]:
    """Where the witness has other words than the text, more or fewer.

    A text that the witness could not read is no invention: what it did not read of the lines
    that were seen is held against the words that only the text has.

    Args:
        reading: The page's.
        testimony: The text beside the witness.
        seen: The lines there are on the page.
        scale: Letters on a length of once a line's height.
    """
    least = _least_sureness(testimony)
    silent = _silent_lines(testimony, seen, scale=scale, least=least)
    for stretch in testimony.stretches:
        if stretch.likeness >= _ALIKE:
            continue
        said = _count(testimony.said[index].text for index in stretch.said)
        heard = _count(testimony.heard[index].text for index in stretch.heard)
        sure = _sureness(testimony, stretch) >= least
        if _is_exchange(said, heard) and sure and not stretch.formula:
            yield _finding(Sort.OTHER_WORDS, reading, testimony, stretch)
        elif _reach(_minus(heard, said), _LACKING) and sure and not stretch.formula:
            yield from _lacking(testimony, stretch)
        elif _reach(_minus(said, heard), _TOO_MANY):
            room = _room(reading, testimony, stretch, silent) * scale
            if said[1] - heard[1] > _EXPLAINED * room:
                yield _finding(Sort.UNHEARD_WORDS, reading, testimony, stretch)


def _count(words: Iterator[str]) -> tuple[int, int]:
    keys = [key for word in words if (key := word_key(word, Tolerance.READING))]
    return len(keys), sum(letters(key) for key in keys)


def _minus(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] - other[0], one[1] - other[1]


def _reach(count: tuple[int, int], least: tuple[int, int]) -> bool:
    return count[0] >= least[0] and count[1] >= least[1]


def _is_exchange(said: tuple[int, int], heard: tuple[int, int]) -> bool:
    """Whether the words of both sides are many, and about as many."""
    fewer, more = sorted((said[1], heard[1]))
    return _reach(said, _OTHER) and _reach(heard, _OTHER) and more <= 2 * fewer


def _sureness(testimony: Testimony, stretch: Stretch) -> float:
    """The witness's confidence in its words of a stretch; 1 where it tells none."""
    scores = [testimony.lines[testimony.heard[index].line].score for index in stretch.heard]
    known = [score for score in scores if score is not None]
    return statistics.mean(known) if known else 1.0


def _lacking(testimony: Testimony, stretch: Stretch) -> Iterator[Finding]:
    """A finding for each block of the witness, since a stretch may go on in the next column."""
    words = [testimony.heard[index] for index in stretch.heard]
    for _, group in itertools.groupby(words, key=lambda word: word.block):
        run = list(group)
        yield Finding(
            Sort.UNREAD_WORDS,
            around(word.box for word in run),
            _quote(run, testimony.lines),
        )


def _quote(words: Sequence[PlacedWord], lines: Sequence[Line]) -> str:
    """Words as they are printed, those of a line with what is between them."""
    parts = []
    for number, group in itertools.groupby(words, key=lambda word: word.line):
        run = list(group)
        parts.append(lines[number].text[run[0].start : run[-1].end])
    return " ".join(parts)


def _finding(sort: Sort, reading: PageReading, testimony: Testimony, stretch: Stretch) -> Finding:
    words = [testimony.said[index] for index in stretch.said]
    box = around(word.box for word in words) or around(
        testimony.heard[index].box for index in stretch.heard
    )
    if box is None:
        box = around(reading.blocks[block].box for block in {word.block for word in words})
    if box is None:
        box = _between(testimony, stretch)
    return Finding(sort, box, _quote(words, reading.lines))


def _between(testimony: Testimony, stretch: Stretch) -> Box | None:
    """The place between the neighbours of a stretch, or at one of them."""
    before, after = testimony.place(stretch.before), testimony.place(stretch.after)
    if before is None or after is None:
        return before or after
    both = union_box((before, after))
    near = _FAR * max(before.height, after.height)
    return both if after.y0 - before.y1 < near and after.y1 > before.y0 else before


def _least_sureness(testimony: Testimony) -> float:
    """The confidence from which the witness is believed: engines do not count it alike."""
    bearing = set(testimony.common)
    words: Counter[int] = Counter(word.line for word in testimony.heard)
    borne: Counter[int] = Counter(
        word.line for index, word in enumerate(testimony.heard) if index in bearing
    )
    scores = [
        score
        for line, count in borne.items()
        if count >= _BORNE_OUT * words[line]
        and count >= _OTHER[0]
        and (score := testimony.lines[line].score) is not None
    ]
    if len(scores) < _LINES_BORNE_OUT:
        return _SURE
    return min(_SURE, _NEARLY * statistics.median(scores))


def _silent_lines(
    testimony: Testimony, seen: Sequence[Seen], *, scale: float, least: float
) -> list[tuple[Seen, float]]:
    """The lines that were seen and the witness has not read.

    With each stands the length, in heights of a line, that the witness has nothing for. What it
    is not sure of, and the text does not bear out, is nothing.
    """
    bearing = set(testimony.common)
    counts: Counter[int] = Counter()
    for index, word in enumerate(testimony.heard):
        score = testimony.lines[word.line].score
        if index in bearing or score is None or score >= least:
            counts[word.line] += letters(word.text)
    read = [
        (Piece("", box, BlockKind.TEXT, 0), count)
        for number, count in counts.items()
        if (box := testimony.lines[number].box) is not None
    ]
    bands = BandIndex([piece.box for piece, _ in read])
    result = []
    for one in seen:
        length = one.length / one.height
        there = 0.0
        for piece, count in (read[place] for place in bands.near(one.box)):
            if not meet(one.box, piece.box):
                continue
            share = covered_share(one, [piece], margin=0.0)
            along = max(piece.box.width, piece.box.height, 1.0)
            there += count * min(1.0, share * one.length / along)
        if there < _SILENT * length * scale:
            result.append((one, length - there / scale))
    return result


def _room(
    reading: PageReading,
    testimony: Testimony,
    stretch: Stretch,
    silent: Sequence[tuple[Seen, float]],
) -> float:
    """Length of the lines that the witness has not read where a stretch of the text may be."""
    blocks = {testimony.said[index].block for index in stretch.said}
    places = [reading.blocks[block].box for block in blocks]
    known = [box for box in places if box is not None]
    if len(known) == len(places):
        return sum(
            length for line, length in silent if any(b.contains(*line.middle) for b in known)
        )
    before, after = testimony.place(stretch.before), testimony.place(stretch.after)
    if before is None or after is None:
        return sum(length for _, length in silent)
    reach = 3 * max(body_height([line for line, _ in silent]), before.height)
    place = union_box((before, after))
    return sum(
        length for line, length in silent if place.y0 - reach <= line.middle[1] <= place.y1 + reach
    )


def placed_lines(testimony: Testimony) -> tuple[Piece, ...]:
    """The witness's lines in the order in which the text has them: it places a text without boxes.

    Lines of which the text has less than half are left out.
    """
    words: Counter[int] = Counter(word.line for word in testimony.heard)
    found: dict[int, list[int]] = {}
    for index, other in enumerate(testimony.common):
        if other is not None:
            found.setdefault(testimony.heard[other].line, []).append(index)
    kinds = {word.line: word.block for word in testimony.heard}
    placed = []
    for number, indices in found.items():
        line = testimony.lines[number]
        if line.box is not None and len(indices) * 2 >= words[number]:
            piece = Piece(
                line.text, line.box, BlockKind.TEXT, kinds[number], line.quad, is_line=True
            )
            placed.append((statistics.median(indices), number, piece))
    return tuple(piece for _, _, piece in sorted(placed, key=lambda one: one[:2]))
