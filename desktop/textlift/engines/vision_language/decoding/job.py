"""One answer that is to be written, and whoever listens to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import torch


class Listener(Protocol):
    """Whoever wants an answer."""

    @property
    def unwanted(self) -> bool:
        """It is not wanted any more, and need not be begun."""

    def wait(self) -> None:
        """The answer waits for its turn, which may be at once."""

    def begin(self) -> None:
        """It has its turn now."""

    def tell(self, stage: str) -> None:
        """Something else than writing is done for a while."""

    def take(self, tokens: Sequence[int]) -> bool:
        """Takes new tokens, in order; True: no more of them, and those after the end are dropped.

        May raise: then the answer ends with that, and others go on.
        """


class Job:
    """One answer. Made by whoever wants it; all else is for the batch that writes it.

    Attributes:
        inputs: For the model, as a family prepares them.
        prompt: Tokens of the question.
        room: Tokens that may be written.
        by_chance: Tokens are drawn among the likely.
        working: Bytes that reading the question takes beside keys and values.
        listener: Told of each token.
        written: Tokens so far, those on their way from the device included.
        taken: Tokens that the listener was given.
        number: Of all that were begun; the youngest has the highest.
        over: Nothing more comes.
        error: Why it ended early, where that is no matter of its tokens.
        generator: Of chance; None: the likeliest is taken.
    """

    def __init__(
        self,
        inputs: Mapping[str, torch.Tensor],
        *,
        room: int,
        listener: Listener,
        by_chance: bool = False,
        working: int = 0,
    ) -> None:
        self.inputs = inputs
        self.prompt = int(inputs["input_ids"].shape[1])
        self.room = room
        self.by_chance = by_chance
        self.working = working
        self.listener = listener
        self.written = 0
        self.taken = 0
        self.number = 0
        self.over = False
        self.error: BaseException | None = None
        self.generator: torch.Generator | None = None

    @property
    def length(self) -> int:
        """Tokens whose keys and values are kept."""
        return self.prompt + max(self.written - 1, 0)

    def take(self, tokens: Sequence[int]) -> None:
        """Hands tokens on, as many as there is room for, unless it is over."""
        if self.over:
            return
        wanted = tokens[: self.room - self.taken]
        self.taken += len(wanted)
        try:
            ended = self.listener.take(wanted)
        except Exception as error:  # noqa: BLE001 - raised where the answer is waited for
            self.fail(error)
            return
        self.over = ended or self.taken >= self.room

    def fail(self, error: BaseException) -> None:
        """Ends it."""
        self.error = error
        self.over = True
