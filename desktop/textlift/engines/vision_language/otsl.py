"""OTSL, the table language of several models, as HTML.

A table is a grid of cells in reading order; each begins with a token that says what it is, and
rows end with ``<nl>`` (Lysak et al., "Optimized Table Tokenization for Table Structure
Recognition", 2023). A cell that spans others is followed by tokens that say "as the one to the
left" and "as the one above".
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterable, Sequence

import msgspec

_TOKEN = re.compile(r"<(fcel|ecel|lcel|ucel|xcel|ched|rhed|srow|nl)>")
_MOST_CELLS = 20_000
"""Of a table whose short rows are filled up; a model that loops writes long and many ones."""
_LIKE_LEFT = frozenset({"lcel", "xcel"})
_LIKE_ABOVE = frozenset({"ucel", "xcel"})
_HEADS = frozenset({"ched", "rhed", "srow"})


class _Cell(msgspec.Struct, frozen=True):
    kind: str
    text: str = ""


def has_otsl(text: str) -> bool:
    """Whether there is a cell of such a table in ``text``."""
    return _TOKEN.search(text) is not None


def html_of_otsl(text: str) -> str:
    """The table as HTML; empty when there is no cell in ``text``."""
    rows = _rows(text)
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    grid = rows
    if width * len(rows) <= _MOST_CELLS:
        grid = [[*row, *([_Cell("ecel")] * (width - len(row)))] for row in rows]
    lines = [
        "<tr>" + "".join(_html(grid, row, column) for column in range(len(cells))) + "</tr>"
        for row, cells in enumerate(grid)
    ]
    return "<table>" + "".join(lines) + "</table>"


def _rows(text: str) -> list[list[_Cell]]:
    """The rows with a cell in them; words where no cell can have any get one of their own."""
    before, *pieces = _TOKEN.split(text)
    if not pieces:
        return []
    rows: list[list[_Cell]] = [_own_cell(before)]
    for kind, inside in zip(pieces[::2], pieces[1::2], strict=True):
        if kind == "nl":
            rows.append(_own_cell(inside))
        elif kind in _LIKE_LEFT | _LIKE_ABOVE and inside.strip():
            rows[-1] += _own_cell(inside)
        else:
            rows[-1].append(_Cell(kind, inside.strip()))
    return [row for row in rows if row]


def _own_cell(text: str) -> list[_Cell]:
    return [_Cell("fcel", text.strip())] if text.strip() else []


def _html(grid: Sequence[Sequence[_Cell]], row: int, column: int) -> str:
    cell = grid[row][column]
    if _is_covered(grid, row, column):
        return ""
    cells = grid[row]
    across = _run((cells[at] for at in range(column + 1, len(cells))), _LIKE_LEFT)
    under = (grid[at] for at in range(row + 1, len(grid)))
    below = _run((line[column] if column < len(line) else None for line in under), _LIKE_ABOVE)
    tag = "th" if cell.kind in _HEADS else "td"
    spans = f' colspan="{across + 1}"' * bool(across) + f' rowspan="{below + 1}"' * bool(below)
    return f"<{tag}{spans}>{html.escape(cell.text, quote=False)}</{tag}>"


def _is_covered(grid: Sequence[Sequence[_Cell]], row: int, column: int) -> bool:
    """Whether a cell is part of another one; at an edge there is none it could be part of."""
    kind = grid[row][column].kind
    return (kind in _LIKE_LEFT and column > 0) or (kind in _LIKE_ABOVE and row > 0)


def _run(cells: Iterable[_Cell | None], kinds: frozenset[str]) -> int:
    """How many cells at the start are of these kinds."""
    run = itertools.takewhile(lambda cell: cell is not None and cell.kind in kinds, cells)
    return sum(1 for _ in run)
