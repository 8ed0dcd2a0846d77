"""A real dots.ocr whose words are dictated, and who dies or runs out of memory on demand.

Engine, runner, family and parser are the program's own; only what the network would choose to
write is put into its place. ``doubles.pages`` draws the number of what is to happen on the page.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from doubles.pages import drawn_number
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading
from textlift.engines.contract import EngineOptions, OnProgress, ReadOptions, ReadProgress
from textlift.engines.vision_language.engine import VisionLanguageEngine
from textlift.processes.cancellation import Cancellation

READS, MALFORMED, CUT_OFF, RUNS_AWAY, OUT_OF_MEMORY, DIES = range(1, 7)
"""Numbers of pages, by what happens to the model that reads them."""

FIRST_WORDS = "Dear Sir or Madam"
"""What is written before it goes wrong."""

LOOP = ", and so on, and so on, and so forth to the end of the page"
NO_LAYOUT = ", I would rather describe this page in my own words."
WHOLE = (FIRST_WORDS, LOOP, NO_LAYOUT)
"""For a tokenizer to have a token each: an answer of few tokens is soon written."""


def factory() -> str:
    """What a registry entry names."""
    return f"{__name__}:DictatedEngine"


class DictatedEngine(VisionLanguageEngine):
    """Loads any dots.ocr checkpoint."""

    def __init__(self, options: EngineOptions) -> None:
        super().__init__(options)
        self._model = _Dictated(self._family.model)

    def read(
        self,
        page: PageImage,
        options: ReadOptions,
        *,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> PageReading:
        number = drawn_number(Path(page.path))
        words = self._family.tokenizer.encode(_words(number), add_special_tokens=False).ids
        end = _END.get(number)
        self._model.dictate([*words, self._family.end_tokens[0]])

        def tell(progress: ReadProgress) -> None:
            on_progress(progress)
            # Not before it was told: text of the last instant goes down with the model.
            if FIRST_WORDS in progress.text and end is not None:
                self._model.end = end

        return super().read(page, options, on_progress=tell, cancellation=cancellation)


def _words(number: int) -> str:
    if number == MALFORMED:
        return FIRST_WORDS + NO_LAYOUT
    rest = {
        READS: "",
        RUNS_AWAY: LOOP * 50,
    }.get(number, "".join(f" {figure}" for figure in range(200)))
    block = {"bbox": [20, 40, 200, 60], "category": "Text", "text": FIRST_WORDS + rest}
    return json.dumps([block])


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _run_out() -> None:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 74.16 GiB.")


_END = {OUT_OF_MEMORY: _run_out, DIES: _die}


class _Dictated:
    """Makes the head of a language model choose the tokens it is told.

    Attributes:
        end: What happens at the next token instead.
    """

    def __init__(self, model: Any) -> None:
        self._tokens: list[int] = []
        self._step = 0
        self.end: Callable[[], None] | None = None
        model.lm_head.register_forward_hook(self._choose)

    def dictate(self, tokens: list[int]) -> None:
        """For the next page; it is asked one question, and no other page is read meanwhile."""
        self._tokens, self._step, self.end = tokens, 0, None

    def _choose(self, module: nn.Module, inputs: Any, logits: torch.Tensor) -> torch.Tensor:
        if self.end is not None:
            self.end()
        chosen = torch.full_like(logits, -100.0)
        chosen[..., self._tokens[min(self._step, len(self._tokens) - 1)]] = 100.0
        self._step += 1
        return chosen
