"""The child's side: read requests from standard input, answer on what was standard output."""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

import msgspec

from textlift.processes.cancellation import Cancellation
from textlift.processes.frames import (
    Answer,
    Cancel,
    Failure,
    Frame,
    Progress,
    Ready,
    Request,
    encode_body,
    read_frame,
    write_frame,
)
from textlift.processes.served_error import ServedError

log = logging.getLogger(__name__)

ReportProgress = Callable[[msgspec.Struct], None]
Handler = Callable[[bytes, ReportProgress, Cancellation], msgspec.Struct]
"""Takes the encoded request, a progress reporter and the stop signal; returns the answer."""


def claim_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Takes the pipes for frames, so that nothing a library prints can land between them.

    Afterwards ``sys.stdout`` and file descriptor 1 lead to standard error and standard input
    is empty: a library that asks a question gets the end of the file.
    """
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return incoming, outgoing


def leave(code: int) -> None:
    """Ends this process at once with every process it started."""
    # Here, since the window imports this module for its errors only.
    import psutil

    for child in psutil.Process().children(recursive=True):
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    os._exit(code)


class Server:
    """Answers requests, ``capacity`` at a time, until the parent closes the pipe."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._write_lock = threading.Lock()
        self._running: dict[int, Cancellation] = {}
        self._inbox: queue.Queue[Request | None] = queue.Queue()
        # The listener never waits for work: when the parent dies, it ends the process even
        # while native code holds every other thread.
        self._listener = threading.Thread(target=self._listen, name="listener", daemon=True)
        self._listener.start()

    def fail_start(self, kind: str, sentence: str, *, details: str = "", amount: int = 0) -> None:
        """Tells the parent that this child cannot serve."""
        self._send(Failure(id=0, kind=kind, sentence=sentence, details=details, amount=amount))

    def serve(
        self,
        handler: Handler,
        *,
        capacity: int = 1,
        device: str = "cpu",
        ready: msgspec.Struct | None = None,
    ) -> None:
        """Reports ready, then answers until the parent hangs up.

        Args:
            handler: Answers a request.
            capacity: Requests at a time.
            device: That this child runs on.
            ready: What else to say when it is ready, a message of its protocol.
        """
        body = b"" if ready is None else bytes(encode_body(ready))
        self._send(Ready(device=device, body=body))
        if capacity == 1:
            # In the main thread: some libraries insist on it.
            while (request := self._inbox.get()) is not None:
                self._answer(request, handler)
            return
        with ThreadPoolExecutor(capacity) as pool:
            while (request := self._inbox.get()) is not None:
                pool.submit(self._answer, request, handler)

    def _listen(self) -> None:
        while True:
            frame = read_frame(self._incoming)
            if frame is None:
                leave(0)
            elif isinstance(frame, Request):
                self._running[frame.id] = Cancellation()
                self._inbox.put(frame)
            elif isinstance(frame, Cancel):
                cancellation = self._running.get(frame.id)
                if cancellation is not None:
                    cancellation.cancel()

    def _answer(self, request: Request, handler: Handler) -> None:
        cancellation = self._running[request.id]

        def report(body: msgspec.Struct) -> None:
            self._send(Progress(id=request.id, body=encode_body(body)))

        try:
            answer = handler(bytes(request.body), report, cancellation)
            frame: Frame = Answer(id=request.id, body=encode_body(answer))
        except ServedError as error:
            frame = Failure(
                id=request.id,
                kind=error.kind,
                sentence=error.sentence,
                details=error.details,
                codes=error.codes,
                amount=error.amount,
            )
        except MemoryError:
            frame = Failure(
                id=request.id,
                kind="out-of-memory",
                sentence="There was not enough memory.",
                details=traceback.format_exc(),
            )
        except Exception as error:
            # The boundary of the process: whatever went wrong costs this request only, and
            # the parent is told all of it.
            log.exception("request %d failed", request.id)
            frame = Failure(
                id=request.id,
                kind="crashed",
                sentence=f"An unexpected error stopped it: {type(error).__name__}: {error}",
                details=traceback.format_exc(),
            )
        finally:
            self._running.pop(request.id, None)
        self._send(frame)

    def _send(self, frame: Frame) -> None:
        with self._write_lock:
            try:
                write_frame(self._outgoing, frame)
            except OSError:
                leave(0)
