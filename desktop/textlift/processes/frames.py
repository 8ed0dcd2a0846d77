"""Frames on the pipe between the window and a child: four length bytes, then msgpack."""

from __future__ import annotations

import struct
from typing import BinaryIO

import msgspec

MAX_FRAME = 256 * 1024 * 1024
"""Bytes; a longer frame means a damaged stream, not a message."""

_LENGTH = struct.Struct(">I")


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The child has loaded what it needs and takes requests.

    Attributes:
        device: That it runs on.
        body: What else it has to say, an encoded message of its own protocol; may be empty.
    """

    device: str = "cpu"
    body: bytes = b""


class Request(msgspec.Struct, frozen=True, tag=True):
    """Parent to child: do this. ``body`` is the encoded request of the child's own protocol."""

    id: int
    body: msgspec.Raw


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Parent to child: the answer to this request is no longer wanted."""

    id: int


class Progress(msgspec.Struct, frozen=True, tag=True):
    """Child to parent: part of an answer."""

    id: int
    body: msgspec.Raw


class Answer(msgspec.Struct, frozen=True, tag=True):
    """Child to parent: the whole answer."""

    id: int
    body: msgspec.Raw


class Failure(msgspec.Struct, frozen=True, tag=True):
    """Child to parent: no answer, and why. ``id`` 0 means that the child could not start.

    Attributes:
        kind: Value of the protocol's own enum of failures.
        sentence: For a person.
        details: For a bug report.
        codes: What else of it a program can act on, as the protocol says.
        amount: Likewise, a number.
    """

    id: int
    kind: str
    sentence: str
    details: str = ""
    codes: tuple[str, ...] = ()
    amount: int = 0


Frame = Ready | Request | Cancel | Progress | Answer | Failure

_decoder: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame)
_encoder = msgspec.msgpack.Encoder()


class DamagedStreamError(Exception):
    """The bytes on the pipe are not frames."""


def encode_body(message: msgspec.Struct) -> msgspec.Raw:
    """A message of a child's own protocol, ready to stand in a frame."""
    return msgspec.Raw(_encoder.encode(message))


def write_frame(stream: BinaryIO, frame: Frame) -> None:
    """Writes and flushes one frame.

    Raises:
        OSError: The other side is gone.
    """
    payload = _encoder.encode(frame)
    stream.write(_LENGTH.pack(len(payload)) + payload)
    stream.flush()


def read_frame(stream: BinaryIO) -> Frame | None:
    """The next frame, or None at the end of the stream.

    Raises:
        DamagedStreamError: A length out of range, a cut frame or bytes that are no message.
    """
    header = stream.read(_LENGTH.size)
    if not header:
        return None
    if len(header) < _LENGTH.size:
        raise DamagedStreamError("The stream ended inside a frame's length.")
    (length,) = _LENGTH.unpack(header)
    if length > MAX_FRAME:
        raise DamagedStreamError(f"A frame claims {length} bytes.")
    payload = stream.read(length)
    if len(payload) < length:
        raise DamagedStreamError("The stream ended inside a frame.")
    try:
        return _decoder.decode(payload)
    except msgspec.DecodeError as error:
        raise DamagedStreamError(f"A frame does not decode: {error}") from error
