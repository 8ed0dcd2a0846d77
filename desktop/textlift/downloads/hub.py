"""Asks the hub what is in a repository."""

from __future__ import annotations

import time
from typing import Annotated, TypeVar
from urllib.parse import quote, urlsplit

import msgspec
from huggingface_hub import hf_hub_url

from textlift.downloads.addresses import host_of, page_of
from textlift.downloads.answers import Subject
from textlift.downloads.failures import DownloadProblem, TransientProblem
from textlift.downloads.messages import DownloadFailure, HubModel
from textlift.downloads.retrying import Retries, tried
from textlift.downloads.session import Session
from textlift.models.hub_cache import COMMIT, is_hub_id

T = TypeVar("T")

_ANSWER_LIMIT = 50_000_000
"""Bytes of an answer; more is no list of files."""
_PAGE_LIMIT = 200
_FILE_LIMIT = 100_000
_ANSWER_SECONDS = 20.0
"""That the body of an answer may take."""


class RepositoryFile(msgspec.Struct, frozen=True):
    """A file of a repository: its size, and its checksum as ``PlannedFile`` has it."""

    size: int
    checksum: str


class RepositoryState(msgspec.Struct, frozen=True):
    """What a repository holds at a commit.

    Attributes:
        hub_id: Under which it answered.
        commit: The revision as the commit it is now.
        files: By their names, as they come; nobody has looked at them.
    """

    hub_id: str
    commit: str
    files: dict[str, RepositoryFile]


class _Information(msgspec.Struct):
    sha: str


_Size = Annotated[int, msgspec.Meta(ge=0, lt=1 << 60)]
"""Bytes; no disk takes more."""


class _LargeFile(msgspec.Struct):
    oid: str
    size: _Size


class _TreeEntry(msgspec.Struct):
    type: str
    path: str
    oid: str = ""
    size: _Size = 0
    lfs: _LargeFile | None = None


class HubQuestions:
    """The questions to the hub before a download."""

    def __init__(self, session: Session, endpoint: str, retries: Retries) -> None:
        self._session = session
        self._endpoint = endpoint
        self._retries = retries

    def state_of(self, model: HubModel) -> RepositoryState:
        """What the repository holds; its names are tried in turn.

        Raises:
            DownloadProblem: The hub does not say.
        """
        first: DownloadProblem | None = None
        for hub_id in model.hub_ids:
            try:
                return self._state_under(hub_id, model.revision)
            except DownloadProblem as problem:
                # The hub does not tell strangers whether a name is wrong or private.
                if problem.failure not in {DownloadFailure.NOT_FOUND, DownloadFailure.NOT_ALLOWED}:
                    raise
                first = first or problem
        raise first or DownloadProblem(DownloadFailure.NOT_FOUND, "The model has no name.")

    def content(self, hub_id: str, commit: str, name: str) -> bytes:
        """The content of a small file.

        Raises:
            DownloadProblem: It cannot be had.
        """
        url = file_url(self._endpoint, hub_id, commit, name)
        return self._ask(url, self._subject(hub_id))[0]

    def _state_under(self, hub_id: str, revision: str) -> RepositoryState:
        if not is_hub_id(hub_id):
            raise DownloadProblem(
                DownloadFailure.NOT_FOUND,
                f"“{hub_id}” is no name of a model on the hub; correct it in the catalogue.",
            )
        subject = self._subject(hub_id)
        base = f"{self._endpoint}/api/models/{hub_id}"
        answer, _ = self._ask(f"{base}/revision/{quote(revision, safe='')}", subject)
        commit = self._decoded(answer, _Information).sha
        if not COMMIT.fullmatch(commit) or (COMMIT.fullmatch(revision) and commit != revision):
            raise self._not_understood()
        files: dict[str, RepositoryFile] = {}
        url = f"{base}/tree/{commit}?recursive=true"
        for _ in range(_PAGE_LIMIT):
            answer, following = self._ask(url, subject)
            for entry in self._decoded(answer, list[_TreeEntry]):
                if entry.type == "file":
                    files[entry.path] = _file_of(entry)
            if len(files) > _FILE_LIMIT:
                break
            if not following:
                return RepositoryState(hub_id, commit, files)
            # A mirror passes on the hub's own address.
            parts = urlsplit(following)
            url = f"{self._endpoint}{parts.path}?{parts.query}"
        raise self._not_understood()

    def _ask(self, url: str, subject: Subject) -> tuple[bytes, str]:
        """The body of an answer, and the address of the next page; empty when there is none."""
        return tried(lambda: self._ask_once(url, subject), self._retries)

    def _ask_once(self, url: str, subject: Subject) -> tuple[bytes, str]:
        end = time.monotonic() + _ANSWER_SECONDS
        body = bytearray()
        with self._session.asking(url, subject) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > _ANSWER_LIMIT:
                    raise self._not_understood()
                if time.monotonic() > end:
                    raise self._too_slow()
            return bytes(body), response.links.get("next", {}).get("url", "")

    def _decoded(self, answer: bytes, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(answer, type=kind)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._not_understood(str(error)) from error

    def _subject(self, hub_id: str) -> Subject:
        return Subject(hub_id, page_of(self._endpoint, hub_id))

    def _too_slow(self) -> TransientProblem:
        host = host_of(self._endpoint)
        sentence = f"{host} answers too slowly; check the network, or try again later."
        return TransientProblem(
            DownloadProblem(DownloadFailure.NO_CONNECTION, sentence), f"{host} is slow."
        )

    def _not_understood(self, details: str = "") -> DownloadProblem:
        return DownloadProblem(
            DownloadFailure.NO_CONNECTION,
            f"{host_of(self._endpoint)} does not answer as the Hugging Face hub does; check the "
            "mirror in the settings.",
            details=details,
        )


def file_url(endpoint: str, hub_id: str, commit: str, name: str) -> str:
    """Where a file of a commit is fetched from."""
    return hf_hub_url(hub_id, name, revision=commit, endpoint=endpoint)


def _file_of(entry: _TreeEntry) -> RepositoryFile:
    if entry.lfs is not None:
        return RepositoryFile(entry.lfs.size, entry.lfs.oid)
    return RepositoryFile(entry.size, entry.oid)
