"""A hub on the loopback interface that speaks the Hugging Face hub's protocol, with its faults.

    with LoopbackHub() as hub:
        hub.add("tiny/reader", checkpoint_files("qwen3_vl"))
        hub.script(Fault(cut_after=1000), file="model.safetensors")
        ...                                    # something downloads from hub.url
        assert len(hub.asked(file="model.safetensors", kind="bytes")) == 2

The bytes of large files come from a second server, as they do from the hub's: another name and
another port, so that whoever sends the token there is found out.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from doubles.hub_answers import Handler, Server
from doubles.hub_faults import NO_FAULT, Fault, Kind, ScriptedFault
from doubles.hub_repository import HubRepository


@dataclass
class Asked:
    """A request that came.

    Attributes:
        host: ``hub`` or ``cdn``, which of the servers was asked.
        kind: See ``hub_faults.Kind``; ``unknown`` when it is none of the protocol.
        range: The header, such as ``bytes=100-``; empty when all was asked for.
        token: What came as the bearer's.
        headers: All of them, their names in lower case.
        time: When it came, by the monotonic clock.
        status: Of the answer; 0 while there is none.
        sent: Bytes of the body that were given to the system to send.
        over: Nothing more is sent.
    """

    host: str
    method: str
    path: str
    kind: Kind
    repo: str
    file: str
    headers: dict[str, str]
    time: float
    status: int = 0
    sent: int = 0
    over: bool = False

    @property
    def range(self) -> str:
        return self.headers.get("range", "")

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass
class LoopbackHub:
    """The servers, while the block runs.

    Attributes:
        certificate: Makes them speak HTTPS.
        page_size: Entries of a tree that come in one answer.
        renamed: New names of repositories by their old ones.
        web_files: Files outside of any repository, by their path.
        most_at_once: Bodies of files that were being sent at the same time, at most.
    """

    certificate: ssl.SSLContext | None = None
    page_size: int = 1000
    renamed: dict[str, str] = field(default_factory=dict)
    web_files: dict[str, bytes] = field(default_factory=dict)
    most_at_once: int = 0
    repositories: dict[str, HubRepository] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.closing = threading.Event()
        self._changed = threading.Condition()
        self._requests: list[Asked] = []
        self._scripted: list[ScriptedFault] = []
        self._servers = [Server(self, host, self.certificate) for host in ("hub", "cdn")]
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.02,), name=f"loopback {host}")
            for host, server in zip(("hub", "cdn"), self._servers, strict=True)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.closing.set()
        with self._changed:
            for scripted in self._scripted:
                scripted.fault.release.set()
        for server in self._servers:
            server.close()
        for thread in self._threads:
            thread.join()

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"{self._scheme}://127.0.0.1:{self._servers[0].server_port}"

    @property
    def cdn_url(self) -> str:
        """Where large files come from."""
        return f"{self._scheme}://localhost:{self._servers[1].server_port}"

    @property
    def _scheme(self) -> str:
        return "https" if self.certificate is not None else "http"

    def add(
        self,
        hub_id: str,
        files: Mapping[str, bytes],
        *,
        token: str = "",
        members: frozenset[str] | None = None,
    ) -> HubRepository:
        """Puts a repository there, with one commit on ``main``."""
        repository = HubRepository(hub_id, token=token, members=members)
        repository.commit(files)
        self.repositories[hub_id] = repository
        return repository

    def add_web_file(self, path: str, content: bytes) -> str:
        """Puts a file of the web there, outside of any repository, and gives its address."""
        self.web_files[path] = content
        return self.url + path

    def script(
        self,
        fault: Fault,
        *,
        file: str = "*",
        repo: str = "*",
        kind: Kind = "bytes",
        first: int = 1,
        times: float = 1,
    ) -> Fault:
        """Gives a fault to the requests that match, from the ``first`` one, ``times`` times.

        Where several match, the one that was scripted first is taken; all count the request.

        Args:
            fault: What goes wrong.
            file: Name of the file in its repository, with wildcards.
            repo: The repository, with wildcards.
            kind: Of the request.
            first: Counted from 1, among those that match.
            times: ``ALWAYS`` for all that follow.
        """
        with self._changed:
            self._scripted.append(ScriptedFault(fault, file, repo, kind, first, times))
        return fault

    def mend(self) -> None:
        """Takes all faults away; what is held goes on."""
        with self._changed:
            scripted, self._scripted = self._scripted, []
        for one in scripted:
            one.fault.release.set()

    def asked(
        self, *, kind: Kind | None = None, file: str | None = None, host: str | None = None
    ) -> list[Asked]:
        """The requests so far, in the order they came."""
        with self._changed:
            return [
                asked
                for asked in self._requests
                if kind in {None, asked.kind}
                and file in {None, asked.file}
                and host in {None, asked.host}
            ]

    def sent(self, file: str | None = None) -> int:
        """Bytes of files that were sent, those that were sent twice counted twice."""
        return sum(asked.sent for asked in self.asked(kind="bytes", file=file))

    def forget(self) -> None:
        """Begins to record anew."""
        with self._changed:
            self._requests.clear()
            self.most_at_once = 0

    def wait_until(self, condition: Callable[[], bool], *, timeout: float = 20.0) -> None:
        """Waits until something is true; it is looked at when a request comes or bytes went.

        Raises:
            TimeoutError: It did not become true.
        """
        with self._changed:
            if not self._changed.wait_for(condition, timeout):
                raise TimeoutError(f"not within {timeout} s; asked: {self._requests}")

    def record(self, handler: Handler, *, kind: Kind, repo: str, file: str) -> tuple[Asked, Fault]:
        """Keeps a request, and gives what goes wrong with its answer."""
        asked = Asked(
            host=handler.server.host,
            method=handler.command,
            path=handler.path,
            kind=kind,
            repo=repo,
            file=file,
            headers={name.lower(): value for name, value in handler.headers.items()},
            time=time.monotonic(),
        )
        with self._changed:
            self._requests.append(asked)
            taking = [one for one in self._scripted if one.takes(kind=kind, repo=repo, file=file)]
            self._changed.notify_all()
        return asked, taking[0].fault if taking else NO_FAULT

    def note_sent(self, asked: Asked, count: int) -> None:
        """Bytes of a body went out."""
        with self._changed:
            asked.sent += count
            if asked.kind == "bytes":
                going = sum(
                    1 for one in self._requests if one.kind == "bytes" and one.sent and not one.over
                )
                self.most_at_once = max(self.most_at_once, going)
            self._changed.notify_all()

    def note_over(self, asked: Asked) -> None:
        """An answer is complete, or was cut."""
        with self._changed:
            asked.over = True
            self._changed.notify_all()
