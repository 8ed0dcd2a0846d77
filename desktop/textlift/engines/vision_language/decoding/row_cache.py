"""Keys and values of several answers at once, in memory that is taken beforehand."""

# The library's classes are not all typed.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import torch
from transformers.cache_utils import Cache, CacheLayerMixin


class Question(msgspec.Struct, frozen=True):
    """A whole question goes through the model.

    Attributes:
        row: It is kept in.
    """

    row: int


class Step(msgspec.Struct, frozen=True):
    """One token of each answer goes through the model.

    Attributes:
        rows: The first so many are written.
        span: Positions that are looked at, the new ones included.
        lengths: Of what is in each row, (rows,): the new token's place.
        at: The same where there is one row and it is known without asking the device.
        whole: All positions are handed on, and the attention is told by itself how many to look at.
    """

    rows: int
    span: int
    lengths: torch.Tensor
    at: int | None = None
    whole: bool = False


class RowCache(Cache):
    """A row for each answer; a row that is free again is used for the next.

    The library grows its cache by copying all of it at each token. This one is taken once, which
    also lets a step be recorded: its tensors stay where they are.

    Attributes:
        rows: Answers there is room for.
        positions: Tokens of question and answer there is room for in each.
    """

    def __init__(self, *, rows: int, positions: int, token_by_token: bool = False) -> None:
        """Takes no memory yet: the sizes of keys and values are known with the first question.

        Args:
            rows: At first.
            positions: At first.
            token_by_token: All heads of a token lie side by side, as the kernels of GPUs want
                them; else all tokens of a head, which a CPU goes through faster.
        """
        super().__init__(layers=[])
        self.rows = rows
        self.positions = positions
        self.token_by_token = token_by_token
        self.place: Question | Step = Question(0)
        self._kept: list[_RowLayer] = []

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        layer_idx: int,
        *args: Any,  # noqa: ARG002  # the library's signature
        **kwargs: Any,  # noqa: ARG002
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Keeps new keys and values, and returns those that are to be looked at.

        Args:
            key_states: (rows, heads, tokens, numbers of a head).
            value_states: Likewise.
            layer_idx: Of the layer.
            args: Of the library.
            kwargs: Of the library.
        """
        while len(self._kept) <= layer_idx:
            self._kept.append(_RowLayer(self))
            self.layers.append(self._kept[-1])
        return self._kept[layer_idx].update(key_states, value_states)

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """Tokens seen before; models ask whether there are any."""
        del layer_idx
        return 0 if isinstance(self.place, Question) else self.place.span - 1

    def resize(self, *, rows: int, positions: int) -> None:
        """Makes room for more, or for less, and keeps what is in the rows that stay.

        Layer by layer, so that it needs but one of them twice. Running out of memory on the way
        leaves a cache that can be used as it was.
        """
        for layer in self._kept:
            layer.resize(rows, positions)
        self.rows, self.positions = rows, positions

    def move(self, source: int, target: int, *, length: int) -> None:
        """Copies a row's first so many positions to another row."""
        for part in self._parts():
            part[target, :, :length] = part[source, :, :length]

    @property
    def bytes_per_token(self) -> int:
        """Of all layers; 0 before the first question."""
        return sum(part.shape[1] * part.shape[3] * part.element_size() for part in self._parts())

    @property
    def bytes(self) -> int:
        """Taken now."""
        return sum(part.nbytes for part in self._parts())

    def _parts(self) -> Iterator[torch.Tensor]:
        """Keys and values of each layer, (rows, heads, positions, numbers of a head)."""
        for layer in self._kept:
            yield from layer.parts


class _RowLayer(CacheLayerMixin):
    is_sliding = False

    def __init__(self, cache: RowCache) -> None:
        super().__init__()
        self._cache = cache

    @property
    def parts(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values."""
        assert self.keys is not None
        assert self.values is not None
        return self.keys, self.values

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        rows, positions = self._cache.rows, self._cache.positions
        self.keys = self._room(key_states, rows, positions)
        self.values = self._room(value_states, rows, positions)
        self._heads = torch.arange(key_states.shape[1], device=key_states.device)[None]
        self.is_initialized = True

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        *args: Any,  # noqa: ARG002  # the library's signature
        **kwargs: Any,  # noqa: ARG002
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        place = self._cache.place
        kept_keys, kept_values = self.parts
        if isinstance(place, Question):
            length = key_states.shape[2]
            kept_keys[place.row, :, :length] = key_states[0]
            kept_values[place.row, :, :length] = value_states[0]
            return key_states, value_states
        if place.at is not None:
            kept_keys[0, :, place.at] = key_states[0, :, 0]
            kept_values[0, :, place.at] = value_states[0, :, 0]
        else:
            lengths = place.lengths[:, None]
            rows = torch.arange(place.rows, device=lengths.device)[:, None]
            kept_keys.index_put_((rows, self._heads, lengths), key_states[:, :, 0])
            kept_values.index_put_((rows, self._heads, lengths), value_states[:, :, 0])
        seen = slice(None) if place.whole else slice(place.span)
        return kept_keys[: place.rows, :, seen], kept_values[: place.rows, :, seen]

    def resize(self, rows: int, positions: int) -> None:
        if self.parts[0].shape[0] == rows and self.parts[0].shape[2] == positions:
            return
        keys, values = (self._resized(part, rows, positions) for part in self.parts)
        self.keys, self.values = keys, values

    def _room(self, like: torch.Tensor, rows: int, positions: int) -> torch.Tensor:
        # Zeros, for a number that is none would spoil what it is multiplied with, though by 0.
        heads, width = like.shape[1], like.shape[3]
        if self._cache.token_by_token:
            return like.new_zeros(rows, positions, heads, width).transpose(1, 2)
        return like.new_zeros(rows, heads, positions, width)

    def _resized(self, part: torch.Tensor, rows: int, positions: int) -> torch.Tensor:
        larger = self._room(part, rows, positions)
        kept = (slice(min(rows, part.shape[0])), slice(None), slice(min(positions, part.shape[2])))
        larger[kept] = part[kept]
        return larger

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        place = self._cache.place
        return (query_length if isinstance(place, Question) else place.span), 0

    def get_seq_length(self) -> int:
        return self._cache.get_seq_length()

    def get_max_length(self) -> int:
        return self._cache.positions
