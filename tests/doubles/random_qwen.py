"""Qwen-VL as published but for its width: random weights, the settings of the checkpoints."""

from __future__ import annotations

from typing import Any

import torch
from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLConfig
from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen3_vl.configuration_qwen3_vl import Qwen3VLConfig
from transformers.models.qwen3_vl.modeling_qwen3_vl import Qwen3VLForConditionalGeneration

from textlift.engines.vision_language.family import Placement

CPU = Placement(torch.device("cpu"), torch.float32)

TYPES = ("qwen2_5_vl", "qwen3_vl")

# As the published checkpoints have them.
IMAGES: dict[str, dict[str, Any]] = {
    "qwen2_5_vl": {
        "min_pixels": 3136,
        "max_pixels": 12845056,
        "patch_size": 14,
        "temporal_patch_size": 2,
        "merge_size": 2,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
        "image_processor_type": "Qwen2VLImageProcessor",
        "processor_class": "Qwen2_5_VLProcessor",
    },
    "qwen3_vl": {
        "size": {"longest_edge": 16777216, "shortest_edge": 65536},
        "patch_size": 16,
        "temporal_patch_size": 2,
        "merge_size": 2,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        "image_processor_type": "Qwen2VLImageProcessorFast",
        "processor_class": "Qwen3VLProcessor",
    },
}

_TEXT = {
    "vocab_size": 151936,
    "hidden_size": 8,
    "intermediate_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "num_key_value_heads": 1,
    "head_dim": 8,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [2, 1, 1]},
}
_VISION = {
    "depth": 1,
    "hidden_size": 8,
    "intermediate_size": 8,
    "num_heads": 1,
    "out_hidden_size": 8,
}


def random_model(model_type: str) -> torch.nn.Module:
    """The architecture, as narrow as it goes, with the vocabulary of the published models."""
    torch.manual_seed(3)
    if model_type == "qwen2_5_vl":
        text = {name: value for name, value in _TEXT.items() if name != "head_dim"}
        vision = {**_VISION, "fullatt_block_indexes": [0]}
        return Qwen2_5_VLForConditionalGeneration(
            Qwen2_5_VLConfig(text_config=text, vision_config=vision, tie_word_embeddings=True)
        )
    vision = {**_VISION, "num_position_embeddings": 16, "deepstack_visual_indexes": [0]}
    return Qwen3VLForConditionalGeneration(
        Qwen3VLConfig(text_config=_TEXT, vision_config=vision, tie_word_embeddings=True)
    )
