"""How many parameters lie in safetensors files, from their headers; the tensors are not read."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from pathlib import Path

import msgspec

_LENGTH_BYTES = 8
_HEADER_LIMIT = 100_000_000
"""Bytes, as the format has it; what claims more is no safetensors file."""


class WeightFileError(Exception):
    """A file of weights is damaged; the sentence names it."""


class _Tensor(msgspec.Struct):
    shape: tuple[int, ...] = ()
    dtype: str = ""


_decoder = msgspec.json.Decoder(dict[str, _Tensor])


def parameter_count(files: Iterable[Path], *, without: tuple[str, ...] = ()) -> int:
    """The parameters in some files together.

    Args:
        files: Of one checkpoint.
        without: Parts of the names of tensors that do not count.

    Raises:
        OSError: One cannot be read.
        WeightFileError: One is damaged.
    """
    count = 0
    for path in files:
        state = path.stat()
        count += _count(path, without, state.st_mtime_ns, state.st_size)
    return count


@functools.lru_cache(maxsize=256)
def _count(path: Path, without: tuple[str, ...], _changed: int, _size: int) -> int:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        header = file.read(length) if 0 < length <= _HEADER_LIMIT else b""
    try:
        tensors = _decoder.decode(header)
    except msgspec.DecodeError as error:
        raise WeightFileError(f"The file {path} is damaged; get the model again.") from error
    return sum(
        math.prod(tensor.shape)
        for name, tensor in tensors.items()
        if name != "__metadata__" and not any(part in name for part in without)
    )
