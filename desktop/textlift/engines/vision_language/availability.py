"""Whether a vision-language model can be loaded here, found out without torch and the network."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from textlift.engines.contract import Availability, EngineOptions
from textlift.models.catalogue import ModelEntry
from textlift.models.on_disk import (
    ModelNotOnDiskError,
    model_folder,
    shown_size,
    weight_bytes,
    what_is_missing,
)

if TYPE_CHECKING:
    from textlift.models.memory import MemorySample

PACKAGES = ("torch", "transformers", "safetensors", "tokenizers", "huggingface_hub")


def model_availability(model: ModelEntry, options: EngineOptions) -> Availability:
    """Whether the packages and the checkpoint are there and could fit the device's memory."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        packages = "package" if len(missing) == 1 else "packages"
        return Availability(
            ready=False,
            sentence=f"It needs the Python {packages} {', '.join(missing)}.",
            remedy='Type: pip install "textlift[models]"',
        )
    try:
        folder = model_folder(model)
    except ModelNotOnDiskError as error:
        return Availability(ready=False, sentence=str(error), remedy=_get_it(model))
    problem = what_is_missing(folder)
    if problem:
        return Availability(ready=False, sentence=problem, remedy=_get_it(model))
    # Not with the module: the window makes its list of models before it is up.
    from textlift.models.memory import sample_memory

    size = weight_bytes(folder)
    place, memory = _memory_for(options.device, sample_memory([]))
    if 0 < memory < size:
        return Availability(
            ready=False,
            sentence=f"Its weights take {shown_size(size)}, and {place} has {shown_size(memory)}.",
            remedy="Choose a smaller model, or another device in the settings.",
        )
    return Availability(ready=True, sentence=f"On disk, {shown_size(size)}.")


def _get_it(model: ModelEntry) -> str:
    if model.folder:
        return "Put its files there, or take the model from the list."
    revision = f" --revision {model.revision}" if model.revision != "main" else ""
    return f"Type: hf download {model.hub_id}{revision}"


def _memory_for(device: str, sample: MemorySample) -> tuple[str, int]:
    """The device in words and its memory in bytes; 0 when that cannot be known from here."""
    ram = "this machine", sample.ram_total
    if device == "auto":
        gpus = [gpu.total for gpu in sample.gpus]
        return ("the largest GPU", max(gpus)) if gpus else ram
    if device.partition(":")[0] in {"cpu", "mps"}:
        return ram
    for gpu in sample.gpus:
        if device in {f"cuda:{gpu.index}", "cuda"}:
            return f"the GPU {gpu.name}", gpu.total
    return device, 0
