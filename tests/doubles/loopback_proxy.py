"""A proxy on the loopback interface, such as companies have: it forwards and tunnels."""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

_PIECE = 1 << 16
_HOP_BY_HOP = frozenset({"connection", "proxy-connection", "proxy-authorization", "keep-alive"})


class LoopbackProxy:
    """Forwards what is asked in the open, and tunnels what is encrypted, while the block runs.

    Attributes:
        asked: Method and address of each request; ``CONNECT`` and host for a tunnel.
        authorization: What must come as ``Proxy-Authorization``; empty: nothing.
        hosts: Host and port of names that only the proxy knows.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.authorization = ""
        self.hosts: dict[str, str] = {}
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="loopback proxy"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.drop()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, proxy: LoopbackProxy) -> None:
        self.proxy = proxy
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        self.keep(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket) -> None:
        self.forget(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client or a server that left is no error of the proxy's."""

    def keep(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def drop(self) -> None:
        """Ends all connections, so that their threads end."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        if not self._may_pass():
            return
        target = urlsplit(self.path)
        path = f"{target.path}?{target.query}" if target.query else target.path
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP
        }
        host = self.server.proxy.hosts.get(target.netloc, target.netloc)
        with contextlib.closing(http.client.HTTPConnection(host)) as connection:
            connection.request(self.command, path, headers=headers)
            answer = connection.getresponse()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                self.send_header(name, value)
            self.end_headers()
            while piece := answer.read(_PIECE):
                self.wfile.write(piece)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_CONNECT(self) -> None:
        if not self._may_pass():
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port))) as outer:
            self.server.keep(outer)
            self.send_response_only(200)
            self.end_headers()
            self._tunnel(outer)
            self.server.forget(outer)
        self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Requests are kept and not printed."""

    def _may_pass(self) -> bool:
        proxy = self.server.proxy
        proxy.asked.append((self.command, self.path))
        if proxy.authorization in {"", self.headers.get("Proxy-Authorization")}:
            return True
        self.send_response_only(407)
        self.send_header("Proxy-Authenticate", 'Basic realm="company"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False

    def _tunnel(self, outer: socket.socket) -> None:
        ends = {self.connection: outer, outer: self.connection}
        with contextlib.suppress(OSError):
            while True:
                for end in select.select(list(ends), [], [])[0]:
                    piece = end.recv(_PIECE)
                    if not piece:
                        return
                    ends[end].sendall(piece)
