"""What the head of a safetensors file says of its length; the tensors are not read."""

from __future__ import annotations

from pathlib import Path

import msgspec

_HEADER_LIMIT = 100_000_000
"""Bytes, as the format has it; what claims more is no safetensors file."""


class _Tensor(msgspec.Struct):
    data_offsets: tuple[int, int] = (0, 0)


_decoder = msgspec.json.Decoder(dict[str, _Tensor])


def is_whole(path: Path) -> bool:
    """Whether a safetensors file has the length that its head says.

    See https://huggingface.co/docs/safetensors for the format: eight bytes with the length of
    the header, the header, the tensors.

    Raises:
        OSError: It cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(size - 8, _HEADER_LIMIT):
            return False
        header = file.read(length)
    try:
        tensors = _decoder.decode(header)
    except (msgspec.DecodeError, RecursionError):
        return False
    end = max((tensor.data_offsets[1] for tensor in tensors.values()), default=0)
    return 8 + length + end == size
