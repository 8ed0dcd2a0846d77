"""Where a model's checkpoint lies on this machine and whether it is whole; never the network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textlift.models.catalogue import ModelEntry
from textlift.models.hub_cache import cache_folders, cached_snapshots
from textlift.models.weight_file import is_whole

CONFIG = "config.json"
TOKENIZER = "tokenizer.json"
WEIGHTS = "model.safetensors"
WEIGHTS_INDEX = "model.safetensors.index.json"

_OTHER_WEIGHTS = ("*.bin", "*.pt", "*.pth", "*.gguf", "*.ckpt")


class ModelNotOnDiskError(Exception):
    """A model's checkpoint is not on this machine; the sentence says where it was looked for."""


def model_folder(entry: ModelEntry, *, caches: Sequence[Path] | None = None) -> Path:
    """The folder with a model's checkpoint, whole or not.

    An entry with a folder is looked for there only, any other in the Hugging Face cache. Of
    several that are there, the first whole one is taken.

    Args:
        entry: Of the catalogue.
        caches: Where to look, see ``hub_cache.cache_folders``; None: in the user's own.

    Raises:
        ModelNotOnDiskError: There is none.
    """
    if entry.folder:
        folder = Path(entry.folder)
        if not folder.is_dir():
            raise ModelNotOnDiskError(f"The folder {folder} is not there.")
        return folder
    places = cache_folders("") if caches is None else caches
    found = found_snapshot((entry.hub_id, *entry.hub_aliases), entry.revision, places)
    if found is not None:
        return found
    size = f" ({shown_size(entry.size)})" if entry.size else ""
    raise ModelNotOnDiskError(f"Its weights{size} are not on this machine.")


def found_snapshot(hub_ids: Sequence[str], revision: str, caches: Sequence[Path]) -> Path | None:
    """The folder of a repository's revision in the caches; of several the first whole one."""
    found = [one for one in cached_snapshots(hub_ids, revision, caches) if _is_begun(one)]
    if len(found) > 1:
        return next((one for one in found if not what_is_missing(one)), found[0])
    return found[0] if found else None


def what_is_missing(folder: Path) -> str:
    """What a checkpoint lacks to be loaded, in a sentence; empty when it is whole."""
    missing = [name for name in (CONFIG, TOKENIZER) if not (folder / name).is_file()]
    try:
        weights = weight_files(folder)
    except ValueError:
        return f"The file {WEIGHTS_INDEX} in {folder} is damaged; get the model again."
    if not weights:
        other = sorted(path.name for kind in _OTHER_WEIGHTS for path in folder.glob(kind))
        if other:
            return (
                f"The weights in {folder} are in a format that is not loaded ({other[0]}); "
                "get the model as safetensors."
            )
        missing.append(WEIGHTS)
    absent = [path.name for path in weights if not path.is_file()]
    missing += absent[:1]
    if not missing:
        return _what_is_cut(weights)
    more = len(absent) - 1
    files = ", ".join(missing) + (f" and {more} more weight files" if more > 0 else "")
    return f"The model in {folder} is not complete: it lacks {files}."


def _what_is_cut(weights: Sequence[Path]) -> str:
    try:
        cut = [path for path in weights if not is_whole(path)]
    except OSError as error:
        return f"The weights in {weights[0].parent} cannot be read: {error.strerror}."
    if not cut:
        return ""
    return f"The file {cut[0].name} in {cut[0].parent} is damaged or cut; get the model again."


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files that make up the weights, be they there or not; empty when unknown.

    Raises:
        ValueError: The list of them is damaged.
    """
    # The library, too, takes the one file where there are both.
    single = folder / WEIGHTS
    if single.is_file():
        return (single,)
    index = folder / WEIGHTS_INDEX
    if not index.is_file():
        return ()
    content = read_json_object(index)
    names = content.get("weight_map")
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise ValueError(f"{index} lists no files")
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in names.values()):
        raise ValueError(f"{index} lists files elsewhere")
    return tuple(folder / name for name in sorted(set(names.values())))


def weight_bytes(folder: Path) -> int:
    """Bytes of the weights that are there; 0 when the list of them is damaged."""
    try:
        return sum(path.stat().st_size for path in weight_files(folder) if path.is_file())
    except (OSError, ValueError):
        return 0


def shown_size(count: int) -> str:
    """Bytes for a person: "6.1 GB", "2 MB", "3 kB"."""
    if count >= 1e8:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 1e6 or not count else f"{max(count // 1000, 1)} kB"


def read_json_object(path: Path) -> dict[str, Any]:
    """What a JSON file holds.

    Raises:
        OSError: It cannot be read.
        ValueError: It is damaged or holds something else than an object.
    """
    import json

    try:
        content = json.loads(path.read_bytes())
    except RecursionError as error:
        raise ValueError(f"{path} is nested without end") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds no object")  # noqa: TRY004  as damaged as no JSON
    return content


def _is_begun(snapshot: Path) -> bool:
    # Whichever file a broken download got first.
    return any((snapshot / name).is_file() for name in (CONFIG, WEIGHTS_INDEX, WEIGHTS, TOKENIZER))
