"""Whether a vision-language model can be loaded here, found out without torch and the network."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import msgspec

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
from textlift.models.unfinished import unfinished_download

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
        folder = model_folder(model, caches=cache_folders(options.model_cache))
    except ModelNotOnDiskError as error:
        return _to_be_got(model, _what_was_begun(model, options) or str(error))
    problem = what_is_missing(folder)
    if problem:
        return _to_be_got(model, problem)
    # Not with the module: the window makes its list of models before it is up.
    from textlift.models.devices import device_memory
    from textlift.models.memory import sample_memory

    size = weight_bytes(folder)
    sample = sample_memory([])
    memory = device_memory(options.device, sample)
    if (
        memory is not None
        and memory.total < size
        and not _can_be_made_to_fit(model, options, sample)
    ):
        return Availability(
            ready=False,
            sentence=f"Its weights take {shown_size(size)}, and {memory.title} has "
            f"{shown_size(memory.total)}.",
            remedy="Choose a smaller model, or another device in the settings.",
        )
    return Availability(ready=True, sentence=f"On disk, {shown_size(size)}.")


def _can_be_made_to_fit(model: ModelEntry, options: EngineOptions, sample: MemorySample) -> bool:
    """Whether the model could be loaded with a saving if nothing else needed the memory."""
    from textlift.engines.vision_language.fitting import fit_alone
    from textlift.models.fit import Answer

    empty = msgspec.structs.replace(
        sample,
        ram_used=0,
        gpus=tuple(msgspec.structs.replace(gpu, used=0) for gpu in sample.gpus),
    )
    return fit_alone(model, options, empty).answer in {Answer.FITS, Answer.FITS_WITH}


def _what_was_begun(model: ModelEntry, options: EngineOptions) -> str:
    """What is here of a download that was not finished; empty when there is none."""
    if model.folder:
        return ""
    caches = cache_folders(options.model_cache)
    begun = unfinished_download((model.hub_id, *model.hub_aliases), model.revision, caches)
    if begun is None:
        return ""
    return (
        f"Its download is not finished: {shown_size(begun.have)} of {shown_size(begun.size)} "
        "are here."
    )


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
