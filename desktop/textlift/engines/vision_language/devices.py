"""Chooses where a model runs and in which number format."""

from __future__ import annotations

import torch

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError, EngineOptions
from textlift.engines.vision_language.defaults import SMALL_WEIGHTS
from textlift.engines.vision_language.family import Placement
from textlift.engines.vision_language.weight_saving import refuse_unusable_saving
from textlift.models.devices import best_device, find_devices
from textlift.models.memory import sample_memory

_DTYPES = {
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
    "float32": torch.float32,
}


def choose_placement(options: EngineOptions, *, weight_bytes: int) -> Placement:
    """The device and number format for a model.

    Args:
        options: What the user set; ``auto`` leaves the choice to this function.
        weight_bytes: Of the model's weights on disk.

    Raises:
        EngineError: The device that was asked for is not there, or cannot hold weights in the
            few bits that were asked for, with what to do.
    """
    device = _device(options.device)
    saving = options.savings.get(options.model.name if options.model is not None else "")
    weights = saving.weights if saving is not None else ""
    refuse_unusable_saving(weights, device)
    return Placement(
        device=device, dtype=_dtype(options.dtype, device, weight_bytes), weights=weights
    )


def device_title(device: torch.device) -> str:
    """The device in a sentence: "the CPU", "the GPU cuda:0"."""
    if device.type == "cpu":
        return "the CPU"
    if device.type == "mps":
        return "the Apple GPU"
    return f"the GPU {device}"


def _device(name: str) -> torch.device:
    if name == "auto":
        return _best_device()
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise _unusable(
            f"There is no device called “{name}”; set it to auto, cpu, cuda:0 or mps."
        ) from error
    if device.type == "cuda":
        return _cuda_device(device)
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise _unusable("This machine has no Apple GPU that can be used; set the device to auto.")
    if device.type not in {"cpu", "mps"}:
        raise _unusable(f"Models do not run on “{name}”; set it to auto, cpu, cuda:0 or mps.")
    return device


def _best_device() -> torch.device:
    """What the window takes ``auto`` for, unless torch knows better.

    The memory of several GPUs is asked of the driver: to ask CUDA would take some of each for
    good.
    """
    if not torch.cuda.is_available():
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    best = torch.device(best_device(sample_memory(())))
    known = best.type == "cuda" and (best.index or 0) < torch.cuda.device_count()
    return best if known else torch.device("cuda", 0)


def _cuda_device(device: torch.device) -> torch.device:
    index = device.index or 0
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if index < count:
        return torch.device("cuda", index)
    for known in find_devices():
        if known.name == f"cuda:{index}" and not known.usable:
            raise _unusable(
                f"The device is set to {device}, {known.title}, which cannot be used. "
                f"{known.problem} {known.remedy}"
            )
    if torch.version.cuda is None and torch.version.hip is None:
        raise _unusable(
            f"The device is set to {device}, but the installed PyTorch is built for the CPU only; "
            "install the CUDA build of PyTorch, or set the device to auto."
        )
    there = f"there are {count}" if count else "there is none that can be used"
    raise _unusable(f"The device is set to {device}, but of GPUs {there}; set the device to auto.")


def _dtype(name: str, device: torch.device, weight_bytes: int) -> torch.dtype:
    if name != "auto":
        dtype = _DTYPES.get(name)
        if dtype is None:
            raise _unusable(
                f"There is no number format called “{name}”; choose {', '.join(_DTYPES)} or auto."
            )
        return dtype
    if device.type == "cuda":
        # Before Ampere bfloat16 is emulated, slower than either of the others.
        with torch.cuda.device(device):
            fits = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if fits else torch.float16
    if device.type == "mps":
        # bfloat16 came to Metal with macOS 14.
        fits = torch.backends.mps.is_macos_or_newer(14, 0)
        return torch.bfloat16 if fits else torch.float16
    return torch.float32 if weight_bytes < SMALL_WEIGHTS else torch.bfloat16


def _unusable(sentence: str) -> EngineError:
    return EngineError(FailureKind.NOT_AVAILABLE, sentence)
