"""A file of weights that holds nothing but zeros."""

from __future__ import annotations

import json


def zero_weights(size: int) -> bytes:
    """A safetensors file of so many bytes with one tensor, or with none where there is no room."""
    head = _head(size - 8)
    return head + bytes(size - len(head))


def _head(room: int) -> bytes:
    for length in range(16, 120, 8):
        count = max(0, room - length)
        tensor = {"zeros": {"dtype": "U8", "shape": [count], "data_offsets": [0, count]}}
        header = json.dumps(tensor, separators=(",", ":")).encode()
        if len(header) <= length <= room:
            return length.to_bytes(8, "little") + header.ljust(length)
    raise ValueError(f"a safetensors file does not go into {room + 8} bytes")
