"""Loads weights so that they take less memory: in 8 or 4 bits, or partly beside the device."""

from __future__ import annotations

import copy
import importlib.util
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from transformers import BitsAndBytesConfig, PretrainedConfig, PreTrainedModel

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.vision_language.family import Placement
from textlift.engines.vision_language.memory import free_memory

BITS = {"int8": 8, "int4": 4}
"""Of a weight, by the names that the settings use."""


def refuse_unusable_saving(weights: str, device: torch.device) -> None:
    """Checks that weights can be stored in fewer bits.

    Raises:
        EngineError: They cannot, with what to do.
    """
    if not weights:
        return
    if weights not in BITS:
        raise _not_available(
            f"Weights cannot be stored as “{weights}”; choose {' or '.join(BITS)}, or neither."
        )
    if device.type == "mps":
        raise _not_available(
            f"Weights in {BITS[weights]} bits cannot be used on the Apple GPU; "
            "choose another saving for this model."
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise _not_available(
            f"For weights in {BITS[weights]} bits the Python package bitsandbytes is missing; "
            'type: pip install "textlift[quantization]".'
        )


def placing(
    model_class: type[PreTrainedModel], config: PretrainedConfig, placement: Placement
) -> dict[str, Any]:
    """How ``from_pretrained`` is to place the weights.

    In 8 or 4 bits are the linear layers of the language model only: the vision tower, what joins
    the two, and the layer that chooses the token are small, and letters are lost when they
    are inexact.

    Args:
        model_class: Of the library.
        config: Of the checkpoint.
        placement: Where, and with which saving.
    """
    device = placement.device
    if placement.weights:
        left_alone = list(_left_alone(model_class, config, weights=placement.weights))
        return {
            "device_map": {"": device},
            "quantization_config": _quantization(placement, left_alone),
        }
    if placement.room is not None:
        return {"device_map": "auto", "max_memory": _limits(placement)}
    # Straight to the card: by way of the CPU a model would need as much RAM again.
    return {"device_map": None if device.type == "cpu" else {"": device}}


def _quantization(placement: Placement, left_alone: list[str]) -> BitsAndBytesConfig:
    if placement.weights == "int8":
        return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=left_alone)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=placement.dtype,
        llm_int8_skip_modules=left_alone,
    )


def _limits(placement: Placement) -> dict[int | str, int]:
    """Bytes that weights may take in each place; what finds no room on a CPU goes to the disk."""
    assert placement.room is not None
    if placement.device.type == "cpu":
        return {"cpu": placement.room}
    return {
        placement.device.index or 0: placement.room,
        "cpu": free_memory(torch.device("cpu")),
    }


def _left_alone(
    model_class: type[PreTrainedModel], config: PretrainedConfig, *, weights: str
) -> Iterator[str]:
    """What keeps its number format, by name: all but the layers of the language model."""
    with torch.device("meta"):
        model = model_class(copy.deepcopy(config))
    steps = _place_of_layers(model)
    for depth, kept in enumerate(steps):
        parent = ".".join(steps[:depth])
        for name, _ in model.get_submodule(parent).named_children():
            if name != kept:
                yield f"{parent}.{name}".removeprefix(".")
    if weights == "int4":
        for name, layer in model.get_submodule(".".join(steps)).named_modules():
            if isinstance(layer, nn.Linear) and not _has_whole_blocks(layer):
                yield ".".join([*steps, name])


def _place_of_layers(model: PreTrainedModel) -> list[str]:
    """The steps from a model to the list of its language model's layers."""
    names = {id(module): name.split(".") for name, module in model.named_modules()}
    places = (names[id(module)] for module in model.get_decoder().modules())
    return next(steps for steps in places if steps[-1] == "layers")


def _has_whole_blocks(layer: nn.Linear) -> bool:
    """Whether the kernels for a CPU take a layer in 4 bits; those of all published models do."""
    return layer.in_features % 64 == 0 and layer.out_features % 32 == 0


def _not_available(sentence: str) -> EngineError:
    return EngineError(FailureKind.NOT_AVAILABLE, sentence)
