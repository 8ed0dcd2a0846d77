"""The elements of a layout that dots.ocr wrote as JSON: whole, damaged, or broken off."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import json_repair
import msgspec

from textlift.engines.dots_ocr.json_text import decoded_leniently, whole_characters

Corners = tuple[float, float, float, float]

_FIELDS = ("bbox", "category", "text")
_FENCE = re.compile(r"\A\s*```[a-z]*[ \t]*\n(.*?)(?:\n```\s*)?\Z", re.DOTALL)
_START = re.compile(r'\{\s*"(?:bbox|category|text)"\s*:')
_BETWEEN = re.compile(r'[\s,\[\]]*(?:\{\s*(?:"\w*"?\s*)?\Z)?')
"""What stands between elements, with the beginning of one that the end of the answer cuts off."""

_ELEMENT = re.compile(
    r'\{\s*"bbox"\s*:\s*\[(?P<box>[^\[\]"{}]*)\]\s*,\s*'
    r'"category"\s*:\s*"(?P<category>[^"]*)"\s*'
    r'(?:,\s*"text"\s*:\s*"(?P<text>.*))?',
    re.DOTALL,
)
_TEXT_END = re.compile(r'(?<!\\)((?:\\\\)*)"\s*\Z')
_ELEMENT_END = re.compile(r'"?\s*\}[\s,\]]*\Z')
_LONGEST_MENDED = 5_000
"""Characters of a damaged element that json-repair is given; its time grows faster than they do."""

_NOT_MENDED = (ValueError, RecursionError, AssertionError, LookupError, TypeError, AttributeError)
"""What json-repair raises; fuzzing found that it asserts what some damage makes untrue."""

_LONGEST_EMPTY = 60
"""Characters; a shorter beginning of an element has no text yet."""

_DEEPEST = 20
_LONGEST_CATEGORY = 40


class Element(msgspec.Struct, frozen=True):
    """An element as the model wrote it.

    Attributes:
        category: Its word for what it is; empty when it gave none.
        text: Empty when it gave none.
        box: In pixels of the image that the model saw; None when it gave none that is one.
        whole: The element ends where its JSON ends; False for one that is broken off.
        misnamed: Its text stood under another name than the one that was asked for.
    """

    category: str
    text: str
    box: Corners | None = None
    whole: bool = True
    misnamed: bool = False


class Layout(msgspec.Struct, frozen=True):
    """What could be read of an answer.

    Attributes:
        elements: In the order of the answer.
        mended: Elements that were damaged and could be read nevertheless.
        lost: Pieces of the answer that could not be read, as they were written.
        open_list: The list around the elements was damaged; they themselves are not.
        broken_off: The answer ends inside an element.
        is_layout: It is a list of elements, even if an empty one.
    """

    elements: tuple[Element, ...]
    mended: int = 0
    lost: tuple[str, ...] = ()
    open_list: bool = False
    broken_off: bool = False
    is_layout: bool = True


def read_layout(answer: str) -> Layout:
    """Reads an answer, without raising."""
    fenced = _FENCE.match(answer)
    source = (fenced.group(1) if fenced else answer).strip()
    try:
        # Line breaks inside a string are not valid and do no harm.
        value = json.loads(source, strict=False, object_pairs_hook=_all_words)
    except (ValueError, RecursionError):
        return _read_piecewise(source)
    elements = tuple(_elements(value))
    is_layout = bool(elements) or value == []
    return Layout(elements=elements, lost=() if is_layout else (source,), is_layout=is_layout)


def _read_piecewise(source: str) -> Layout:
    """Reads an answer that is not valid as a whole, element by element."""
    starts = [found.start() for found in _START.finditer(source)]
    if not starts:
        return _read_as_whole(source)
    elements: list[Element] = []
    lost: list[str] = []
    mended = 0
    if source[: starts[0]].strip("[ \t\r\n"):
        lost.append(source[: starts[0]].strip())
    at = 0
    for start, following in zip(starts, [*starts[1:], len(source)], strict=True):
        if start < at:
            continue
        found, at = _whole_element(source, start)
        if found:
            elements.extend(found)
            rest = source[at : next((s for s in starts if s >= at), len(source))]
            if outside := rest[_end_of(_BETWEEN, rest) :].strip():
                lost.append(outside)
            continue
        at = following
        piece = source[start:following]
        last = following == len(source)
        found = _mended_element(piece, last=last)
        elements.extend(found)
        if not found:
            if not last or len(piece) > _LONGEST_EMPTY:
                lost.append(piece.strip())
        elif not (last and not found[-1].whole):
            mended += 1
    broken_off = not re.search(r"[}\]]\s*\Z", source) or bool(elements and not elements[-1].whole)
    return Layout(
        elements=tuple(elements),
        mended=mended,
        lost=tuple(lost),
        open_list=not (mended or lost or broken_off),
        broken_off=broken_off,
        is_layout=bool(elements),
    )


def _whole_element(source: str, start: int) -> tuple[list[Element], int]:
    """The element at ``start`` if it is valid, and where it ends."""
    try:
        value, end = _DECODER.raw_decode(source, start)
    except (ValueError, RecursionError):
        return [], start
    return list(_elements(value)), end


def _mended_element(piece: str, *, last: bool) -> list[Element]:
    """The element in a damaged piece; nothing when it is beyond repair."""
    found = _ELEMENT.match(piece)
    whole = bool(_ELEMENT_END.search(piece))
    if found is not None and _is_understood(found, piece, whole=whole):
        text = found["text"] or ""
        if whole:
            text = text[: len(text) - len(_match(_ELEMENT_END, text))]
        elif found["text"] is not None:
            text = _TEXT_END.sub(r"\1", text)
        if whole or last:
            box = _corners(_numbers(found["box"]))
            text = whole_characters(decoded_leniently(text))
            return [Element(_category(found["category"]), text, box, whole=whole)]
    return [
        msgspec.structs.replace(element, whole=whole or not last)
        for element in _elements(_repaired(piece))
    ]


def _is_understood(found: re.Match[str], piece: str, *, whole: bool) -> bool:
    """Whether nothing but the end of the element follows what was recognised of it."""
    rest = piece[found.end() :]
    return found["text"] is not None or bool(
        _ELEMENT_END.fullmatch(rest) if whole else ', "text": "'.startswith(rest.strip())
    )


def _read_as_whole(source: str) -> Layout:
    """What json-repair makes of an answer in which no element begins as it should."""
    if not source.startswith(("[", "{")):
        return Layout(elements=(), lost=(source,) if source else (), is_layout=False)
    elements = tuple(_elements(_repaired(source)))
    if not elements:
        begun = source in {"[", "{"} or bool(re.fullmatch(r'[\[{\s]*"?\w*"?[:\s\[\d,.]*', source))
        return Layout(
            elements=(), lost=() if begun else (source,), broken_off=begun, is_layout=False
        )
    return Layout(elements=elements, mended=len(elements))


def _repaired(piece: str) -> Any:
    if len(piece) > _LONGEST_MENDED:
        return None
    try:
        return json_repair.loads(piece)
    except _NOT_MENDED:
        return None


def _elements(value: Any, depth: int = 0) -> Iterator[Element]:
    """The elements in a decoded answer: a list of them, one, or one inside another."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _elements(item, depth + 1)
    elif isinstance(value, dict):
        if any(field in value for field in _FIELDS):
            category, text = _category(value.get("category")), _words(value.get("text"))
            box = _corners(value.get("bbox"))
            others = "" if text else _other_words(value)
            if category or text or box or others:
                yield Element(category, text or others, box, misnamed=bool(others))
        for name, inner in value.items():
            if name not in _FIELDS and isinstance(inner, list | dict):
                yield from _elements(inner, depth + 1)


def _other_words(element: dict[str, Any]) -> str:
    """What stands in an element without text under names that nobody asked for."""
    found = (
        whole_characters(inner)
        for name, inner in element.items()
        if name not in _FIELDS and isinstance(inner, str)
    )
    return "\n".join(words for words in found if words.strip())


def _all_words(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no text makes way for a later one."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        before = result.get(name)
        both = name == "text" and isinstance(before, str) and isinstance(value, str)
        result[name] = f"{before}\n{value}" if both else value
    return result


_DECODER = json.JSONDecoder(strict=False, object_pairs_hook=_all_words)


def _category(value: Any) -> str:
    words = " ".join(whole_characters(value).split()) if isinstance(value, str) else ""
    return words[:_LONGEST_CATEGORY]


def _words(value: Any) -> str:
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return "\n".join(words for item in value if (words := _words(item)))
    return ""


def _numbers(text: str) -> list[float]:
    try:
        return [float(number) for number in text.split(",")]
    except ValueError:
        return []


def _corners(value: Any) -> Corners | None:
    """Four finite numbers with the smaller corner first; None when it is anything else."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    numbers: list[float] = []
    for item in value:
        try:
            number = float(item) if isinstance(item, int | float | str) else math.nan
        except (ValueError, OverflowError):
            return None
        if not math.isfinite(number):
            return None
        numbers.append(number)
    x0, y0, x1, y1 = numbers
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _match(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group() if found else ""


def _end_of(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0
