"""Answers that are written at the same time: they come when there is room and go when they end."""

from __future__ import annotations

import collections
from collections.abc import Callable, Sequence

import msgspec
import torch

from textlift.engines.vision_language.decoding.choosing import by_chance, seeded
from textlift.engines.vision_language.decoding.job import Job
from textlift.engines.vision_language.decoding.recorded_steps import RecordedSteps
from textlift.engines.vision_language.decoding.row_model import RowModel
from textlift.engines.vision_language.decoding.trail import Trail
from textlift.engines.vision_language.memory import is_out_of_memory, release_memory

_POSITIONS = 256
"""Positions are taken in multiples of it, so that pages of nearly one size share a cache."""

HasRoom = Callable[[int, int], bool]
"""Whether bytes for keys and values, and bytes to read a question, are there beside the rest."""


class Pace(msgspec.Struct, frozen=True):
    """How far the device runs ahead of whoever looks at the tokens.

    Attributes:
        stride: Steps between two looks.
        lag: Looks that may be outstanding while the next steps are begun.
    """

    stride: int = 1
    lag: int = 0


def pace_of(device: torch.device, *, recorded: bool) -> Pace:
    """The pace that is good for a device.

    On CUDA it never waits: an end that is noticed late costs some steps in vain. A stop is
    noticed as late, so where steps take long, for they are not recorded, there are fewer of them.

    Args:
        device: That the model lies on.
        recorded: Its steps are.
    """
    if device.type != "cuda":
        return Pace()
    return Pace(stride=4, lag=1) if recorded else Pace(stride=1, lag=1)


class _Written(msgspec.Struct, frozen=True):
    """Tokens on their way: those of a job are in its row of that moment."""

    jobs: tuple[Job, ...]
    trail: Trail


class Batch:
    """The answers of one model. For one thread at a time.

    Attributes:
        jobs: By row.
    """

    def __init__(
        self,
        model: RowModel,
        *,
        capacity: int,
        has_room: HasRoom,
        pace: Pace,
        recorded: RecordedSteps | None = None,
    ) -> None:
        """Prepares.

        Args:
            model: Writes.
            capacity: Answers at a time at most.
            has_room: Looks at the memory.
            pace: Of looking at tokens.
            recorded: Runs the steps, where they can be recorded; None: they are run one by one.
        """
        self._model = model
        self._capacity = capacity
        self._has_room = has_room
        self._pace = pace
        self._recorded = recorded
        self._on_their_way: collections.deque[_Written] = collections.deque()
        self._full = False
        self._admitted = 0
        self.jobs: list[Job] = []

    def admit(self, job: Job, *, waiting: int) -> bool:
        """Takes a job in; False where there is no room for it now.

        A job that fails with that is over. One that finds too little memory beside others waits
        until one of them has left: it would have had enough without them.

        Args:
            job: Comes.
            waiting: Jobs behind it, for which room may be made at once.
        """
        if len(self.jobs) >= self._capacity or self._full:
            return False
        failure: Exception | None = None
        try:
            if not self._make_room(job, waiting):
                return False
            job.listener.begin()
            self._read_question(job)
            self._begin(job)
        except Exception as error:  # noqa: BLE001 - raised where the answer is waited for
            failure = error
        if failure is None:
            return True
        if is_out_of_memory(failure):
            # With its frames go the tensors they held.
            failure = failure.with_traceback(None)
            release_memory(self._model.device)
            if self.jobs:
                self._full = True
                job.listener.wait()
                return False
            self.give_back()
        job.fail(failure)
        return True

    def advance(self) -> bool:
        """Writes some tokens of each answer, and hands on those that have arrived.

        Returns:
            Whether an answer has ended, or had before.
        """
        self._look(self._pace.lag)
        ended = self._let_go()
        if self.jobs:
            self._write()
        self._look(self._pace.lag)
        return self._let_go() or ended or not self.jobs

    def abandon(self, error: BaseException) -> None:
        """Ends all answers with an error."""
        for job in self.jobs:
            if not job.over:
                job.fail(error)
        self._on_their_way.clear()
        self._let_go()

    def give_back(self) -> None:
        """Gives the memory back that is kept for the next answers; there are none now."""
        if self._recorded is not None:
            self._recorded.forget()
        self._model.give_back()

    def _make_room(self, job: Job, waiting: int) -> bool:
        """Takes rows for the job, and for those behind it when that goes too."""
        cache = self._model.cache
        needed = len(self.jobs) + 1
        if cache is None:
            self._resize(1, _rounded(job.prompt))
            return True
        positions = max(self._positions(job), cache.positions)
        if not self.jobs:
            # What is kept for the next answers may be what this one lacks.
            if positions > cache.positions or not self._has_room(0, job.working):
                self.give_back()
                self._resize(1, _rounded(job.prompt))
            return True
        wanted = min(needed + waiting, self._capacity)
        rows = cache.rows
        while rows < wanted:
            rows *= 2
        rows = min(rows, self._capacity)
        while rows >= needed:
            more = rows * positions * cache.bytes_per_token - cache.bytes
            if self._has_room(max(more, 0), job.working):
                self._resize(rows, positions)
                return True
            rows = max(rows // 2, needed) if rows > needed else 0
        return False

    def _positions(self, job: Job) -> int:
        """Positions that it may come to, those written in vain included."""
        return _rounded(job.prompt + job.room + self._pace.stride * (self._pace.lag + 1))

    def _resize(self, rows: int, positions: int) -> None:
        cache = self._model.cache
        if cache is not None and (cache.rows, cache.positions) == (rows, positions):
            return
        if self._recorded is not None:
            self._recorded.forget()
        self._model.resize(rows=rows, positions=positions)

    def _read_question(self, job: Job) -> None:
        row = len(self.jobs)
        logits = self._model.ask(row, job.inputs)
        cache = self._model.cache
        assert cache is not None
        if cache.positions < self._positions(job):
            # Only now: to read the question takes much for a moment, and the room for the answer
            # is not needed then.
            self._resize(cache.rows, self._positions(job))
        if job.by_chance:
            job.generator = seeded(self._model.device)
            self._model.tokens[row] = by_chance(logits, job.generator)

    def _begin(self, job: Job) -> None:
        row = len(self.jobs)
        job.written = 1
        self._admitted += 1
        job.number = self._admitted
        self.jobs.append(job)
        trail = Trail(self._model.device, steps=1, rows=1)
        trail.add(self._model.tokens[row : row + 1])
        trail.send()
        self._on_their_way.append(_Written((job,), trail))

    def _write(self) -> None:
        jobs = tuple(self.jobs)
        trail = Trail(self._model.device, steps=self._pace.stride, rows=len(jobs))
        starved: BaseException | None = None
        for _ in range(self._pace.stride):
            try:
                self._step(jobs)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                starved = error.with_traceback(None)
                break
            trail.add(self._model.tokens[: len(jobs)])
            for job in jobs:
                job.written += 1
        trail.send()
        self._on_their_way.append(_Written(jobs, trail))
        if starved is not None:
            # The one that came last: the others were there when there was enough.
            release_memory(self._model.device)
            jobs_left = [job for job in jobs if not job.over]
            youngest = max(jobs_left or jobs, key=lambda job: job.number)
            youngest.fail(starved)

    def _step(self, jobs: Sequence[Job]) -> None:
        longest = max(job.length for job in jobs)
        if self._recorded is not None:
            logits = self._recorded.step(len(jobs), longest=longest, tell=self._tell)
        else:
            at = longest if len(jobs) == 1 else None
            logits = self._model.step(len(jobs), span=longest + 1, at=at)
        for row, job in enumerate(jobs):
            if job.generator is not None:
                self._model.tokens[row] = by_chance(logits[row], job.generator)

    def _tell(self, stage: str) -> None:
        for job in self.jobs:
            job.listener.tell(stage)

    def _look(self, behind: int) -> None:
        """Hands on the tokens that were chosen more than so many looks ago."""
        while len(self._on_their_way) > behind:
            written = self._on_their_way.popleft()
            tokens = written.trail.arrived()
            for row, job in enumerate(written.jobs):
                job.take([step[row] for step in tokens])

    def _let_go(self) -> bool:
        """Frees the rows of answers that are over; the last row moves into the gap."""
        before = len(self.jobs)
        for row in range(len(self.jobs) - 1, -1, -1):
            if not self.jobs[row].over:
                continue
            self._full = False
            last = self.jobs.pop()
            if row == len(self.jobs):
                self._model.free(row)
            else:
                self._model.move(len(self.jobs), row, length=last.length)
                self.jobs[row] = last
        if not self.jobs:
            # All that is still on its way was written in vain.
            self._on_their_way.clear()
        return len(self.jobs) < before


def _rounded(positions: int) -> int:
    return -(-positions // _POSITIONS) * _POSITIONS
