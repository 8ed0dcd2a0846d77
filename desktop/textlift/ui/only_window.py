"""One window for each user and home: which start of Textlift opens it."""

from __future__ import annotations

import enum
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, QSysInfo

from textlift.settings import Folders

if TYPE_CHECKING:
    from textlift.ui.handover import HandoverServer

PATIENCE = 2.0
"""Seconds for a window that is open to answer."""
START_PATIENCE = 15.0
"""Seconds after its own start in which a window may not answer yet."""

_AGAIN = 0.05
"""Seconds to wait for the right before the window that has it is asked again."""
_LONGEST_SOCKET = 100
"""Bytes of a path that every POSIX system takes for a socket."""


class Claim(enum.Enum):
    """What a start of Textlift found."""

    ONLY = "only"
    """No other window is open here; this one may be."""
    HANDED_OVER = "handed-over"
    """The window that is open has taken the files."""
    NO_ANSWER = "no-answer"
    """A window is open and does not answer."""


class OnlyWindow:
    """The right to open the window, held until ``close`` or the end of the process.

    Where the folder of the data cannot be written nobody holds it, and every window may open:
    then there is no session to be written by two.
    """

    def __init__(self, folders: Folders) -> None:
        self._folder = folders.data
        self._file = folders.data / "window.lock"
        # A crash leaves the file; that nobody runs who wrote it is seen from its process id.
        self._lock = QLockFile(str(self._file))
        self._lock.setStaleLockTime(0)
        self._server: HandoverServer | None = None

    def claim(self, paths: Sequence[str]) -> Claim:
        """Gets the right to open the window, or hands the files to the one that is open.

        Of two that start at the same moment one gets it; the other waits until that one listens.

        Args:
            paths: Absolute, of files and folders to open.
        """
        end = time.monotonic() + PATIENCE
        wait = 0.0
        while True:
            if self._try_lock(wait):
                return Claim.ONLY
            # What was sent is waited for to the end: sent again it would be done twice.
            if self._hand_over(paths, max(self._patience_until(end), _AGAIN)):
                return Claim.HANDED_OVER
            if self._patience_until(end) < _AGAIN:
                return Claim.NO_ANSWER
            wait = _AGAIN

    def no_answer_sentence(self) -> str:
        """Why the window cannot be opened, and what to do."""
        host = self._host()
        if host and host != QSysInfo.machineHostName():
            return (
                f"Textlift is open on the machine {host}, with the same data folder. Close it "
                f"there; if it does not run there any more, delete {self._file}."
            )
        return (
            "Textlift is open already and does not answer. "
            "Wait until it does, or end it and start Textlift again."
        )

    def listen(self, parent: QObject | None = None) -> HandoverServer | None:
        """Begins to take what later starts hand over; None when this window is not the only one."""
        if not self._lock.isLocked():
            return None
        from textlift.ui.handover import HandoverServer

        self._server = HandoverServer(self._address(), parent)
        return self._server

    def stop_listening(self) -> None:
        """Takes nothing any more; who starts now waits for the right itself."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def close(self) -> None:
        """Lets the next start open its window."""
        self.stop_listening()
        self._lock.unlock()

    def _try_lock(self, wait: float) -> bool:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            return True
        got = self._lock.tryLock(round(wait * 1000))
        return got or self._lock.error() != QLockFile.LockError.LockFailedError

    def _hand_over(self, paths: Sequence[str], patience: float) -> bool:
        from textlift.ui.handover import Handover, hand_over

        handover = Handover(
            paths=tuple(os.fsencode(path) for path in paths),
            activation=os.environ.get("XDG_ACTIVATION_TOKEN", ""),
        )
        return hand_over(self._address(), handover, patience=patience)

    def _patience_until(self, end: float) -> float:
        """Seconds; more than until ``end`` for a window that has started just now."""
        left = end - time.monotonic()
        try:
            age = time.time() - self._file.stat().st_mtime
        except OSError:
            return max(left, _AGAIN)  # It has just ended, so the lock can be had.
        # A clock that was set back makes it younger than nothing.
        return max(left, START_PATIENCE - age) if age >= 0 else left

    def _host(self) -> str:
        """The machine on which the window is open."""
        found = self._lock.getLockInfo()
        assert isinstance(found, tuple)
        _pid, host, _application = found
        return str(host)

    def _address(self) -> str:
        import hashlib

        name = hashlib.sha256(os.fsencode(self._folder.resolve())).hexdigest()[:16]
        if sys.platform == "win32":
            return f"textlift-{os.environ.get('USERNAME', '')}-{name}"
        beside = self._folder.absolute() / "window.socket"
        if len(os.fsencode(beside)) <= _LONGEST_SOCKET:
            return str(beside)
        return str(Path(tempfile.gettempdir()) / f"textlift-{os.getuid()}-{name}")
