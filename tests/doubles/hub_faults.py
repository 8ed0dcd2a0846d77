"""What can go wrong with an answer of the loopback hub, and with which one."""

from __future__ import annotations

import fnmatch
import math
import threading
from dataclasses import dataclass, field

ALWAYS = math.inf

Kind = str
"""Of a request: ``info`` (about a repository), ``tree`` (its files), ``head`` (about a file),
``resolve`` (for a file, answered with where it is) or ``bytes`` (answered with its bytes)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fault:
    """How an answer differs from a good one; what is left out is as it should be.

    Attributes:
        status: Instead of the answer.
        error_code: Of the hub, such as ``GatedRepo``; with ``status``.
        message: The hub's words; with ``status``.
        retry_after: The header's value; with ``status``.
        content: Of the body instead of the true one, such as the page of a hotel's network.
        flip_at: Position in the file of a byte that is sent wrong.
        cut_after: Bytes of the body after which the connection ends.
        reset: The connection ends as if a router had lost it, and not in an orderly way.
        wrong_length: Added to the length that the header tells.
        no_range: The range is not heeded: the whole file comes.
        gzip: The body is compressed, as some proxies do.
        bytes_per_second: No faster than this.
        hold_after: Bytes of the body after which nothing comes until ``release`` is set.
        hang: Not even the header comes until ``release`` is set.
        release: Set by a test, and by the end of the hub.
    """

    status: int = 0
    error_code: str = ""
    message: str = ""
    retry_after: str = ""
    content: bytes | None = None
    flip_at: int | None = None
    cut_after: int | None = None
    reset: bool = False
    wrong_length: int = 0
    no_range: bool = False
    gzip: bool = False
    bytes_per_second: float = 0.0
    hold_after: int | None = None
    hang: bool = False
    release: threading.Event = field(default_factory=threading.Event)


NO_FAULT = Fault()


@dataclass
class ScriptedFault:
    """A fault, and the requests it is for: some of those that match, counted from 1."""

    fault: Fault
    file: str
    repo: str
    kind: Kind
    first: int
    times: float
    seen: int = 0

    def takes(self, *, kind: Kind, repo: str, file: str) -> bool:
        """Whether it is for this request; counts those that match."""
        if kind != self.kind or not fnmatch.fnmatchcase(file, self.file):
            return False
        if not fnmatch.fnmatchcase(repo, self.repo):
            return False
        self.seen += 1
        return self.first <= self.seen < self.first + self.times
