"""Pieces that stand beside each other on one printed line."""

from __future__ import annotations

from collections.abc import Sequence

from textlift.content.placed import Placed, overlap

_SAME_ROW = 0.5
_MOST_UNLIKE_HEIGHTS = 2.2
_MOST_OVERLAID = 0.4
_LOOK_BACK = 12


def group_rows(pieces: Sequence[Placed]) -> list[list[Placed]]:
    """Rows from top to bottom, each from left to right."""
    rows: list[list[Placed]] = []
    for piece in sorted(pieces, key=lambda piece: piece.box.center[1]):
        fits = [
            (share, row)
            for row in rows[-_LOOK_BACK:]
            if (share := _share_of_row(piece, row)) >= _SAME_ROW
        ]
        if fits:
            max(fits, key=lambda fit: fit[0])[1].append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort(key=lambda piece: piece.box.x0)
    rows.sort(key=lambda row: sum(piece.box.center[1] for piece in row) / len(row))
    return rows


def _share_of_row(piece: Placed, row: Sequence[Placed]) -> float:
    """How far a piece is level with its nearest neighbour in a row; 0 when it cannot be in it."""
    box = piece.box
    nearest, distance = row[0], float("inf")
    for other in row:
        shared = overlap(box.x0, box.x1, other.box.x0, other.box.x1)
        if shared > _MOST_OVERLAID * min(box.width, other.box.width):
            return 0.0
        if -shared < distance:
            nearest, distance = other, -shared
    lower, higher = sorted((box.height, nearest.box.height))
    if higher > _MOST_UNLIKE_HEIGHTS * lower:
        return 0.0
    return overlap(box.y0, box.y1, nearest.box.y0, nearest.box.y1) / max(lower, 1.0)
