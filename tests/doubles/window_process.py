"""A window in a process of its own, which tests start, hear, stop and kill."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from doubles import started_window
from doubles.engine_script import EngineScript

PATIENCE = 90.0
"""Seconds; a start of Python and Qt takes some on a busy machine."""


class WindowProcess:
    """Textlift as ``doubles.started_window`` starts it."""

    def __init__(
        self,
        script: EngineScript,
        *files: Path | str,
        prefix: Sequence[str] = (),
        cwd: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        command = [*prefix, sys.executable, started_window.__file__, str(script.folder)]
        self.process = subprocess.Popen(
            [*command, *map(str, files)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env={**os.environ, **script.environment, **(environment or {})},
        )
        self.said: list[str] = []
        self._rest = b""
        self._errors = b""

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait_for(self, wanted: str | Callable[[str], bool], *, patience: float = PATIENCE) -> str:
        """Waits until a line is said, also one that was said before; returns it."""
        fits = wanted if callable(wanted) else wanted.__eq__
        end = time.monotonic() + patience
        heard = 0
        while True:
            for line in self.said[heard:]:
                heard += 1
                if fits(line):
                    return line
            if not self._hear(end - time.monotonic()):
                raise AssertionError(f"not said: {wanted}; said: {self.said}; {self.errors()}")

    def wait_for_number(self, number: int, beginning: str) -> str:
        """Waits for the n-th line that begins so; returns it."""
        found: list[str] = []

        def fits(line: str) -> bool:
            if line.startswith(beginning):
                found.append(line)
            return len(found) == number

        return self.wait_for(fits)

    def hear_until(self, end: float) -> None:
        """Takes what is said until then, by the monotonic clock, or until its end."""
        while time.monotonic() < end and self.process.poll() is None:
            self._hear(end - time.monotonic())

    def tell(self, line: str) -> None:
        """Gives a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def errors(self) -> str:
        """What is on standard error, without waiting for more."""
        assert self.process.stderr is not None
        while select.select([self.process.stderr], [], [], 0)[0]:
            piece = os.read(self.process.stderr.fileno(), 65536)
            if not piece:
                break
            self._errors += piece
        return self._errors.decode("utf-8", "replace")

    def family(self) -> list[psutil.Process]:
        """The children of the window, all the way down."""
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> None:
        """Kills it as the kernel does; fails when one of its children outlives it."""
        family = self.family()
        self.process.kill()
        self._finish()
        _, alive = psutil.wait_procs(family, timeout=10)
        assert not alive, f"orphans: {alive}"

    def end(self) -> None:
        """Makes sure that it has ended, also where it was stopped."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()
        elif self.process.stdout is not None and not self.process.stdout.closed:
            self._finish()

    def close(self, *, patience: float = PATIENCE) -> int:
        """Closes it as the system does when the user logs out; returns its exit status."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        return self.wait(patience=patience)

    def wait(self, *, patience: float = PATIENCE) -> int:
        """Waits for its end; returns its exit status."""
        end = time.monotonic() + patience
        while self._hear(end - time.monotonic()):
            pass
        status = self.process.wait(max(end - time.monotonic(), 1))
        self._finish()
        return status

    def _hear(self, seconds: float) -> bool:
        """Takes what is said next; False at the end, or when nothing is said in time."""
        assert self.process.stdout is not None
        if self.process.stdout.closed or seconds <= 0:
            return False
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            return False
        piece = os.read(self.process.stdout.fileno(), 65536)
        *lines, self._rest = (self._rest + piece).split(b"\n")
        self.said += [line.decode("utf-8", "replace") for line in lines]
        return bool(piece)

    def _finish(self) -> None:
        while self._hear(5):
            pass
        self.process.wait(30)
        self.errors()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            with contextlib.suppress(BrokenPipeError):
                stream.close()
