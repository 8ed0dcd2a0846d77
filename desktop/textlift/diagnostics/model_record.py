"""How each model has done: what one needs to choose one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from textlift.content.attempt import Attempt, FailureKind


class ModelRecord(msgspec.Struct, frozen=True):
    """What became of the pages that a model was asked for.

    Attributes:
        engine: Its name.
        asked: Readings of pages at which it was asked at least once.
        read: Those that it read in the end.
        at_once: Those that it read at its first try.
        seconds: That its successful tries took on average; 0 where there are none.
        failures: How many tries ended in which kind of failure, the most frequent first.
    """

    engine: str
    asked: int
    read: int
    at_once: int
    seconds: float
    failures: Mapping[FailureKind, int]


class ModelRecords:
    """Counts the tries of many readings, a model at a time."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()
        self._read: Counter[str] = Counter()
        self._at_once: Counter[str] = Counter()
        self._seconds: dict[str, float] = {}
        self._failures: dict[str, Counter[FailureKind]] = {}

    def add(self, attempts: Iterable[Attempt]) -> None:
        """Counts the tries of one reading of a page, oldest first.

        What belongs to no model (the document could not be opened, the PDF's own text was
        taken), and what the user stopped, says nothing of a model.
        """
        met: set[str] = set()
        for attempt in attempts:
            name = attempt.engine
            # The PDF's own text is no image that was read.
            is_text_layer = attempt.failure is None and not attempt.pixels
            if not name or is_text_layer or attempt.failure is FailureKind.CANCELLED:
                continue
            if attempt.failure is None:
                self._read[name] += 1
                self._at_once[name] += name not in met
                self._seconds[name] = self._seconds.get(name, 0.0) + attempt.seconds
            else:
                self._failures.setdefault(name, Counter())[attempt.failure] += 1
            met.add(name)
        self._asked.update(met)

    def records(self) -> tuple[ModelRecord, ...]:
        """A record for each model, the one that was asked for the most pages first."""
        return tuple(
            ModelRecord(
                engine=name,
                asked=asked,
                read=self._read[name],
                at_once=self._at_once[name],
                seconds=self._seconds[name] / self._read[name] if self._read[name] else 0.0,
                failures=dict(self._failures.get(name, Counter()).most_common()),
            )
            for name, asked in self._asked.most_common()
        )
