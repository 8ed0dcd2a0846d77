"""Printed lines joined into the running text of a paragraph."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from textlift.content.block import Line
from textlift.content.geometry import union_box

SOFT_HYPHEN = "\u00ad"
HYPHENS = ("-", "\u2010", SOFT_HYPHEN)

_SPACELESS_NAMES = ("CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "FULLWIDTH", "IDEOGRAPHIC")
_LAST_WORD = re.compile(r"\S+$")
_FIRST_WORD = re.compile(r"^\S+")


def running_lines(lines: Sequence[Line], *, page_text: str = "") -> tuple[str, ...]:
    """The lines of a paragraph joined where the break is the printer's and not the author's.

    A break is the author's (an address, a verse, a list of sums) when the next line's first
    word would still have fitted: known only where every line has a box. Without boxes all
    breaks are the printer's.

    Args:
        lines: Of one block, in reading order.
        page_text: The page's text, searched for a word before its hyphen is taken away.

    Returns:
        One string for each line that must stay a line of its own; at least the empty tuple.
    """
    lines = [line for line in lines if line.text.strip()]
    if not lines:
        return ()
    kept = _intended_breaks(lines)
    result = [lines[0].text.strip()]
    for line, intended in zip(lines[1:], kept, strict=True):
        text = line.text.strip()
        if intended:
            result.append(text)
        else:
            result[-1] = joined(result[-1], text, page_text=page_text)
    return tuple(result)


def joined(left: str, right: str, *, page_text: str = "") -> str:
    """Two printed lines as one: with a space, without one, or with a word's halves put together.

    A hyphen at the end of the line is taken away only where a lower-case letter follows, the
    word has no other hyphen, and the page does not print the word with that hyphen elsewhere.
    """
    if left.endswith(SOFT_HYPHEN):
        return left[:-1] + right
    if left.endswith(HYPHENS) and _is_letter(left[-2:-1]) and right[:1].islower():
        head = _match(_LAST_WORD, left)[:-1]
        tail = _match(_FIRST_WORD, right)
        hyphenated = f"{head}-{tail.rstrip('.,;:!?)»”')}".lower()
        compound = any(hyphen in head for hyphen in HYPHENS) or hyphenated in page_text.lower()
        return left + right if compound else left[:-1] + right
    if _is_spaceless(left[-1:]) and _is_spaceless(right[:1]):
        return left + right
    return f"{left} {right}"


def _intended_breaks(lines: Sequence[Line]) -> list[bool]:
    boxes = [line.box for line in lines if line.box is not None]
    if len(boxes) < len(lines):
        return [False] * (len(lines) - 1)
    around = union_box(boxes)
    right_to_left = _is_right_to_left(" ".join(line.text for line in lines))
    result = []
    for line, box, following in zip(lines, boxes, lines[1:], strict=False):
        room = box.x0 - around.x0 if right_to_left else around.x1 - box.x1
        character = box.width / max(len(line.text), 1)
        word = _match(_FIRST_WORD, following.text.strip())
        # A line of Chinese may break after any character; the rest of a line is then a rag.
        length = 3 if _is_spaceless(word[:1]) else len(word) + 1
        result.append(room > length * character)
    # The longest line of an address or a verse looks full; its fellows tell what it is.
    return [True] * len(result) if sum(result) * 2 >= len(result) > 0 else result


def _match(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group() if found else ""


def _is_letter(character: str) -> bool:
    return character.isalpha()


def _is_spaceless(character: str) -> bool:
    """Whether the character is of a script written without spaces between words."""
    return bool(character) and unicodedata.name(character, "").startswith(_SPACELESS_NAMES)


def _is_right_to_left(text: str) -> bool:
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False
