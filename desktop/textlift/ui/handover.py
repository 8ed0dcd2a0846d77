"""What a second start of Textlift hands to the window that is open, and how it gets there."""

from __future__ import annotations

import os
import struct
import sys
import time
from functools import partial

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

MAX_BYTES = 32 * 1024 * 1024
"""Of a handover: hundreds of thousands of paths. Whoever sends more is none of us."""

_LENGTH = struct.Struct(">I")
_TAKEN = b"taken"


class Handover(msgspec.Struct, frozen=True, array_like=True):
    """What the second start was asked to do.

    Attributes:
        paths: Absolute, of files and folders, as bytes of the file system.
        activation: What the desktop gave the second start so that a window may come to the
            front; empty where it gives nothing.
    """

    paths: tuple[bytes, ...] = ()
    activation: str = ""

    @property
    def path_names(self) -> tuple[str, ...]:
        """The paths as Python has them."""
        return tuple(os.fsdecode(path) for path in self.paths)


class HandoverServer(QObject):
    """Takes handovers in the GUI thread, so that one is only confirmed by a window that answers.

    Signals:
        came: A ``Handover``.
    """

    came = Signal(object)

    def __init__(self, address: str, parent: QObject | None = None) -> None:
        """Listens; a socket that a crash left behind is no obstacle.

        Args:
            address: Of the socket. The caller is the only one who may listen there.
            parent: Owner.
        """
        super().__init__(parent)
        self._server = QLocalServer(self)
        # Whoever could write here could have this user's files opened.
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        self._received: dict[QLocalSocket, bytearray] = {}
        QLocalServer.removeServer(address)
        self.problem = "" if self._server.listen(address) else self._server.errorString()

    def close(self) -> None:
        """Takes nothing any more."""
        self._server.close()
        for socket in tuple(self._received):
            socket.abort()

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._received[socket] = bytearray()
            socket.readyRead.connect(partial(self._on_bytes, socket))
            socket.disconnected.connect(partial(self._forget, socket))
            self._on_bytes(socket)

    def _on_bytes(self, socket: QLocalSocket) -> None:
        received = self._received.get(socket)
        if received is None:
            return
        received += socket.readAll().data()
        if len(received) < _LENGTH.size:
            return
        (length,) = _LENGTH.unpack_from(received)
        if length > MAX_BYTES:
            socket.abort()
            return
        if len(received) < _LENGTH.size + length:
            return
        try:
            handover = msgspec.msgpack.decode(
                received[_LENGTH.size : _LENGTH.size + length], type=Handover
            )
        except msgspec.DecodeError:
            socket.abort()
            return
        received.clear()
        socket.write(_TAKEN)
        socket.flush()
        self.came.emit(handover)

    def _forget(self, socket: QLocalSocket) -> None:
        if self._received.pop(socket, None) is not None:
            socket.deleteLater()


def hand_over(address: str, handover: Handover, *, patience: float) -> bool:
    """Gives a handover to the window that listens; waits until it is taken.

    Args:
        address: Of its socket.
        handover: What it is to do.
        patience: Seconds.

    Returns:
        Whether the window has confirmed it. A socket that is another user's gets nothing.
    """
    if not _is_ours(address):
        return False
    end = time.monotonic() + patience
    body = msgspec.msgpack.encode(handover)
    socket = QLocalSocket()
    socket.connectToServer(address)
    if not socket.waitForConnected(_milliseconds_until(end)):
        return False
    socket.write(_LENGTH.pack(len(body)) + body)
    answer = b""
    while socket.waitForReadyRead(_milliseconds_until(end)):
        answer += socket.readAll().data()
        if answer == _TAKEN:
            socket.abort()
            return True
    socket.abort()
    return False


def _is_ours(address: str) -> bool:
    """Whether nobody else can have made the socket; one that is not there is nobody's."""
    if sys.platform == "win32":
        return True
    try:
        return os.lstat(address).st_uid == os.getuid()
    except OSError:
        return True


def _milliseconds_until(end: float) -> int:
    return max(int((end - time.monotonic()) * 1000), 1)
