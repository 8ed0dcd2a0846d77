"""Whoever wants an answer, in tests: keeps the tokens, and acts on them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from textlift.engines.vision_language.decoding.decoder import Decoder
from textlift.engines.vision_language.decoding.job import Job


class Listening:
    """Keeps tokens until one of ``ends``; ``after`` is called with how many there are."""

    def __init__(
        self, ends: Sequence[int] = (), after: Callable[[int], None] = lambda count: None
    ) -> None:
        self.ends = ends
        self.after = after
        self.tokens: list[int] = []
        self.told: list[str] = []
        self.turns: list[str] = []
        self.unwanted = False

    def wait(self) -> None:
        self.turns.append("waits")

    def begin(self) -> None:
        self.turns.append("begins")

    def tell(self, stage: str) -> None:
        self.told.append(stage)

    def take(self, tokens: Sequence[int]) -> bool:
        for token in tokens:
            self.tokens.append(token)
            self.after(len(self.tokens))
            if token in self.ends or self.unwanted:
                return True
        return False


def write_all(decoder: Decoder, jobs: Sequence[Job]) -> list[BaseException | None]:
    """Has all of them written, each for a thread of its own; what each thread raised."""
    raised: list[BaseException | None] = [None] * len(jobs)

    def write(number: int) -> None:
        try:
            decoder.write(jobs[number])
        except Exception as error:  # noqa: BLE001 - the test looks at it
            raised[number] = error

    threads = [threading.Thread(target=write, args=(number,)) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised
