"""The loopback hub's servers: what they answer to each request of the protocol."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import socket
import ssl
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from doubles.hub_faults import Fault
from doubles.hub_repository import HubFile, HubRepository, git_blob_of

if TYPE_CHECKING:
    from doubles.loopback_hub import Asked, LoopbackHub

_PIECE = 1 << 16
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_RESET = struct.pack("ii", 1, 0)


class Server(ThreadingHTTPServer):
    """Listens on a free port of the loopback interface; each connection has a thread."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, hub: LoopbackHub, host: str, certificate: ssl.SSLContext | None) -> None:
        self.hub = hub
        self.host = host
        self._certificate = certificate
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._certificate is not None:
            # The greeting is left to the connection's own thread.
            connection = self._certificate.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left, or that does not trust the certificate, is no error here."""

    def close(self) -> None:
        """Ends all connections and their threads."""
        self.shutdown()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, *arguments: object) -> None:
        """Requests are recorded and not printed."""

    def _answer(self) -> None:
        path = urlsplit(self.path).path
        if self.server.host == "cdn":
            self._cdn(path)
        elif path in self.server.hub.web_files:
            file = HubFile(path, self.server.hub.web_files[path])
            self._send_file(file, path.rpartition("/")[2], repo="", headers={})
        elif path.startswith("/api/resolve-cache/models/"):
            self._resolve_cache(path.removeprefix("/api/resolve-cache/models/"))
        elif path.startswith("/api/models/"):
            self._api(path.removeprefix("/api/models/"))
        elif "/resolve/" in path:
            self._resolve(path)
        else:
            asked, fault = self._record("unknown", repo="", file="")
            self._send_error(asked, fault, 404, "Sorry, we can't find the page.")

    def _api(self, rest: str) -> None:
        hub_id, _, revision = rest.partition("/revision/")
        tree = ""
        if not revision:
            hub_id, _, tree = rest.partition("/tree/")
        hub_id, revision = unquote(hub_id), unquote(revision or tree.partition("/")[0] or "main")
        kind = "tree" if tree else "info"
        asked, fault = self._record(kind, repo=hub_id, file="")
        repository = self._repository(asked, fault, hub_id)
        if repository is None:
            return
        commit = repository.resolve(revision)
        if commit is None:
            self._send_error(
                asked, fault, 404, f"Invalid rev id: {revision}", code="RevisionNotFound"
            )
        elif tree:
            self._send_tree(asked, fault, repository, commit, unquote(tree.partition("/")[2]))
        else:
            self._send_json(asked, fault, _information(repository, commit))

    def _send_tree(
        self, asked: Asked, fault: Fault, repository: HubRepository, commit: str, under: str
    ) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        recursive = query.get("recursive", ["false"])[0].lower() == "true"
        entries = _tree(repository, commit, under, recursive=recursive)
        start = int(query.get("cursor", ["0"])[0])
        size = min(self.server.hub.page_size, int(query.get("limit", ["1000"])[0]))
        headers = {}
        if start + size < len(entries):
            following = f"{parts.path}?recursive={recursive}&cursor={start + size}"
            headers["Link"] = f'<{self.server.hub.url}{following}>; rel="next"'
        self._send_json(asked, fault, entries[start : start + size], headers)

    def _resolve(self, path: str) -> None:
        """Says where a file is: large ones lie elsewhere, the others in the hub's own cache."""
        hub_id, _, rest = path.lstrip("/").partition("/resolve/")
        revision, _, name = rest.partition("/")
        hub_id, revision, name = unquote(hub_id), unquote(revision), unquote(name)
        kind = "head" if self.command == "HEAD" else "resolve"
        asked, fault = self._record(kind, repo=hub_id, file=name)
        repository = self._repository(asked, fault, hub_id)
        if repository is None or not self._may_have_files(asked, fault, repository):
            return
        commit = repository.resolve(revision)
        if commit is None:
            self._send_error(
                asked, fault, 404, f"Invalid rev id: {revision}", code="RevisionNotFound"
            )
            return
        told = {"X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
        file = repository.commits[commit].get(name)
        if file is None:
            self._send_error(
                asked, fault, 404, "Entry not found", code="EntryNotFound", headers=told
            )
            return
        told |= {"X-Linked-Size": str(file.size), "X-Linked-Etag": f'"{file.etag}"'}
        place = f"{quote(hub_id)}/{commit}/{quote(name)}"
        if file.is_large:
            told["Location"] = f"{self.server.hub.cdn_url}/{place}?Signature={file.sha256[:16]}"
            self._send(asked, fault, 302, headers=told)
        else:
            told["Location"] = f"/api/resolve-cache/models/{place}"
            self._send(asked, fault, 307, headers=told)

    def _resolve_cache(self, rest: str) -> None:
        found = self._placed(rest)
        if found is None:
            asked, fault = self._record("unknown", repo="", file="")
            self._send_error(asked, fault, 404, "Entry not found", code="EntryNotFound")
            return
        repository, commit, file = found
        self._send_file(
            file,
            file.name,
            repo=repository.hub_id,
            headers={"X-Repo-Commit": commit},
            guarded=repository,
        )

    def _cdn(self, path: str) -> None:
        """Answers as a store of signed addresses does: and refuses a token."""
        found = self._placed(path.lstrip("/"))
        signature = parse_qs(urlsplit(self.path).query).get("Signature", [""])[0]
        if found is None or signature != found[2].sha256[:16] or "Authorization" in self.headers:
            asked, fault = self._record("bytes", repo="", file=path.rpartition("/")[2])
            self._send_error(asked, fault, 400, "Only one way of authentication is allowed.")
            return
        repository, _, file = found
        self._send_file(file, file.name, repo=repository.hub_id, headers={})

    def _placed(self, rest: str) -> tuple[HubRepository, str, HubFile] | None:
        """What an address made by ``_resolve`` leads to."""
        for hub_id, repository in self.server.hub.repositories.items():
            begin = f"{quote(hub_id)}/"
            if rest.startswith(begin):
                commit, _, name = rest.removeprefix(begin).partition("/")
                file = repository.commits.get(commit, {}).get(unquote(name))
                if file is not None:
                    return repository, commit, file
        return None

    def _record(self, kind: str, *, repo: str, file: str) -> tuple[Asked, Fault]:
        return self.server.hub.record(self, kind=kind, repo=repo, file=file)

    def _repository(self, asked: Asked, fault: Fault, hub_id: str) -> HubRepository | None:
        """The repository, if who asks may see it; the answer is given when there is none."""
        hub = self.server.hub
        renamed = hub.renamed.get(hub_id)
        if renamed is not None:
            location = self.path.replace(quote(hub_id), quote(renamed), 1)
            self._send(asked, fault, 307, headers={"Location": location})
            return None
        repository = hub.repositories.get(hub_id)
        if repository is not None and repository.token in {"", asked.token}:
            return repository
        if asked.token:
            self._send_error(asked, fault, 404, "Repository not found", code="RepoNotFound")
        else:
            # The hub does not tell strangers what is there.
            self._send_error(asked, fault, 401, "Invalid username or password.")
        return None

    def _may_have_files(self, asked: Asked, fault: Fault, repository: HubRepository) -> bool:
        if repository.members is None or asked.token in repository.members:
            return True
        name = repository.hub_id
        if asked.token:
            sentence = f"Access to model {name} is restricted and you are not in the list."
            self._send_error(asked, fault, 403, sentence, code="GatedRepo")
        else:
            sentence = f"Access to model {name} is restricted. You must be authenticated."
            self._send_error(asked, fault, 401, sentence, code="GatedRepo")
        return False

    def _send_file(
        self,
        file: HubFile,
        name: str,
        *,
        repo: str,
        headers: dict[str, str],
        guarded: HubRepository | None = None,
    ) -> None:
        kind = "head" if self.command == "HEAD" else "bytes"
        asked, fault = self._record(kind, repo=repo, file=name)
        if guarded is not None and not self._may_have_files(asked, fault, guarded):
            return
        told = {**headers, "ETag": f'"{file.etag}"', "Accept-Ranges": "bytes"}
        span = None if fault.no_range else self._span(file)
        if span is None:
            self._send(asked, fault, 200, headers=told, body=file.content)
        elif span.start >= file.size:
            told["Content-Range"] = f"bytes */{file.size}"
            self._send(asked, fault, 416, headers=told)
        else:
            told["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{file.size}"
            self._send(asked, fault, 206, headers=told, body=file.content, span=span)

    def _span(self, file: HubFile) -> range | None:
        """The part of a file that was asked for; None for all of it."""
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        if asked is None or self.headers.get("If-Range", f'"{file.etag}"') != f'"{file.etag}"':
            return None
        first, last = asked.groups()
        if not first:
            return range(max(0, file.size - int(last)), file.size) if last else None
        return range(int(first), min(int(last) + 1, file.size) if last else file.size)

    def _send_json(
        self, asked: Asked, fault: Fault, content: Any, headers: dict[str, str] | None = None
    ) -> None:
        told = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        self._send(asked, fault, 200, headers=told, body=json.dumps(content).encode())

    def _send_error(
        self,
        asked: Asked,
        fault: Fault,
        status: int,
        message: str,
        *,
        code: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        told = dict(headers or {})
        if code:
            told["X-Error-Code"] = code
        if message:
            told["X-Error-Message"] = message
        self._send(asked, fault, status, headers=told, body=json.dumps({"error": message}).encode())

    def _send(
        self,
        asked: Asked,
        fault: Fault,
        status: int,
        *,
        headers: dict[str, str],
        body: bytes = b"",
        span: range | None = None,
    ) -> None:
        """Sends an answer, as the fault wants it; ``span`` is the part of the body that goes."""
        if fault.hang:
            fault.release.wait()
        if fault.status and status < 400:
            status, headers, body, span = fault.status, _told_by(fault), b"", None
        elif fault.content is not None:
            body, span = fault.content, None
        span = span if span is not None else range(len(body))
        if fault.flip_at is not None and fault.flip_at in span:
            body = _flipped(body, fault.flip_at)
        sent = memoryview(body)[span.start : span.stop]
        if fault.gzip:
            sent = memoryview(gzip.compress(sent))
            headers = {**headers, "Content-Encoding": "gzip"}
        asked.status = status
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent) + fault.wrong_length))
            self.end_headers()
            if self.command != "HEAD":
                self._send_body(asked, fault, sent)
        except OSError:
            self.close_connection = True
        finally:
            self.server.hub.note_over(asked)

    def _send_body(self, asked: Asked, fault: Fault, body: memoryview) -> None:
        hub = self.server.hub
        speed = fault.bytes_per_second
        piece = min(_PIECE, max(1, int(speed / 50))) if speed else _PIECE
        stops = {len(body)}
        for stop in (fault.hold_after, fault.cut_after):
            if stop is not None and stop < len(body):
                stops.add(stop)
        done = 0
        for stop in sorted(stops):
            while done < stop and not hub.closing.is_set():
                count = min(piece, stop - done)
                self.wfile.write(body[done : done + count])
                done += count
                hub.note_sent(asked, count)
                if speed:
                    hub.closing.wait(count / speed)
            if done == fault.cut_after:
                self._cut(fault)
                return
            if done == fault.hold_after:
                fault.release.wait()
        if fault.wrong_length:
            self._cut(fault)

    def _cut(self, fault: Fault) -> None:
        self.close_connection = True
        if fault.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.connection.close()
        else:
            self.connection.shutdown(socket.SHUT_RDWR)


def _information(repository: HubRepository, commit: str) -> dict[str, Any]:
    files = repository.commits[commit]
    return {
        "_id": commit[:24],
        "id": repository.hub_id,
        "modelId": repository.hub_id,
        "sha": commit,
        "private": bool(repository.token),
        "gated": "manual" if repository.members is not None else False,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": [],
        "createdAt": "2025-01-01T00:00:00.000Z",
        "lastModified": "2025-01-01T00:00:00.000Z",
        "siblings": [_sibling(file) for file in files.values()],
    }


def _sibling(file: HubFile) -> dict[str, Any]:
    told: dict[str, Any] = {"rfilename": file.name, "blobId": file.git_blob, "size": file.size}
    if file.is_large:
        size = len(file.pointer)
        told["lfs"] = {"sha256": file.sha256, "size": file.size, "pointerSize": size}
    return told


def _tree(
    repository: HubRepository, commit: str, under: str, *, recursive: bool
) -> list[dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = {}
    for file in repository.commits[commit].values():
        if under and not file.name.startswith(f"{under}/"):
            continue
        inner = file.name.removeprefix(f"{under}/").split("/")
        for depth in range(1, len(inner)) if recursive else range(1, min(2, len(inner))):
            folder = "/".join(filter(None, [under, *inner[:depth]]))
            oid = git_blob_of(folder.encode())
            entries[folder] = {"type": "directory", "oid": oid, "size": 0, "path": folder}
        if recursive or len(inner) == 1:
            entries[file.name] = _tree_entry(file)
    return list(entries.values())


def _tree_entry(file: HubFile) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "file",
        "oid": file.git_blob,
        "size": file.size,
        "path": file.name,
    }
    if file.is_large:
        size = len(file.pointer)
        told["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": size}
    return told


def _told_by(fault: Fault) -> dict[str, str]:
    headers = {
        "X-Error-Code": fault.error_code,
        "X-Error-Message": fault.message,
        "Retry-After": fault.retry_after,
    }
    return {name: value for name, value in headers.items() if value}


def _flipped(content: bytes, position: int) -> bytes:
    changed = bytearray(content)
    changed[position] ^= 0xFF
    return bytes(changed)
