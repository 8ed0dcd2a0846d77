"""Whether a vision-language model can be loaded here, found out without torch and the network."""

from __future__ import annotations

import importlib.util

from textlift.engines.contract import Availability, EngineOptions
from textlift.models.catalogue import ModelEntry
from textlift.models.hub_cache import cache_folders
from textlift.models.on_disk import (
    ModelNotOnDiskError,
    model_folder,
    shown_size,
    weight_bytes,
    what_is_missing,
)

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
        folder = model_folder(model, caches=cache_folders(options.model_cache))
    except ModelNotOnDiskError as error:
        return _to_be_got(model, str(error))
    problem = what_is_missing(folder)
    if problem:
        return _to_be_got(model, problem)
    # Not with the module: the window makes its list of models before it is up.
    from textlift.models.devices import device_memory
    from textlift.models.memory import sample_memory

    size = weight_bytes(folder)
    memory = device_memory(options.device, sample_memory([]))
    if memory is not None and memory.total < size:
        return Availability(
            ready=False,
            sentence=f"Its weights take {shown_size(size)}, and {memory.title} has "
            f"{shown_size(memory.total)}.",
            remedy="Choose a smaller model, or another device in the settings.",
        )
    return Availability(ready=True, sentence=f"On disk, {shown_size(size)}.")


def _to_be_got(model: ModelEntry, problem: str) -> Availability:
    if model.folder:
        remedy = "Put its files there, or take the model from the list."
        return Availability(ready=False, sentence=problem, remedy=remedy)
    return Availability(
        ready=False,
        sentence=problem,
        remedy=f"Get it in the list of models, or type: textlift models get {model.name}",
        can_be_got=True,
    )
