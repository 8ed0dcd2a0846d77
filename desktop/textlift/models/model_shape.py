"""The sizes of a model that decide how much memory it takes; known without loading it."""

from __future__ import annotations

import msgspec


class TowerShape(msgspec.Struct, frozen=True):
    """The part of a model that sees.

    What lives at once differs from tower to tower: ``rows`` and ``scores`` say how much, counted
    with ``python -m benchmarks.memory_rows``.

    Attributes:
        width: Numbers that stand for a patch.
        heads: Of the attention.
        patch: Pixels on a side of a patch.
        merge: Patches on a side of the square that becomes one token of the language model.
        rows: Times the width, for each patch: what a layer holds at once.
        half_rows: The same in 16 bits, where it keeps some in 32; 0: as many.
        scores: Copies of all patches' scores against all others that a layer holds at once; 0
            where the attention never holds them, as with the fused kernels.
        exact_scores: One more of them is in 32 bits, whatever the number format.
        masked: The attention is told in a table which patches belong together.
        tile: Pixels on a side of the squares an image is cut into; 0: it is seen as it is.
        whole: Pixels on a side of the square that shows the page besides its tiles; 0: none.
        least_tiles: An image of fewer is shown in the square of the whole only.
        one_by_one: The squares are seen one after another; else all at once.
        tokens: That an image of any size becomes; 0: by its patches.
    """

    width: int
    heads: int
    patch: int
    merge: int
    rows: float
    half_rows: float = 0.0
    scores: int = 0
    exact_scores: bool = False
    masked: bool = False
    tile: int = 0
    whole: int = 0
    least_tiles: int = 1
    one_by_one: bool = False
    tokens: int = 0


class TextShape(msgspec.Struct, frozen=True):
    """The part of a model that writes.

    Attributes:
        layers: How many.
        width: Numbers that stand for a token.
        inner: Of the feed-forward layers, the widest.
        queries: Numbers of a token's queries, all heads together.
        keys: Numbers of a token's keys, all heads together.
        vocabulary: Tokens it chooses among.
        linear: Weights of its layers that can be stored in 8 or 4 bits.
        copied: Weights that a layer copies when a whole question goes through it: of experts.
    """

    layers: int
    width: int
    inner: int
    queries: int
    keys: int
    vocabulary: int
    linear: int
    copied: int = 0


class ModelShape(msgspec.Struct, frozen=True):
    """A model, as far as its memory goes.

    Attributes:
        parameters: Loaded, in all.
        tower: The part that sees.
        text: The part that writes.
    """

    parameters: int
    tower: TowerShape
    text: TextShape
