"""Seconds until a model is loaded in a process of its own: ours, and the library's by itself."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import torch
from transformers import PreTrainedModel

from textlift.engines.contract import EngineOptions
from textlift.engines.process import EngineProcess
from textlift.engines.registry import EngineEntry

# As the cards of the models show it.
_LIBRARY = """
import sys
import importlib
folder, module, name, device = sys.argv[1:]
model_class = getattr(importlib.import_module(module), name)
model = model_class.from_pretrained(
    folder, dtype="bfloat16", device_map=None if device == "cpu" else {"": device}
)
"""


class LoadTimes(msgspec.Struct, frozen=True):
    """Medians, in seconds, from the start of a process.

    Attributes:
        library: Until ``from_pretrained`` has returned.
        ours: Until the engine can read a page.
    """

    library: float
    ours: float


def load_times(
    entry: EngineEntry,
    options: EngineOptions,
    model_class: type[PreTrainedModel],
    *,
    folder: Path,
    cold: bool,
    rounds: int,
) -> LoadTimes:
    """Loads by turns, A B A B.

    Args:
        entry: Of the engine.
        options: For the engine.
        model_class: Of the weights.
        folder: Of the checkpoint.
        cold: The weights are driven out of the page cache before each.
        rounds: Of both.
    """
    device = "cuda:0" if torch.cuda.is_available() and options.device != "cpu" else "cpu"

    def library() -> None:
        arguments = [str(folder), model_class.__module__, model_class.__name__, device]
        subprocess.run([sys.executable, "-c", _LIBRARY, *arguments], check=True)

    def ours() -> None:
        process = EngineProcess(entry, options)
        try:
            process.load()
        finally:
            process.kill()

    seconds: dict[Callable[[], None], list[float]] = {library: [], ours: []}
    for _ in range(rounds):
        for way, taken in seconds.items():
            if cold:
                drive_out(folder)
            begun = time.perf_counter()
            way()
            taken.append(time.perf_counter() - begun)
    return LoadTimes(statistics.median(seconds[library]), statistics.median(seconds[ours]))


def drive_out(folder: Path) -> None:
    """Has the system forget what it holds of the weights, as far as the system can be asked to."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in folder.glob("*.safetensors"):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
