"""Keeps what a run tells and stores, and lets a test wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from textlift.content.attempt import Attempt
from textlift.content.geometry import Box
from textlift.content.opinion import Opinion
from textlift.content.page import PageRecord, finished_state
from textlift.content.reading import PageReading
from textlift.recognition.events import Event

E = TypeVar("E")


class EventLog:
    """Give ``log.add`` as ``on_event``; wait with ``log.wait_for``."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.events: list[Event] = []

    def add(self, event: Event) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def all(self, kind: type[E]) -> list[E]:
        with self._changed:
            return [event for event in self.events if isinstance(event, kind)]

    def wait_for(
        self,
        kind: type[E],
        condition: Callable[[E], bool] = lambda event: True,
        *,
        seconds: float = 30.0,
    ) -> E:
        """The first event of this kind that meets the condition; fails when none comes."""
        with self._changed:
            found = self._changed.wait_for(
                lambda: [
                    event for event in self.events if isinstance(event, kind) and condition(event)
                ],
                timeout=seconds,
            )
            assert found, f"no {kind.__name__} in {seconds} s; there were {self.events}"
            return found[0]


class MemorySink:
    """A ``PageSink`` that keeps the pages in a dictionary by document id and page."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.records: dict[tuple[int, int], PageRecord] = {}
        self.finished: list[tuple[int, int]] = []
        self.opinions: list[Opinion] = []

    def finish_page(
        self,
        document_id: int,
        page: int,
        *,
        reading: PageReading | None,
        attempts: tuple[Attempt, ...],
        width: int,
        height: int,
    ) -> PageRecord:
        record = PageRecord(
            number=page,
            state=finished_state(reading, attempts),
            width=width,
            height=height,
            reading=reading,
            attempts=attempts,
        )
        with self._lock:
            self.records[document_id, page] = record
            self.finished.append((document_id, page))
        return record

    def finish_opinion(
        self,
        document_id: int,
        page: int,
        *,
        asked: str,
        reading: PageReading | None,
        attempts: tuple[Attempt, ...],
        width: int,
        height: int,
        box: Box | None,
    ) -> Opinion:
        opinion = Opinion(
            number=page,
            asked=asked,
            read_at=1.0,
            reading=reading,
            attempts=attempts,
            width=width,
            height=height,
            box=box,
        )
        with self._lock:
            self.opinions.append(opinion)
        return opinion
