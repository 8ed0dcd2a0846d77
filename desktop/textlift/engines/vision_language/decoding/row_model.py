"""A model, and the rows of the answers that it is writing, on its device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

import torch

from textlift.engines.vision_language.decoding.choosing import likeliest
from textlift.engines.vision_language.decoding.lean_norms import lean_norms
from textlift.engines.vision_language.decoding.row_attention import (
    RowAttention,
    Way,
    row_lengths,
    told,
)
from textlift.engines.vision_language.decoding.row_cache import Question, RowCache, Step


class RowModel:
    """Runs the model for questions and for single tokens.

    All that a step needs lies on the device and is changed in place: the next step can be begun
    before anyone has looked at what this one chose.

    Attributes:
        device: Of all tensors.
        cache: Keys and values; None before the first question and when it was given back.
        tokens: Last of each row, (rows,).
        lengths: Tokens of each row whose keys are kept, (rows,).
    """

    def __init__(self, model: Any, device: torch.device) -> None:
        """Prepares.

        Args:
            model: Of transformers, for one token at a time after its question.
            device: It lies on.
        """
        self.device = device
        self.cache: RowCache | None = None
        self._model = model
        # Where tokens of an image stand on a grid, those after it count on from less.
        self._grid: Any = next(
            (module for module in model.modules() if "rope_deltas" in vars(module)), None
        )
        self._attention = RowAttention(model)
        self._take_rows(1)

    def _take_rows(self, rows: int) -> None:
        self.tokens, self.lengths, self._shifts, self._moves = (
            torch.zeros(rows, dtype=torch.long, device=self.device) for _ in range(4)
        )

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """All other methods are called inside; outside the model is as it was."""
        with torch.inference_mode(), self._attention.used():
            yield

    def resize(self, *, rows: int, positions: int) -> None:
        """Makes room for so many answers of so many tokens, and keeps those that are there."""
        if self.cache is None:
            self.cache = RowCache(
                rows=rows, positions=positions, token_by_token=self.device.type == "cuda"
            )
        else:
            self.cache.resize(rows=rows, positions=positions)
        kept = (self.tokens, self.lengths, self._shifts, self._moves)
        if rows == len(self.tokens):
            return
        self._take_rows(rows)
        both = min(rows, len(kept[0]))
        for new, old in zip(
            (self.tokens, self.lengths, self._shifts, self._moves), kept, strict=True
        ):
            new[:both] = old[:both]

    def give_back(self) -> None:
        """Gives the memory of keys and values back; no answer is being written."""
        self.cache = None

    def ask(self, row: int, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Reads a question into a row.

        Args:
            row: To keep its keys and values in.
            inputs: As a family prepares them.

        Returns:
            The scores of the first token of its answer, (vocabulary,).
        """
        assert self.cache is not None
        self.cache.place = Question(row)
        if self._grid is not None:
            self._grid.rope_deltas = None
        output = self._model(
            **{name: tensor.to(self.device) for name, tensor in inputs.items()},
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=1,
        )
        shift = None if self._grid is None else self._grid.rope_deltas
        self._shifts[row] = 0 if shift is None else shift[0, 0]
        self.lengths[row] = inputs["input_ids"].shape[1]
        self._moves[row] = 1
        logits: torch.Tensor = output.logits[0, -1]
        self.tokens[row] = likeliest(logits)
        return logits

    def step(
        self,
        rows: int,
        *,
        span: int,
        at: int | None = None,
        way: Way = Way.MASKED,
        lean: bool = False,
    ) -> torch.Tensor:
        """Writes a token in each of the first rows: the likeliest.

        Args:
            rows: How many; those of them that hold no answer are written in vain.
            span: Positions that are looked at: at least one more than the longest row has.
            at: What the only row holds, where it is known.
            way: To attend.
            lean: With fewer kernels, which are not the library's; for steps that are recorded.

        Returns:
            The scores it was chosen by, (rows, vocabulary).
        """
        assert self.cache is not None
        tokens, lengths = self.tokens[:rows], self.lengths[:rows]
        flash = None
        if way is not Way.MASKED:
            positions = self.cache.positions
            flash = row_lengths(lengths, way, span=span, positions=positions)
        if flash is not None or at is not None:
            seen = torch.ones(1, 1, 1, 1, dtype=torch.bool, device=self.device)
        else:
            places = torch.arange(span, device=self.device)
            seen = (places <= lengths[:, None])[:, None, None]
        self.cache.place = Step(
            rows=rows, span=span, lengths=lengths, at=at, whole=flash is not None
        )
        with told(flash), lean_norms(self._model) if lean else nullcontext():
            output = self._model(
                input_ids=tokens[:, None],
                attention_mask=seen,
                position_ids=(lengths + self._shifts[:rows])[:, None],
                past_key_values=self.cache,
                use_cache=True,
                logits_to_keep=1,
            )
        logits: torch.Tensor = output.logits[:, -1]
        tokens.copy_(likeliest(logits))
        lengths.add_(self._moves[:rows])
        return logits

    def move(self, source: int, target: int, *, length: int) -> None:
        """Moves an answer to a row that is free."""
        assert self.cache is not None
        self.cache.move(source, target, length=length)
        for values in (self.tokens, self.lengths, self._shifts, self._moves):
            values[target] = values[source]
        self.free(source)

    def free(self, row: int) -> None:
        """A row holds no answer any more."""
        for values in (self.tokens, self.lengths, self._shifts, self._moves):
            values[row] = 0
