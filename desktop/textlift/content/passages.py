"""Pairs the passages of two readings of the same page, whatever blocks each made of them."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from textlift.content.geometry import Box

_SHARED = 0.4
"""Of the words of the shorter passage, the share that makes two passages the same one."""
_SAME_PLACE = 0.4
"""Area shared by two boxes against that of the larger, from which they are the same place."""

_RARE = 2
"""Words that stand once in each reading, and that make two passages belong together."""
_HELD = 0.7
"""Share of a passage's area from which another one holds it."""


class Passage(msgspec.Struct, frozen=True):
    """Lines that one reading keeps together.

    Attributes:
        lines: Their indices, in reading order.
        words: Of each line, as they are to be compared.
        box: Where they are on the page; None when not known.
    """

    lines: tuple[int, ...]
    words: tuple[tuple[str, ...], ...]
    box: Box | None = None


class LinePair(msgspec.Struct, frozen=True):
    """Lines of the first and of the second reading that say the same; either may be empty."""

    first: tuple[int, ...]
    second: tuple[int, ...]


def pair_passages(first: Sequence[Passage], second: Sequence[Passage]) -> tuple[LinePair, ...]:
    """Every line of both readings in one pair, in the order of the first reading.

    Passages belong together when they share words, or lie in the same place. Where one reading
    has several passages and the other has them in one, the pairs are cut between lines as far
    as lines end at the same words. A passage of the second reading only follows what it follows
    there.
    """
    pairs: list[LinePair] = []
    for ours, theirs in _groups(first, second):
        pairs += _cut([first[one] for one in ours], [second[one] for one in theirs])
    return tuple(_in_order(pairs))


def aligned_words(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int, int]]:
    """Runs of words that both have: where they begin in each, and how many they are."""
    # The native module is needed here only, and the window starts without it.
    from rapidfuzz.distance import LCSseq

    return [
        (step.src_start, step.dest_start, step.src_end - step.src_start)
        for step in LCSseq.opcodes(first, second)
        if step.tag == "equal"
    ]


def _groups(
    first: Sequence[Passage], second: Sequence[Passage]
) -> Iterator[tuple[list[int], list[int]]]:
    """Passages of both that belong together, as indices; alone where there is no other."""
    links = _links_by_words(first, second) | _links_by_rare_words(first, second)
    links |= _links_by_place(first, second, links)
    links |= _links_by_order(first, second, links)
    of_first: defaultdict[int, set[int]] = defaultdict(set)
    of_second: defaultdict[int, set[int]] = defaultdict(set)
    for ours, theirs in links:
        of_first[ours].add(theirs)
        of_second[theirs].add(ours)
    left_first, left_second = set(range(len(first))), set(range(len(second)))
    for start in range(len(first)):
        if start not in left_first:
            continue
        reached_first, reached_second, fresh = {start}, set[int](), {start}
        while fresh:
            theirs_new = {b for a in fresh for b in of_first[a]} - reached_second
            reached_second |= theirs_new
            fresh = {a for b in theirs_new for a in of_second[b]} - reached_first
            reached_first |= fresh
        left_first -= reached_first
        left_second -= reached_second
        yield sorted(reached_first), sorted(reached_second)
    for alone in sorted(left_second):
        yield [], [alone]


def _links_by_words(first: Sequence[Passage], second: Sequence[Passage]) -> set[tuple[int, int]]:
    """Each passage with the one it shares most words with, if those are enough."""
    counts = [Counter(_all_words(passage)) for passage in first]
    other_counts = [Counter(_all_words(passage)) for passage in second]
    having: defaultdict[str, list[int]] = defaultdict(list)
    for theirs, words in enumerate(other_counts):
        for word in words:
            having[word].append(theirs)
    shared: Counter[tuple[int, int]] = Counter()
    for ours, words in enumerate(counts):
        for word, count in words.items():
            for theirs in having[word]:
                shared[ours, theirs] += min(count, other_counts[theirs][word])
    sizes, other_sizes = [c.total() for c in counts], [c.total() for c in other_counts]
    best_of_first: dict[int, tuple[float, float, tuple[int, int]]] = {}
    best_of_second: dict[int, tuple[float, float, tuple[int, int]]] = {}
    for (ours, theirs), words_shared in shared.items():
        if words_shared < _SHARED * min(sizes[ours], other_sizes[theirs]):
            continue
        # Of passages that say the same, such as cells with the same figure, the nearest.
        apart = abs(ours / max(len(first), 1) - theirs / max(len(second), 1))
        near = _nearness(first[ours].box, second[theirs].box)
        candidate = (words_shared + near, -apart, (ours, theirs))
        best_of_first[ours] = max(best_of_first.get(ours, candidate), candidate)
        best_of_second[theirs] = max(best_of_second.get(theirs, candidate), candidate)
    return {best[2] for best in (*best_of_first.values(), *best_of_second.values())}


def _links_by_rare_words(
    first: Sequence[Passage], second: Sequence[Passage]
) -> set[tuple[int, int]]:
    """Passages that share words which stand nowhere else: the end of one may begin another."""
    owners, other_owners = _owners_of_rare_words(first), _owners_of_rare_words(second)
    shared = Counter(
        (owner, other_owners[word]) for word, owner in owners.items() if word in other_owners
    )
    return {link for link, words in shared.items() if words >= _RARE}


def _owners_of_rare_words(passages: Sequence[Passage]) -> dict[str, int]:
    """By word that stands once only, the passage it stands in."""
    counts = Counter(word for passage in passages for word in _all_words(passage))
    return {
        word: number
        for number, passage in enumerate(passages)
        for word in _all_words(passage)
        if counts[word] == 1
    }


def _links_by_place(
    first: Sequence[Passage], second: Sequence[Passage], known: set[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Passages without a counterpart, with one that lies in the same place or holds them."""
    have_first, have_second = {a for a, _ in known}, {b for _, b in known}
    links: set[tuple[int, int]] = set()
    for ours, passage in enumerate(first):
        if ours not in have_first:
            theirs = _holder(passage, second, have_second)
            if theirs is not None:
                links.add((ours, theirs))
    for theirs, passage in enumerate(second):
        if theirs not in have_second:
            ours_there = _holder(passage, first, have_first)
            if ours_there is not None:
                links.add((ours_there, theirs))
    return links


def _holder(passage: Passage, others: Sequence[Passage], have: set[int]) -> int | None:
    """Of the others that which holds most of a passage, the smallest where several do.

    One that has a counterpart must hold nearly all of it, as a paragraph holds its last line.
    """
    found: list[tuple[float, int]] = []
    for number, other in enumerate(others):
        if passage.box is None or other.box is None:
            continue
        held = passage.box.intersection_area(other.box) / max(passage.box.area, 1.0)
        alone = number not in have and _nearness(passage.box, other.box) >= _SAME_PLACE
        if alone or held >= _HELD:
            found.append((other.box.area, number))
    return min(found)[1] if found else None


def _links_by_order(
    first: Sequence[Passage], second: Sequence[Passage], known: set[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Passages whose place is not known, and which follow the same passage and precede another."""
    counterpart = dict(sorted(known))
    counterpart_back = {theirs: ours for ours, theirs in sorted(known, reverse=True)}
    links = set()
    for ours, passage in enumerate(first):
        before = counterpart.get(ours - 1) if ours else -1
        after = counterpart.get(ours + 1) if ours + 1 < len(first) else len(second)
        if ours in counterpart or before is None or after is None or after - before != 2:
            continue
        theirs = before + 1
        placed = passage.box is not None and second[theirs].box is not None
        if theirs not in counterpart_back and not placed:
            links.add((ours, theirs))
    return links


def _nearness(box: Box | None, other: Box | None) -> float:
    if box is None or other is None:
        return 0.0
    return box.intersection_area(other) / max(box.area, other.area, 1.0)


def _cut(first: Sequence[Passage], second: Sequence[Passage]) -> Iterator[LinePair]:
    """The lines of passages that belong together, in pieces as small as both agree on."""
    ours = _Words(first)
    theirs = _Words(_as_in(ours.words, second))
    last = (0, 0)
    end = (len(ours.words), len(theirs.words))
    for place in [*sorted(set(_cuts(ours, theirs))), end]:
        if place == last or place[1] < last[1]:
            continue
        yield LinePair(
            first=ours.lines_between(last[0], place[0]),
            second=theirs.lines_between(last[1], place[1]),
        )
        last = place


def _as_in(words: Sequence[str], passages: Sequence[Passage]) -> list[Passage]:
    """The passages in the order in which their words stand in a text."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, word in enumerate(words):
        places[word].append(place)
    keys: list[tuple[float, int]] = []
    before = 0.0
    for number, passage in enumerate(passages):
        # Words that stand in many places say little of where the passage does.
        found = [places[word][0] for word in _all_words(passage) if len(places[word]) == 1]
        before = statistics.median(found) if found else before
        keys.append((before, number))
    return [passages[number] for _, number in sorted(keys)]


class _Words:
    """The words of passages one after the other, and where lines and passages begin."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.words: list[str] = []
        self._lines: list[tuple[int, int]] = []
        self.passage_starts: set[int] = set()
        for passage in passages:
            self.passage_starts.add(len(self.words))
            for line, words in zip(passage.lines, passage.words, strict=True):
                self._lines.append((len(self.words), line))
                self.words += words
        self.line_starts = {start for start, _ in self._lines}

    def lines_between(self, start: int, end: int) -> tuple[int, ...]:
        return tuple(line for place, line in self._lines if start <= place < end)


def _cuts(ours: _Words, theirs: _Words) -> Iterator[tuple[int, int]]:
    """Where both have a line that begins, and at least one a passage, at the same word."""
    runs = aligned_words(ours.words, theirs.words)
    edges = itertools.chain(runs, [(len(ours.words), len(theirs.words), 0)])
    a_before = b_before = 0
    for a, b, size in edges:
        # Between two runs lies what differs: cut before it, after it, and inside where both have
        # as many passages.
        inside_first = sorted(x for x in ours.passage_starts if a_before < x < a)
        inside_second = sorted(y for y in theirs.passage_starts if b_before < y < b)
        if len(inside_first) == len(inside_second):
            yield from zip(inside_first, inside_second, strict=True)
        for place in ((a_before, b_before), (a, b)):
            if _both_begin(ours, theirs, *place):
                yield place
        for step in range(1, size):
            if _both_begin(ours, theirs, a + step, b + step):
                yield a + step, b + step
        a_before, b_before = a + size, b + size


def _both_begin(ours: _Words, theirs: _Words, a: int, b: int) -> bool:
    ends = (len(ours.words), len(theirs.words))
    a_line = a in ours.line_starts or a == ends[0]
    b_line = b in theirs.line_starts or b == ends[1]
    return a_line and b_line and (a in ours.passage_starts or b in theirs.passage_starts)


def _in_order(pairs: Sequence[LinePair]) -> list[LinePair]:
    """In the order of the first reading; those of the second only after what they follow."""
    with_first: list[LinePair] = []
    for pair in sorted((one for one in pairs if one.first), key=lambda one: one.first[0]):
        if with_first and pair.first[0] < with_first[-1].first[-1]:
            # Passages that say the same again and again can come to lie inside each other.
            with_first[-1] = _merged(with_first[-1], pair)
        else:
            with_first.append(pair)
    after: dict[int, int] = {}
    for place, pair in enumerate(with_first):
        for line in pair.second:
            after[line] = place
    result = [(place, -1, pair) for place, pair in enumerate(with_first)]
    for pair in pairs:
        if not pair.first:
            before = [line for line in after if line < pair.second[0]]
            place = after[max(before)] if before else -1
            result.append((place, pair.second[0], pair))
    return [pair for _, _, pair in sorted(result, key=lambda one: one[:2])]


def _merged(one: LinePair, other: LinePair) -> LinePair:
    return LinePair(
        first=tuple(sorted(one.first + other.first)),
        second=tuple(sorted(one.second + other.second)),
    )


def _all_words(passage: Passage) -> Iterator[str]:
    return itertools.chain.from_iterable(passage.words)
