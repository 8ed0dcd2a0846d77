"""The text that comes of choosing, pair by pair, between a page's text and a second opinion."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from textlift.content.page import EditedLine
from textlift.content.side_by_side import Pair, SideBySide

_BLANK = EditedLine(text="")


class Choices(msgspec.Struct, frozen=True):
    """What was chosen.

    Attributes:
        taken: Numbers of the pairs whose second text stands; of the others the first stands.
        reordered: The passages stand in the order of the second text.
    """

    taken: frozenset[int] = frozenset()
    reordered: bool = False


def all_second(text: SideBySide) -> Choices:
    """Everything as the other reading has it. Passages that say the same keep their lines."""
    differing = (number for number, pair in enumerate(text.pairs) if pair.differences)
    return Choices(taken=frozenset(differing), reordered=text.reordered)


def composed(text: SideBySide, choices: Choices) -> tuple[EditedLine, ...]:
    """The page's text as chosen; without a choice it is the first text, line for line."""
    if choices.reordered:
        return _in_second_order(text, choices)
    owner = {line: number for number, pair in enumerate(text.pairs) for line in pair.first}
    start = min(owner, default=len(text.first))
    added = _added_after(text, choices, start)
    writer = _Writer(text)
    for number, line in enumerate(text.first):
        for pair in added.pop(number - 0.5, ()):
            writer.add_passage(pair)
        mine = owner.get(number)
        if mine is None or mine not in choices.taken:
            writer.keep(line)
        elif text.pairs[mine].first[0] == number and text.pairs[mine].second:
            writer.put(text.pairs[mine])
        else:
            writer.leave_out()
        for pair in added.pop(float(number), ()):
            writer.add_passage(pair)
    for pairs in added.values():
        for pair in pairs:
            writer.add_passage(pair)
    return writer.finished()


def choices_behind(text: SideBySide, lines: Sequence[EditedLine]) -> Choices | None:
    """The choices that make these lines of the two texts; None when none does."""
    there = Counter(line.text for line in lines)

    def has(side: tuple[EditedLine, ...], numbers: tuple[int, ...]) -> bool:
        return not Counter(side[number].text for number in numbers) - there

    taken = set()
    for number, pair in enumerate(text.pairs):
        if not pair.differences:
            continue
        first, second = has(text.first, pair.first), has(text.second, pair.second)
        # Nothing is always there: what decides is whether the other text is.
        if (pair.second and second and not (pair.first and first)) or (
            not pair.second and not first
        ):
            taken.add(number)
    wanted = [line.text for line in lines]
    for reordered in (False, True) if text.reordered else (False,):
        choices = Choices(taken=frozenset(taken), reordered=reordered)
        if [line.text for line in composed(text, choices)] == wanted:
            return choices
    return None


def _added_after(text: SideBySide, choices: Choices, start: int) -> defaultdict[float, list[Pair]]:
    """Passages that only the second text has, by the first text's line that they follow.

    Half a line before ``start`` come those that precede everything that was compared.
    """
    added: defaultdict[float, list[Pair]] = defaultdict(list)
    place = start - 0.5
    for number, pair in enumerate(text.pairs):
        if pair.first:
            place = float(max(pair.first))
        elif number in choices.taken:
            added[place].append(pair)
    return added


class _Writer:
    """Puts lines together, and blank ones between them as the texts have them."""

    def __init__(self, text: SideBySide) -> None:
        self._text = text
        self._lines: list[EditedLine] = []
        self._blanks: list[EditedLine] = []
        self._left_out = False
        self._wants_blank = False
        self._last_second: int | None = None

    def keep(self, line: EditedLine) -> None:
        """A line of the first text."""
        if line.text.strip():
            self._begin(wants_blank=False)
            self._lines.append(line)
            self._last_second = None
        elif not (self._left_out and self._blanks):
            self._blanks.append(line)

    def leave_out(self) -> None:
        """A line of the first text does not stand."""
        self._left_out = True

    def put(self, pair: Pair) -> None:
        """The second text of a pair, in the place of the first."""
        self._put_second(pair, wants_blank=False)

    def add_passage(self, pair: Pair) -> None:
        """A passage that only the second text has."""
        second = self._text.second
        begins, ends = pair.second[0], pair.second[-1] + 1
        apart = begins > 0 and not second[begins - 1].text
        self._put_second(pair, wants_blank=apart)
        self._wants_blank = ends >= len(second) or not second[ends].text

    def finished(self) -> tuple[EditedLine, ...]:
        """All lines."""
        trailing = () if self._left_out else self._blanks
        return (*self._lines, *trailing)

    def _put_second(self, pair: Pair, *, wants_blank: bool) -> None:
        second, before = self._text.second, self._last_second
        if before is not None and pair.second[0] == before + 1:
            self._blanks, self._wants_blank, wants_blank = [], False, False
        elif before is not None and pair.second[0] == before + 2:
            wants_blank = True
        self._begin(wants_blank=wants_blank)
        previous = pair.second[0] - 1
        for number in pair.second:
            if number != previous + 1:
                self._lines.append(_BLANK)
            self._lines.append(second[number])
            previous = number
        self._last_second = previous
        self._left_out = True

    def _begin(self, *, wants_blank: bool) -> None:
        blanks = self._blanks
        if not blanks and self._lines and (wants_blank or self._wants_blank):
            blanks = [_BLANK]
        if self._left_out and not self._lines:
            blanks = []
        self._lines += blanks
        self._blanks, self._left_out, self._wants_blank = [], False, False


def _in_second_order(text: SideBySide, choices: Choices) -> tuple[EditedLine, ...]:
    """What was compared in the order of the second text, with the rest of the page around it."""
    compared = {line for pair in text.pairs for line in pair.first}
    start, end = min(compared, default=0), max(compared, default=-1) + 1
    keys: list[tuple[int, int, int]] = []
    place = -1
    for number, pair in enumerate(text.pairs):
        place = pair.second[0] if pair.second else place
        keys.append((place, 0 if pair.second else 1, number))
    pieces: list[tuple[EditedLine, ...]] = []
    for _, _, number in sorted(keys):
        pair = text.pairs[number]
        side, numbers = (
            (text.second, pair.second) if number in choices.taken else (text.first, pair.first)
        )
        if numbers:
            pieces.append(_with_blanks(side, numbers))
    pieces.extend(
        (text.first[number],)
        for number in range(start, end)
        if number not in compared and text.first[number].text.strip()
    )
    middle: list[EditedLine] = []
    for piece in pieces:
        middle += [_BLANK, *piece] if middle else piece
    return (*text.first[:start], *middle, *text.first[end:])


def _with_blanks(side: tuple[EditedLine, ...], numbers: tuple[int, ...]) -> tuple[EditedLine, ...]:
    lines: list[EditedLine] = []
    previous = numbers[0] - 1
    for number in numbers:
        if number != previous + 1:
            lines.append(_BLANK)
        lines.append(side[number])
        previous = number
    return tuple(lines)
