"""A repository as the hub keeps it: commits of files, branches, checksums of git and of LFS."""

from __future__ import annotations

import functools
import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

CHECKPOINTS = Path(__file__).parents[1] / "tiny_models" / "checkpoints"

_LFS_SUFFIXES = frozenset(
    {".safetensors", ".bin", ".pt", ".pth", ".pkl", ".ckpt", ".onnx", ".gguf", ".h5", ".msgpack"}
)
_PIECE = 1 << 26
_LFS_SIZE = 10_000_000
"""From this size on the hub keeps every file as a large one."""


@dataclass(frozen=True, eq=False)
class HubFile:
    """A file of a commit."""

    name: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def is_large(self) -> bool:
        return PurePosixPath(self.name).suffix in _LFS_SUFFIXES or self.size >= _LFS_SIZE

    @functools.cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @functools.cached_property
    def git_blob(self) -> str:
        """The name git gives to what is in the repository: of a large file, its pointer."""
        return git_blob_of(self.pointer if self.is_large else self.content)

    @property
    def pointer(self) -> bytes:
        return (
            "version https://git-lfs.github.com/spec/v1\n"
            f"oid sha256:{self.sha256}\nsize {self.size}\n"
        ).encode()

    @property
    def etag(self) -> str:
        """What the hub says of it, and what names it in the cache."""
        return self.sha256 if self.is_large else self.git_blob


@dataclass
class HubRepository:
    """A repository, and who may have it.

    Attributes:
        hub_id: ``organisation/name``.
        token: That is needed to see it at all; empty: it is public.
        members: Tokens of those who accepted the licence; None: everyone may have the files.
        commits: The files of each, by their names.
        references: The commit of each branch and tag.
    """

    hub_id: str
    token: str = ""
    members: frozenset[str] | None = None
    commits: dict[str, dict[str, HubFile]] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)

    def commit(self, files: Mapping[str, bytes], *, reference: str = "main") -> str:
        """Replaces the files of a branch or tag, and gives the name of the commit."""
        kept = {name: HubFile(name, content) for name, content in files.items()}
        told = json.dumps(
            [self.hub_id, len(self.commits), {name: file.etag for name, file in kept.items()}]
        )
        sha = hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest()
        self.commits[sha] = kept
        self.references[reference] = sha
        return sha

    def resolve(self, revision: str) -> str | None:
        """The commit that a branch, a tag or a commit is."""
        return revision if revision in self.commits else self.references.get(revision)

    def files(self, revision: str = "main") -> dict[str, HubFile]:
        """The files of a revision that is there."""
        return self.commits[self.resolve(revision) or ""]

    def size(self, revision: str = "main") -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files(revision).values())


def git_blob_of(content: bytes) -> str:
    """The SHA-1 that git gives to a file."""
    head = f"blob {len(content)}\0".encode()
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest()


def folder_files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, with all below it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def checkpoint_files(name: str) -> dict[str, bytes]:
    """The files of a tiny checkpoint, such as ``qwen3_vl``."""
    return folder_files(CHECKPOINTS / name)


def made_up_model(*, size: int, parts: int = 1, seed: int = 0) -> dict[str, bytes]:
    """Files that look like a checkpoint, with weights of about ``size`` bytes in all.

    They are true safetensors files, full of noise, and nothing that can be loaded as a model.
    """
    files = {
        "config.json": json.dumps({"model_type": "qwen3_vl", "seed": seed}).encode(),
        "tokenizer.json": json.dumps({"version": "1.0", "seed": seed}).encode(),
    }
    noise = random.Random(seed)
    if parts == 1:
        return {**files, "model.safetensors": _safetensors("all", _noise(noise, size))}
    names = [f"model-{part:05}-of-{parts:05}.safetensors" for part in range(1, parts + 1)]
    for number, name in enumerate(names):
        files[name] = _safetensors(f"part{number}", _noise(noise, size // parts))
    index = {
        "metadata": {"total_size": size // parts * parts},
        "weight_map": {f"part{number}": name for number, name in enumerate(names)},
    }
    files["model.safetensors.index.json"] = json.dumps(index).encode()
    return files


def _noise(source: random.Random, size: int) -> bytes:
    # The generator gives no more than 256 MB at once.
    return b"".join(source.randbytes(min(_PIECE, size - at)) for at in range(0, size, _PIECE))


def _safetensors(tensor: str, content: bytes) -> bytes:
    description = {"dtype": "U8", "shape": [len(content)], "data_offsets": [0, len(content)]}
    head = json.dumps({tensor: description}).encode()
    head += b" " * (-len(head) % 8)
    return len(head).to_bytes(8, "little") + head + content
