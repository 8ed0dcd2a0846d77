"""What the window and the command line ask of a download process, and what it answers."""

from __future__ import annotations

import enum

import msgspec


class DownloadFailure(enum.Enum):
    """Why something could not be got, checked or removed."""

    OFFLINE = "offline"
    """The user switched the network off in the settings."""
    NO_CONNECTION = "no-connection"
    """No server answered: no network, a wrong proxy or mirror, a certificate not trusted."""
    NOT_ALLOWED = "not-allowed"
    """401 or 403: a token is missing or wrong, or the licence was not accepted on the hub."""
    NOT_FOUND = "not-found"
    BUSY = "busy"
    """429 or 5xx, still after all retries."""
    DAMAGED = "damaged"
    """What arrived is not what the hub says it is, still after it was fetched again."""
    DISK_FULL = "disk-full"
    DISK = "disk"
    """The folder cannot be written to, or another program works on it."""
    NOT_SAFE = "not-safe"
    """The repository has no weights as safetensors files."""
    NO_KEYRING = "no-keyring"
    CANCELLED = "cancelled"


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """How to reach the network, and where to put what comes.

    Attributes:
        cache: Folder in the layout of the Hugging Face cache; empty: the user's own one.
        endpoint: Of a mirror of the hub, ``https://…``; empty: by ``HF_ENDPOINT``, else the hub.
        proxy: ``http://host:port``; empty: by the environment.
        offline: Make no request at all.
    """

    cache: str = ""
    endpoint: str = ""
    proxy: str = ""
    offline: bool = False


class HubModel(msgspec.Struct, frozen=True, tag=True):
    """A repository of the Hugging Face hub.

    Attributes:
        hub_ids: ``organisation/name``, the present one first, then those it had before.
        revision: A commit, a tag or a branch.
    """

    hub_ids: tuple[str, ...]
    revision: str = "main"


class WebFile(msgspec.Struct, frozen=True, tag=True):
    """One file of the web.

    Attributes:
        url: Where it is.
        sha256: Of its content, in lower-case hexadecimal digits.
        path: Where it is to lie on this machine.
    """

    url: str
    sha256: str
    path: str


Wanted = HubModel | WebFile


class PlannedFile(msgspec.Struct, frozen=True):
    """One file that is needed.

    Attributes:
        name: Path in the repository, with ``/``.
        size: Bytes.
        checksum: SHA-256 of a file in large file storage (64 digits), else the SHA-1 that git
            gives it as a blob (40 digits).
        have: Bytes that are on this machine already; ``size`` when it is whole.
    """

    name: str
    size: int
    checksum: str
    have: int = 0


class Plan(msgspec.Struct, frozen=True):
    """What getting something means, found out before anything is fetched.

    Attributes:
        commit: The revision as the commit it is now; empty for a ``WebFile``.
        hub_id: Under which the repository answered; empty for a ``WebFile``.
        files: Only those that are needed.
        folder: Where they will lie.
        disk_free: Bytes free there now; 0 also where the disk cannot be asked.
    """

    commit: str
    hub_id: str
    files: tuple[PlannedFile, ...]
    folder: str
    disk_free: int

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(file.size for file in self.files)

    @property
    def have(self) -> int:
        """Bytes that need not be fetched."""
        return sum(file.have for file in self.files)


class LookUp(msgspec.Struct, frozen=True, tag=True):
    """Makes the plan: asks for names, sizes and checksums only. Answered with a ``Plan``."""

    wanted: Wanted
    source: Source


class Get(msgspec.Struct, frozen=True, tag=True):
    """Fetches what is missing of a plan and checks it. ``Fetching`` comes, then ``Got``.

    What was fetched before, by a call that was cancelled or killed, is gone on with. Nothing
    looks whole before every file has been checked.
    """

    wanted: Wanted
    plan: Plan
    source: Source


class Fetching(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a ``Get`` or a ``Verify`` is; several times a second, and never more than ten.

    Attributes:
        have: Bytes that are here (``Get``) or have been read (``Verify``), of the plan's size.
        size: Bytes in all.
        rate: Bytes a second from the network, over the last seconds; 0 while nothing comes.
        checking: The checksums of what came are being made.
        waiting: A sentence while nothing comes: why, and when it is tried again; else empty.
    """

    have: int
    size: int
    rate: float = 0.0
    checking: bool = False
    waiting: str = ""

    @property
    def seconds_left(self) -> float | None:
        """At the present rate; None when nothing comes."""
        return (self.size - self.have) / self.rate if self.rate > 0 else None


class Got(msgspec.Struct, frozen=True, tag=True):
    """It is here, whole and checked.

    Attributes:
        folder: With the files.
        fetched: Bytes that came over the network in this call.
    """

    folder: str
    fetched: int


class Verify(msgspec.Struct, frozen=True, tag=True):
    """Compares the files on disk with their checksums; no request is made. ``Verified`` comes.

    A file that is not what it should be is removed, so that the next plan names it and ``Get``
    fetches it alone.
    """

    wanted: Wanted
    source: Source


class Verified(msgspec.Struct, frozen=True, tag=True):
    """What a ``Verify`` found.

    Attributes:
        checked: Files whose checksum is known and was compared.
        damaged: Names of those that are damaged or missing.
        unknown: Names of files that no checksum is known of on this machine.
    """

    checked: int
    damaged: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class Discard(msgspec.Struct, frozen=True, tag=True):
    """Removes what a ``Get`` that was not finished left. Answered with ``Removed``."""

    wanted: Wanted
    source: Source


class Remove(msgspec.Struct, frozen=True, tag=True):
    """Removes it from the disk. Files that other revisions share stay. ``Removed`` comes."""

    wanted: Wanted
    source: Source


class Removed(msgspec.Struct, frozen=True, tag=True):
    """What a ``Remove`` gave back, in bytes."""

    freed: int


class StoreToken(msgspec.Struct, frozen=True, tag=True):
    """Keeps the hub's token in the system's keyring; an empty one removes it. ``TokenState``."""

    token: str


class AskToken(msgspec.Struct, frozen=True, tag=True):
    """Asks whether there is a token. Answered with ``TokenState``."""


class TokenState(msgspec.Struct, frozen=True, tag=True):
    """Where the hub's token comes from; the token itself never leaves the download process.

    Attributes:
        place: ``environment``, ``keyring``, ``hub login`` (the file that ``hf auth login``
            writes), or empty when there is none.
        keyring_problem: Why the system's keyring cannot be used; empty when it can.
    """

    place: str = ""
    keyring_problem: str = ""


DownloadRequest = LookUp | Get | Verify | Discard | Remove | StoreToken | AskToken
