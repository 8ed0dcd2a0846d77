"""The sizes of a model that decide how much memory it takes; known without loading it."""

from __future__ import annotations

import msgspec


class TowerShape(msgspec.Struct, frozen=True):
    """The part of a model that sees.

    Attributes:
        width: Numbers that stand for a patch.
        inner: Of the feed-forward layers.
        heads: Of the attention.
        patch: Pixels on a side of a patch.
        merge: Patches on a side of the square that becomes one token of the language model.
        tile: Pixels on a side of the squares an image is cut into; 0: it is seen as it is.
        whole: Pixels on a side of the square that shows the page once more, besides its tiles.
        tokens: That an image of any size becomes; 0: by its patches.
    """

    width: int
    inner: int
    heads: int
    patch: int
    merge: int = 2
    tile: int = 0
    whole: int = 0
    tokens: int = 0


class TextShape(msgspec.Struct, frozen=True):
    """The part of a model that writes.

    Attributes:
        layers: How many.
        width: Numbers that stand for a token.
        inner: Of the feed-forward layers.
        heads: Of the attention.
        cached_heads: Of keys and values.
        head_width: Numbers of each.
        vocabulary: Tokens it chooses among.
    """

    layers: int
    width: int
    inner: int
    heads: int
    cached_heads: int
    head_width: int
    vocabulary: int


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
