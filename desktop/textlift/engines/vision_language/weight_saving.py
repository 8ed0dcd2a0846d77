"""Loads weights so that they take less memory: in 8 or 4 bits, or partly beside the device."""

from __future__ import annotations

import copy
import importlib.util
import logging
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from transformers import BitsAndBytesConfig, PretrainedConfig, PreTrainedModel

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.vision_language.family import Placement

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
    the two, and the layer that chooses the token keep their exactness, on which letters depend.

    Args:
        model_class: Of the library.
        config: Of the checkpoint.
        placement: Where, and with which saving.
    """
    device = placement.device
    if placement.weights:
        model = _without_memory(model_class, config)
        left_alone = [*_beside_layers(model), *_unfit_layers(model, placement.weights)]
        return {
            "device_map": {"": device},
            "quantization_config": _quantization(placement, left_alone),
        }
    if placement.room is not None:
        return {"device_map": _split(_without_memory(model_class, config), placement)}
    # Straight to the card: by way of the CPU a model would need as much RAM again.
    return {"device_map": None if device.type == "cpu" else {"": device}}


def _quantization(placement: Placement, left_alone: list[str]) -> BitsAndBytesConfig:
    # Else it tells at each layer for each token in which format it multiplies.
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    if placement.weights == "int8":
        return BitsAndBytesConfig(load_in_8bit=True, llm_int8_skip_modules=left_alone)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=placement.dtype,
        llm_int8_skip_modules=left_alone,
    )


def _without_memory(
    model_class: type[PreTrainedModel], config: PretrainedConfig
) -> PreTrainedModel:
    with torch.device("meta"):
        return model_class(copy.deepcopy(config))


def _split(model: PreTrainedModel, placement: Placement) -> dict[str, int | str]:
    """Where each part of a model lies; accelerate brings a layer when it is its turn.

    Only layers of the language model lie elsewhere: they are many and alike, and other parts look
    at each other's weights without being called. Elsewhere is the system's memory, and for a CPU
    the disk.
    """
    here: int | str = "cpu" if placement.device.type == "cpu" else placement.device.index or 0
    elsewhere = "disk" if here == "cpu" else "cpu"
    places = dict.fromkeys(_beside_layers(model), here)
    prefix = ".".join(_place_of_layers(model))
    layers = [_bytes(layer, placement) for layer in model.get_submodule(prefix).children()]
    # There must be room for the largest of the others while it works.
    left = (placement.room or 0) - _bytes(model, placement) + sum(layers) - max(layers)
    for number, size in enumerate(layers):
        left -= size
        places[f"{prefix}.{number}"] = here if left >= 0 else elsewhere
    return places


def _bytes(module: nn.Module, placement: Placement) -> int:
    return sum(weight.numel() for weight in module.parameters()) * placement.dtype.itemsize


def _beside_layers(model: PreTrainedModel) -> Iterator[str]:
    """The parts of a model that are not layers of its language model, by name."""
    steps = _place_of_layers(model)
    for depth, followed in enumerate(steps):
        parent = model.get_submodule(".".join(steps[:depth]))
        parts = [name for name, _ in parent.named_children() if name != followed]
        weights = [name for name, _ in parent.named_parameters(recurse=False)]
        values = [name for name, _ in parent.named_buffers(recurse=False)]
        for name in (*parts, *weights, *values):
            yield ".".join([*steps[:depth], name])


def _unfit_layers(model: PreTrainedModel, weights: str) -> Iterator[str]:
    """Linear layers that no kernel for a CPU takes in 4 bits; no published model has any."""
    if weights != "int4":
        return
    steps = _place_of_layers(model)
    for name, layer in model.get_submodule(".".join(steps)).named_modules():
        if isinstance(layer, nn.Linear) and (layer.in_features % 64 or layer.out_features % 32):
            yield ".".join([*steps, name])


def _place_of_layers(model: PreTrainedModel) -> list[str]:
    """The steps from a model to the list of its language model's layers."""
    names = {id(module): name.split(".") for name, module in model.named_modules()}
    places = (names[id(module)] for module in model.get_decoder().modules())
    return next(steps for steps in places if steps[-1] == "layers")


def _not_available(sentence: str) -> EngineError:
    return EngineError(FailureKind.NOT_AVAILABLE, sentence)
