"""The parent's side: start a child, ask it, give it a deadline, kill it with its children."""

from __future__ import annotations

import collections
import contextlib
import itertools
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import BinaryIO, TypeVar, cast

import msgspec

from textlift.processes.awake_clock import LOOK_EVERY, AwakeClock
from textlift.processes.cancellation import Cancellation
from textlift.processes.frames import (
    Answer,
    Cancel,
    DamagedStreamError,
    Failure,
    Frame,
    Progress,
    Ready,
    Request,
    encode_body,
    read_frame,
    write_frame,
)

CANCEL_GRACE = 0.8
"""Seconds a child may take to answer a cancelled request before it is killed."""

_MEMORY_CHECK_INTERVAL = LOOK_EVERY
_STDERR_LINES = 60

T = TypeVar("T")

log = logging.getLogger(__name__)
"""What is logged names the child and its end; its last words go along as ``output``, of which
the log keeps what cannot be text of a page."""


class ProcessFailure(Exception):
    """A call to a child gave no answer.

    Attributes:
        sentence: For a person.
        details: For a bug report.
    """

    def __init__(self, sentence: str, *, details: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details


class ProcessDied(ProcessFailure):
    """The child ended before it answered."""


class ProcessTimedOut(ProcessFailure):
    """The child passed its deadline and was killed."""


class ProcessTookTooMuchMemory(ProcessFailure):
    """The child passed its memory limit and was killed.

    Attributes:
        excess: Bytes beyond the limit.
    """

    def __init__(self, sentence: str, *, details: str = "", excess: int = 0) -> None:
        super().__init__(sentence, details=details)
        self.excess = excess


class ProcessCancelled(ProcessFailure):
    """The caller cancelled; the child answered within the grace or was killed."""


class RequestFailed(ProcessFailure):
    """The child lives and says that it cannot do it.

    Attributes:
        kind: Value of the protocol's enum of failures.
        codes: What else of it a program can act on, as the protocol says.
        amount: Likewise, a number.
    """

    def __init__(
        self,
        kind: str,
        sentence: str,
        *,
        details: str = "",
        codes: tuple[str, ...] = (),
        amount: int = 0,
    ) -> None:
        super().__init__(sentence, details=details)
        self.kind = kind
        self.codes = codes
        self.amount = amount


class _Woken:
    """Put into a waiting call's inbox when its cancellation fires."""


_WOKEN = _Woken()
_Inbox = queue.Queue["Frame | _Woken | None"]


def process_command(arguments: Sequence[str]) -> list[str]:
    """The command that starts this program as a child with ``--process ARGUMENTS``."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--process", *arguments]
    # -P: else a file in the folder the program was started in could pass for one of its modules,
    # and the folder may be that of a model.
    return [sys.executable, "-P", "-m", "textlift", "--process", *arguments]


class SupervisedProcess:
    """One child process and the calls under way to it. Safe to use from several threads.

    Attributes:
        device: That the child runs on, once it is ready.
        ready_body: What else it said then, a message of its protocol; empty when nothing.
    """

    def __init__(
        self,
        name: str,
        *,
        arguments: Sequence[str],
        memory_limit: int = 0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Prepares; ``start`` does it.

        Args:
            name: What a person calls it, such as "PP-OCRv6"; begins the sentences of failures.
            arguments: After ``--process``.
            memory_limit: Resident bytes of the child and its children; 0 for none.
            environment: Added to this process's own.
        """
        self.name = name
        self._command = process_command(arguments)
        self._memory_limit = memory_limit
        self._environment = {**os.environ, "PYTHONUTF8": "1", **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []
        # Whoever ends it while it is being started must find a child, or keep it from coming.
        self._start_lock = threading.Lock()
        self._killed = False
        self._write_lock = threading.Lock()
        self._calls_lock = threading.Lock()
        self._calls: dict[int, _Inbox] = {}
        self._ids = itertools.count(1)
        self._stderr: collections.deque[str] = collections.deque(maxlen=_STDERR_LINES)
        self._weighed = 0.0
        self._ended = False
        self.device = "cpu"
        self.ready_body = b""

    @property
    def pid(self) -> int | None:
        """Process id while the child runs, else None."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def alive(self) -> bool:
        return self.pid is not None and not self._ended

    def start(self, *, deadline: float, cancellation: Cancellation | None = None) -> None:
        """Starts the child and waits until it is ready.

        Args:
            deadline: Seconds to become ready.
            cancellation: Ends the wait and the child.

        Raises:
            RequestFailed: The child says why it cannot serve.
            ProcessFailure: It died, took too long, took too much memory, or was cancelled.
        """
        inbox: _Inbox = queue.Queue()
        self._calls[0] = inbox
        with self._start_lock:
            if self._killed:
                raise self._death()
            self._open()
        try:
            frame = self._wait(0, inbox, deadline, cancellation, on_progress=None)
        except ProcessFailure as error:
            kind = type(error).__name__
            log.info("%s is not ready: %s", self.name, kind, extra={"output": error.details})
            self.kill()
            raise
        if isinstance(frame, Ready):
            self.device = frame.device
            self.ready_body = frame.body
        log.info("%s is ready: process %s on %s", self.name, self.pid, self.device)

    def _open(self) -> None:
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise ProcessDied(
                f"{self.name} could not be started: {error.strerror}.", details=str(error)
            ) from error
        self._threads = [
            threading.Thread(target=self._dispatch, name=f"{self.name}-answers", daemon=True),
            threading.Thread(target=self._drain_stderr, name=f"{self.name}-stderr", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def call(
        self,
        request: msgspec.Struct,
        *,
        answer: type[T],
        deadline: float,
        cancellation: Cancellation | None = None,
        on_progress: Callable[[bytes], None] | None = None,
    ) -> T:
        """Sends a request and waits for its answer.

        Args:
            request: Of the child's protocol.
            answer: The type to decode the answer as.
            deadline: Seconds; past it the child is killed.
            cancellation: When set, the child is asked to stop and killed if it does not.
            on_progress: Called in this thread with each encoded part of the answer.

        Raises:
            RequestFailed: The child says why it cannot.
            ProcessFailure: It died, took too long, took too much memory, or was cancelled.
        """
        inbox: _Inbox = queue.Queue()
        number = next(self._ids)
        with self._calls_lock:
            if self._ended or self._process is None:
                raise self._death()
            self._calls[number] = inbox
        try:
            self._send(Request(id=number, body=encode_body(request)))
            frame = self._wait(number, inbox, deadline, cancellation, on_progress)
        finally:
            with self._calls_lock:
                self._calls.pop(number, None)
        return msgspec.msgpack.decode(bytes(cast("Answer", frame).body), type=answer)

    def kill(self) -> None:
        """Kills the child and every process it started, and waits until they are gone.

        One that is not started yet never will be.
        """
        with self._start_lock:
            self._killed = True
            process = self._process
        if process is None:
            return
        # Here: a window without a child to be killed comes up sooner.
        import psutil

        try:
            children = psutil.Process(process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            children = []
        process.kill()
        for child in children:
            try:
                child.kill()
            except psutil.NoSuchProcess:
                continue
        process.wait()
        self._finish()

    def close(self) -> None:
        """Lets the child end by closing its input; kills it if it does not within a second."""
        with self._start_lock:
            self._killed = True
            process = self._process
        if process is None:
            return
        with self._write_lock:
            # An error here means that it died first, with unflushed bytes.
            with contextlib.suppress(OSError):
                _input_of(process).close()
        try:
            process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            self.kill()
        self._finish()

    def _finish(self) -> None:
        process = self._process
        if process is None:
            return
        current = threading.current_thread()
        for thread in self._threads:
            if thread is not current:
                thread.join(timeout=2.0)
        with self._write_lock, contextlib.suppress(OSError):
            _input_of(process).close()

    def _send(self, frame: Frame) -> None:
        process = self._process
        if process is None:
            raise self._death()
        with self._write_lock:
            try:
                write_frame(_input_of(process), frame)
            except (OSError, ValueError) as error:  # ValueError: the pipe is already closed.
                # It may be a moment until the system says so, but who cannot be asked is dead.
                self._ended = True
                raise self._death() from error

    def _wait(
        self,
        number: int,
        inbox: _Inbox,
        deadline: float,
        cancellation: Cancellation | None,
        on_progress: Callable[[bytes], None] | None,
    ) -> Frame:
        cancellation = cancellation or Cancellation()
        clock = AwakeClock()
        end = clock.look() + deadline
        stopping = False
        next_check = clock.look() + _MEMORY_CHECK_INTERVAL
        with cancellation.watching(lambda: inbox.put(_WOKEN)):
            while True:
                now = clock.look()
                if now >= end:
                    self.kill()
                    raise self._lateness(deadline, stopping=stopping)
                # By the clock, not by silence: a child that talks may swell too.
                if now >= next_check:
                    self._check_memory()
                    next_check = now + _MEMORY_CHECK_INTERVAL
                try:
                    item = inbox.get(timeout=max(min(end, next_check) - now, 0))
                except queue.Empty:
                    continue
                if isinstance(item, _Woken):
                    stopping = True
                    end = clock.look() + CANCEL_GRACE
                    self._ask_to_stop(number)
                elif item is None:
                    raise ProcessCancelled("Stopped.") if stopping else self._death()
                elif isinstance(item, Progress):
                    if on_progress is not None and not stopping:
                        on_progress(bytes(item.body))
                elif stopping:
                    raise ProcessCancelled("Stopped.")
                elif isinstance(item, Failure):
                    raise RequestFailed(
                        item.kind,
                        item.sentence,
                        details=item.details,
                        codes=item.codes,
                        amount=item.amount,
                    )
                else:
                    return item

    def _ask_to_stop(self, number: int) -> None:
        try:
            self._send(Cancel(id=number))
        except ProcessDied as error:
            raise ProcessCancelled("Stopped.") from error

    def _check_memory(self) -> None:
        if not self._memory_limit or not self._is_time_to_weigh():
            return
        # Here, since it takes a while to import, and no child is weighed before there is one.
        from textlift.processes.descendants import resident_bytes

        used = resident_bytes(self.pid)
        if used <= self._memory_limit:
            return
        self.kill()
        raise ProcessTookTooMuchMemory(
            f"{self.name} needed more than {self._memory_limit / 1e9:.1f} GB of memory "
            "and was stopped.",
            details=f"resident: {used} bytes",
            excess=used - self._memory_limit,
        )

    def _is_time_to_weigh(self) -> bool:
        """Whether no other call under way has done it just now."""
        with self._calls_lock:
            now = time.monotonic()
            due = now >= self._weighed + _MEMORY_CHECK_INTERVAL
            if due:
                self._weighed = now
            return due

    def _lateness(self, deadline: float, *, stopping: bool) -> ProcessFailure:
        if stopping:
            return ProcessCancelled("Stopped.")
        return ProcessTimedOut(
            f"{self.name} did not finish within {deadline:.0f} seconds and was stopped.",
            details=self._stderr_tail(),
        )

    def _death(self) -> ProcessDied:
        process = self._process
        code = process.poll() if process is not None else None
        return ProcessDied(
            f"{self.name} stopped unexpectedly.",
            details=f"exit code: {code}\n{self._stderr_tail()}",
        )

    def _stderr_tail(self) -> str:
        return "\n".join(self._stderr)

    def _dispatch(self) -> None:
        """Thread: hands each frame to the call it belongs to, and everyone the end."""
        process = self._process
        assert process is not None
        assert process.stdout is not None
        stream = cast("BinaryIO", process.stdout)
        try:
            while (frame := read_frame(stream)) is not None:
                number = 0 if isinstance(frame, Ready) else frame.id
                with self._calls_lock:
                    inbox = self._calls.get(number)
                if inbox is not None:
                    inbox.put(frame)
        except DamagedStreamError as error:
            self._stderr.append(str(error))
            process.kill()
        process.wait()
        stream.close()
        with self._calls_lock:
            self._ended = True
            waiting = list(self._calls.values())
        for inbox in waiting:
            inbox.put(None)
        self._log_end(process)

    def _log_end(self, process: subprocess.Popen[bytes]) -> None:
        if self._killed:
            log.info("%s ended: process %d", self.name, process.pid)
            return
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout=1.0)  # Its last words may be on their way.
        log.warning(
            "%s died: process %d, exit code %s",
            self.name,
            process.pid,
            process.returncode,
            extra={"output": self._stderr_tail()},
        )

    def _drain_stderr(self) -> None:
        process = self._process
        assert process is not None
        assert process.stderr is not None
        with process.stderr as stream:
            for line in stream:
                self._stderr.append(line.decode("utf-8", "replace").rstrip())


def _input_of(process: subprocess.Popen[bytes]) -> BinaryIO:
    assert process.stdin is not None
    return cast("BinaryIO", process.stdin)
