"""Columns of running text, told from tables, receipts and forms."""

from __future__ import annotations

import itertools
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from textlift.content.placed import Placed, extent, line_height, overlap
from textlift.content.rows import group_rows

_NARROWEST_GUTTER = 0.5
"""In line heights. Columns of a magazine stand closer than a line is high."""
_TRIM = 0.1
"""Line heights a box may stick out over its letters at either end."""
_FEWEST_ROWS = 3
_MOST_TRIED = 40
_ASTRIDE = 12.0
"""Line heights: what is wider and crosses a gutter ends it."""
_MOST_ASTRIDE = 0.15
_DEEPEST = 2
_CLEAN = 0.8
_NEARLY = 0.85
_APART = 0.5
"""Line heights of white between a running foot and the column over it."""


class Split(msgspec.Struct, frozen=True):
    """Two columns beside each other, what is over and under them and what sits astride.

    A caption or a pulled quote can sit in the middle of a page with the columns flowing round it.
    """

    above: list[Placed]
    left: list[Placed]
    right: list[Placed]
    astride: list[Placed]
    below: list[Placed]


class _Gutter(msgspec.Struct, frozen=True):
    top: float
    bottom: float
    width: float
    left: list[Placed]
    right: list[Placed]
    astride: list[Placed]

    @property
    def place(self) -> tuple[float, float, int, int]:
        """Alike for gutters with the same text on both sides."""
        return (self.top, self.bottom, len(self.left), len(self.right))

    @property
    def shared_height(self) -> float:
        """Height over which there is text on both sides."""
        return overlap(
            min(piece.box.y0 for piece in self.left),
            max(piece.box.y1 for piece in self.left),
            min(piece.box.y0 for piece in self.right),
            max(piece.box.y1 for piece in self.right),
        )


def split_columns(pieces: Sequence[Placed]) -> Split | None:
    """Splits at the tallest gutter with running text on both sides, if there is one."""
    return _split(pieces, depth=0)


def _split(pieces: Sequence[Placed], *, depth: int) -> Split | None:
    # Right edges of a ragged column give the same gutter again and again.
    gutters = sorted(
        {gutter.place: gutter for gutter in _gutters(pieces)}.values(),
        key=lambda gutter: (gutter.shared_height, gutter.width),
        reverse=True,
    )
    best: tuple[float, _Gutter] | None = None
    for gutter in gutters[:_MOST_TRIED]:
        if best is not None and gutter.shared_height < _NEARLY * best[1].shared_height:
            break
        fit = _fit_as_columns(gutter.left, gutter.right, depth=depth)
        if fit is not None and (best is None or fit > best[0]):
            best = (fit, gutter)
    return _split_at(best[1], pieces) if best is not None else None


def _split_at(gutter: _Gutter, pieces: Sequence[Placed]) -> Split:
    stray = {
        id(piece)
        for side, other in ((gutter.left, gutter.right), (gutter.right, gutter.left))
        for piece in _beyond(side, other)
    }
    left = [piece for piece in gutter.left if id(piece) not in stray]
    right = [piece for piece in gutter.right if id(piece) not in stray]
    beside = {id(piece) for piece in (*left, *right, *gutter.astride)}
    rest = [piece for piece in pieces if id(piece) not in beside]
    middle = sum(piece.box.center[1] for piece in (*left, *right)) / (len(left) + len(right))
    return Split(
        above=[piece for piece in rest if piece.box.center[1] < middle],
        left=left,
        right=right,
        astride=gutter.astride,
        below=[piece for piece in rest if piece.box.center[1] >= middle],
    )


def _beyond(side: Sequence[Placed], other: Sequence[Placed]) -> list[Placed]:
    """A running head or foot over one column only: apart from it, and beyond the other."""
    rows = group_rows(side)
    top = min(piece.box.y0 for piece in other)
    bottom = max(piece.box.y1 for piece in other)
    apart = _APART * line_height(side)
    first, second, last_but_one, last = rows[0], rows[1], rows[-2], rows[-1]
    stray: list[Placed] = []
    if _bottom(first) < top and _top(second) - _bottom(first) > apart:
        stray.extend(first)
    if _top(last) > bottom and _top(last) - _bottom(last_but_one) > apart:
        stray.extend(last)
    return stray


def _top(row: Sequence[Placed]) -> float:
    return min(piece.box.y0 for piece in row)


def _bottom(row: Sequence[Placed]) -> float:
    return max(piece.box.y1 for piece in row)


def _gutters(pieces: Sequence[Placed]) -> Iterator[_Gutter]:
    """White strips with text on both sides, each as tall as it can be."""
    height = line_height(pieces)
    narrowest = _NARROWEST_GUTTER * height
    by_top = sorted(pieces, key=lambda piece: piece.box.y0)
    tried: set[int] = set()
    for edge in sorted(piece.box.x1 for piece in pieces):
        place = round(edge / narrowest)
        if place in tried:
            continue
        tried.add(place)
        x = edge + narrowest / 2
        crossing = [piece for piece in by_top if _crosses(piece, x, height)]
        spanning = [
            piece
            for piece in crossing
            if piece.box.width > _ASTRIDE * height or not _has_neighbour(piece, by_top, crossing)
        ]
        for barriers in (crossing, spanning) if len(spanning) < len(crossing) else (crossing,):
            yield from _bands_beside(by_top, x, barriers, narrowest)


def _has_neighbour(piece: Placed, pieces: Sequence[Placed], crossing: Sequence[Placed]) -> bool:
    """Whether a column flows round the piece: there is text level with it."""
    others = {id(other) for other in crossing}
    return any(
        overlap(piece.box.y0, piece.box.y1, other.box.y0, other.box.y1)
        > 0.5 * min(piece.box.height, other.box.height)
        for other in pieces
        if id(other) not in others
    )


def _bands_beside(
    pieces: Sequence[Placed], x: float, barriers: Sequence[Placed], narrowest: float
) -> Iterator[_Gutter]:
    """The gutters at ``x`` between the pieces that end one."""
    stops = [float("-inf"), *sorted(piece.box.center[1] for piece in barriers), float("inf")]
    barring = {id(piece) for piece in barriers}
    height = line_height(pieces)
    placed = sorted(
        (piece.box.center[1], number)
        for number, piece in enumerate(pieces)
        if id(piece) not in barring
    )
    middles = [middle for middle, _ in placed]
    for top, bottom in itertools.pairwise(stops):
        inside = placed[bisect_left(middles, top) : bisect_right(middles, bottom)]
        if len(inside) < 2 * _FEWEST_ROWS:
            continue
        band = [pieces[number] for number in sorted(number for _, number in inside)]
        astride = [piece for piece in band if _crosses(piece, x, height)]
        if len(astride) > _MOST_ASTRIDE * len(band):
            continue
        crossing = {id(piece) for piece in astride}
        left = [p for p in band if p.box.center[0] < x and id(p) not in crossing]
        right = [p for p in band if p.box.center[0] >= x and id(p) not in crossing]
        if len(left) < _FEWEST_ROWS or len(right) < _FEWEST_ROWS:
            continue
        gutter = _Gutter(
            top=top,
            bottom=bottom,
            width=min(p.box.x0 for p in right) - max(p.box.x1 for p in left),
            left=left,
            right=right,
            astride=astride,
        )
        if gutter.width >= narrowest and gutter.shared_height > 0:
            yield gutter


def _crosses(piece: Placed, x: float, height: float) -> bool:
    trim = min(_TRIM * height, piece.box.width / 3)
    return piece.box.x0 + trim < x < piece.box.x1 - trim


class _Side(msgspec.Struct, frozen=True):
    """What the text on one side of a gutter looks like.

    Attributes:
        rows: Its printed lines.
        letters: Median of letters in a line.
        filled: Median share of the column's width that a line fills.
        flowing: Share of lines that go on in the next one.
        numeric: Share of lines that are mostly digits.
        single: Share of lines that are one piece.
    """

    rows: list[list[Placed]]
    letters: float
    filled: float
    flowing: float
    numeric: float
    single: float


def _fit_as_columns(left: Sequence[Placed], right: Sequence[Placed], *, depth: int) -> float | None:
    """How clean the columns are on both sides, 0 to 1; None when they are not columns."""
    sides = [_look_at(left), _look_at(right)]
    if any(len(side.rows) < _FEWEST_ROWS or side.numeric > 0.4 for side in sides):
        return None
    again = [
        side.single < _CLEAN and _has_columns(pieces, depth=depth)
        for side, pieces in zip(sides, (left, right), strict=True)
    ]
    flows = [_is_running_text(side) or columns for side, columns in zip(sides, again, strict=True)]
    fit = min(1.0 if columns else side.single for side, columns in zip(sides, again, strict=True))
    if all(flows):
        return fit
    if any(flows) and all(
        flow or (side.flowing >= 0.4 and side.letters >= 8)
        for side, flow in zip(sides, flows, strict=True)
    ):
        return fit
    uneven = _aligned(sides[0].rows, sides[1].rows) < 0.4 and all(
        side.letters >= 6 and side.single > 0.7 for side in sides
    )
    return fit if uneven else None


def _has_columns(pieces: Sequence[Placed], *, depth: int) -> bool:
    """Whether most of one side is columns again."""
    if depth >= _DEEPEST:
        return False
    split = _split(pieces, depth=depth + 1)
    return split is not None and len(split.left) + len(split.right) > 0.6 * len(pieces)


def _is_running_text(side: _Side) -> bool:
    if side.single < 0.6:
        return False
    return (side.filled >= 0.7 and side.letters >= 16) or (
        side.flowing >= 0.4 and side.letters >= 12
    )


def _look_at(pieces: Sequence[Placed]) -> _Side:
    rows = group_rows(pieces)
    x0, x1 = extent(pieces)
    flowing = [_flows_on(a[-1].text, b[0].text) for a, b in itertools.pairwise(rows)]
    return _Side(
        rows=rows,
        letters=statistics.median(sum(piece.letters for piece in row) for row in rows),
        filled=statistics.median(
            sum(piece.box.width for piece in row) / max(1.0, x1 - x0) for row in rows
        ),
        flowing=sum(flowing) / len(flowing) if flowing else 0.0,
        numeric=sum(_is_numeric("".join(piece.text for piece in row)) for row in rows) / len(rows),
        single=sum(len(row) == 1 for row in rows) / len(rows),
    )


def _flows_on(line: str, following: str) -> bool:
    """Whether a sentence goes on in the next line."""
    end, start = line.strip()[-1:], following.strip()[:1]
    return bool(end and start) and end not in ".!?:" and (start.islower() or end == "-")


def _is_numeric(text: str) -> bool:
    signs = [char for char in text if not char.isspace()]
    return sum(not char.isalpha() for char in signs) > 0.5 * len(signs)


def _aligned(left: Sequence[Sequence[Placed]], right: Sequence[Sequence[Placed]]) -> float:
    """Share of the lines of the shorter side that are level with one of the other side."""
    fewer, more = sorted((left, right), key=len)
    level = 0
    for row in fewer:
        box = row[0].box
        level += any(
            abs(box.center[1] - other[0].box.center[1]) < 0.3 * box.height for other in more
        )
    return level / len(fewer)
