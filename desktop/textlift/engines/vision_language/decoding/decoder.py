"""Has answers written for several threads: the thread of one of them drives the batch of all."""

from __future__ import annotations

import collections
import threading
from collections.abc import Sequence
from typing import Any

import torch

from textlift.engines.vision_language.decoding.batch import Batch, HasRoom, Pace, pace_of
from textlift.engines.vision_language.decoding.job import Job
from textlift.engines.vision_language.decoding.recorded_steps import RecordedSteps, Recorder
from textlift.engines.vision_language.decoding.row_attention import Way, ways_of
from textlift.engines.vision_language.decoding.row_model import RowModel

WAITING = "Waiting for other pages"


class Decoder:
    """Writes the answers of a model. Safe to use from several threads.

    There is no thread of its own: whoever wants an answer drives the batch until it has it, and
    leaves the rest to the next who waits. So one page alone is read in its own thread, with
    nothing in between.
    """

    def __init__(
        self,
        model: Any,
        device: torch.device,
        *,
        capacity: int = 1,
        has_room: HasRoom = lambda cache, working: True,  # noqa: ARG005
        pace: Pace | None = None,
        recorder: Recorder | None = None,
        ways: Sequence[Way] | None = None,
    ) -> None:
        """Prepares the model; no memory is taken for answers yet.

        Args:
            model: Of transformers.
            device: It lies on.
            capacity: Answers at a time at most.
            has_room: Looks at the memory before an answer joins others.
            pace: Of looking at tokens; None: as is good for the device.
            recorder: Of steps; None: they are run one by one.
            ways: To attend, that recorded steps may try; None: all that the device may have.
        """
        self._model = RowModel(model, device)
        self._keeps_memory = recorder is not None
        recorded = None
        if recorder is not None:
            tried = ways_of(device, model.dtype) if ways is None else ways
            recorded = RecordedSteps(self._model, recorder, ways=tried)
        self._batch = Batch(
            self._model,
            capacity=capacity,
            has_room=has_room,
            pace=pace or pace_of(device, recorded=recorder is not None),
            recorded=recorded,
        )
        self._changed = threading.Condition()
        self._waiting: collections.deque[Job] = collections.deque()
        self._driven = False

    def cache_bytes(self) -> int:
        """Bytes that keys and values take now."""
        cache = self._model.cache
        return cache.bytes if cache is not None else 0

    @property
    def busy(self) -> bool:
        """Answers are being written, or wait for it."""
        return bool(self._batch.jobs or self._waiting)

    def write(self, job: Job) -> None:
        """Has an answer written; its listener is told, perhaps from another thread.

        Returns when it is over, by itself or because it was not wanted any more.

        Raises:
            Exception: Whatever ended it early: of the model, of the device, of the listener.
        """
        job.listener.wait()
        if self._driven:
            job.listener.tell(WAITING)
        with self._changed:
            self._waiting.append(job)
        while True:
            with self._changed:
                while self._driven and not job.over:
                    self._drop_if_unwanted(job)
                    if not job.over:
                        self._changed.wait()
                if job.over:
                    break
                self._driven = True
            try:
                self._drive(job)
            finally:
                with self._changed:
                    if job in self._waiting:
                        self._waiting.remove(job)
                    self._driven = False
                    self._changed.notify_all()
        error, job.error = job.error, None
        if error is not None:
            raise error

    def wake(self) -> None:
        """Has those who wait look again whether their answers are wanted."""
        with self._changed:
            self._changed.notify_all()

    def _drop_if_unwanted(self, job: Job) -> None:
        """Whoever stops an answer does not wait until the batch comes to see it."""
        if not job.listener.unwanted:
            return
        job.over = True
        if job in self._waiting:
            self._waiting.remove(job)

    def _drive(self, job: Job) -> None:
        """Writes all answers until this one is over."""
        with self._model.at_work():
            while not job.over:
                try:
                    self._admit()
                    ended = self._batch.advance()
                except Exception as error:  # noqa: BLE001 - raised where answers are waited for
                    self._batch.abandon(error)
                    ended = True
                except BaseException as error:
                    self._batch.abandon(error)
                    raise
                if ended:
                    self.wake()
            if not self.busy and not self._keeps_memory:
                self._batch.give_back()

    def _admit(self) -> None:
        while True:
            with self._changed:
                while self._waiting and self._waiting[0].listener.unwanted:
                    self._waiting.popleft().over = True
                if not self._waiting:
                    return
                job, waiting = self._waiting.popleft(), len(self._waiting)
            try:
                admitted = self._batch.admit(job, waiting=waiting)
            except BaseException as error:
                job.fail(error)
                raise
            if not admitted:
                with self._changed:
                    self._waiting.appendleft(job)
                return
