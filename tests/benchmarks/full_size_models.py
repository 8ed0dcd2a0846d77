"""Checkpoints of the true sizes with random weights, made where they are measured.

The weights say nothing about what is read, only about memory and speed. ``shrunk`` makes them
small enough to try the measurements themselves on a CPU.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import torch
from tokenizers import Tokenizer
from transformers import (
    GotOcr2Config,
    GotOcr2ForConditionalGeneration,
    PretrainedConfig,
    PreTrainedModel,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
)

from textlift.engines.dots_ocr.configuration import DotsOCRConfig
from textlift.engines.dots_ocr.model import DotsOCRForCausalLM
from tiny_models.byte_tokenizers import byte_tokenizer, save_tokenizer
from tiny_models.random_checkpoint import save_checkpoint

DOTS_TOKENS = (
    "<|endoftext|>", "<|imgpad|>", "<|img|>", "<|endofimg|>", "<|systemprompt|>",
    "<|endofsystemprompt|>", "<|user|>", "<|endofuser|>", "<|assistant|>", "<|endofassistant|>",
    "<|video_pad|>",
)  # fmt: skip
QWEN_TOKENS = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>",
    "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip
GOT_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<img>", "</img>", "<imgpad>")
_CLIP = {
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
}


class FullSize(msgspec.Struct, frozen=True):
    """A model to build.

    Attributes:
        family: As in the catalogue.
        model_class: Of its weights.
        tokens: Special tokens of its tokenizer.
        config: Its configuration, given the tokenizer, at the true size or shrunk.
        image_settings: Of ``preprocessor_config.json``.
    """

    family: str
    model_class: type[PreTrainedModel]
    tokens: tuple[str, ...]
    config: Callable[[Tokenizer, bool], PretrainedConfig]
    image_settings: dict[str, Any]

    def write(self, folder: Path, *, device: torch.device, shrunk: bool) -> None:
        """Writes the checkpoint in bfloat16, its weights drawn on the device."""
        tokenizer = byte_tokenizer(special=self.tokens)
        default = torch.get_default_dtype()
        torch.set_default_dtype(torch.bfloat16)
        try:
            with device:
                save_checkpoint(
                    folder,
                    self.model_class,
                    self.config(tokenizer, shrunk),
                    image_settings=self.image_settings,
                )
        finally:
            torch.set_default_dtype(default)
        save_tokenizer(tokenizer, folder)


def _dots(tokenizer: Tokenizer, shrunk: bool) -> DotsOCRConfig:
    text: dict[str, Any] = {
        "hidden_size": 1536, "num_hidden_layers": 28, "num_attention_heads": 12,
        "num_key_value_heads": 2, "intermediate_size": 8960, "vocab_size": 151936,
    }  # fmt: skip
    vision: dict[str, Any] = {
        "embed_dim": 1536, "hidden_size": 1536, "intermediate_size": 4224,
        "num_hidden_layers": 42, "num_attention_heads": 12,
    }  # fmt: skip
    if shrunk:
        text |= {"hidden_size": 96, "num_hidden_layers": 2, "intermediate_size": 128,
                 "num_attention_heads": 4, "vocab_size": 512}  # fmt: skip
        vision |= {"embed_dim": 96, "hidden_size": 96, "intermediate_size": 128,
                   "num_hidden_layers": 2, "num_attention_heads": 4}  # fmt: skip
    return DotsOCRConfig(
        **text, vision_config=vision, tie_word_embeddings=False, rope_theta=1_000_000,
        max_position_embeddings=131072, image_token_id=tokenizer.token_to_id("<|imgpad|>"),
        video_token_id=tokenizer.token_to_id("<|video_pad|>"),
    )  # fmt: skip


def _qwen(tokenizer: Tokenizer, shrunk: bool) -> Qwen2_5_VLConfig:
    text: dict[str, Any] = {
        "hidden_size": 2048, "num_hidden_layers": 36, "num_attention_heads": 16,
        "num_key_value_heads": 2, "intermediate_size": 11008, "vocab_size": 151936,
        "max_position_embeddings": 128000,
        "rope_parameters": {
            "rope_type": "default", "rope_theta": 1_000_000, "mrope_section": [16, 24, 24],
        },
    }  # fmt: skip
    vision: dict[str, Any] = {
        "depth": 32, "hidden_size": 1280, "num_heads": 16, "intermediate_size": 3420,
        "out_hidden_size": 2048,
    }  # fmt: skip
    if shrunk:
        text |= {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "intermediate_size": 128, "vocab_size": 512}  # fmt: skip
        text["rope_parameters"] |= {"mrope_section": [2, 3, 3]}
        vision |= {"depth": 2, "hidden_size": 64, "num_heads": 4, "intermediate_size": 128,
                   "out_hidden_size": 64, "fullatt_block_indexes": [1]}  # fmt: skip
    return Qwen2_5_VLConfig(
        text_config=text,
        vision_config=vision,
        tie_word_embeddings=True,
        image_token_id=tokenizer.token_to_id("<|image_pad|>"),
        video_token_id=tokenizer.token_to_id("<|video_pad|>"),
        vision_start_token_id=tokenizer.token_to_id("<|vision_start|>"),
        vision_end_token_id=tokenizer.token_to_id("<|vision_end|>"),
    )


def _got(tokenizer: Tokenizer, shrunk: bool) -> GotOcr2Config:
    # The defaults of the library are the published sizes.
    text: dict[str, Any] = {"model_type": "qwen2", "vocab_size": 151860, "hidden_size": 1024,
                            "intermediate_size": 2816, "num_hidden_layers": 24,
                            "num_attention_heads": 16, "num_key_value_heads": 16,
                            "max_position_embeddings": 32768}  # fmt: skip
    vision: dict[str, Any] = {}
    if shrunk:
        text |= {"vocab_size": 512, "hidden_size": 64, "intermediate_size": 128,
                 "num_hidden_layers": 2, "num_attention_heads": 4,
                 "num_key_value_heads": 4}  # fmt: skip
        vision = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
                  "mlp_dim": 96, "output_channels": 32, "global_attn_indexes": [1]}  # fmt: skip
    return GotOcr2Config(
        text_config=text, vision_config=vision, image_token_id=tokenizer.token_to_id("<imgpad>")
    )


FULL_SIZE = {
    "dots.ocr": FullSize(
        family="dots_ocr",
        model_class=DotsOCRForCausalLM,
        tokens=DOTS_TOKENS,
        config=_dots,
        image_settings={
            "image_processor_type": "Qwen2VLImageProcessor", "patch_size": 14,
            "temporal_patch_size": 1, "merge_size": 2, "min_pixels": 3136,
            "max_pixels": 11289600, **_CLIP,
        },
    ),
    "qwen2.5-vl-3b": FullSize(
        family="qwen_vl",
        model_class=Qwen2_5_VLForConditionalGeneration,
        tokens=QWEN_TOKENS,
        config=_qwen,
        image_settings={
            "image_processor_type": "Qwen2VLImageProcessor", "patch_size": 14,
            "temporal_patch_size": 2, "merge_size": 2, "min_pixels": 3136,
            "max_pixels": 12845056, **_CLIP,
        },
    ),
    "got-ocr2": FullSize(
        family="got_ocr2",
        model_class=GotOcr2ForConditionalGeneration,
        tokens=GOT_TOKENS,
        config=_got,
        image_settings={
            "image_processor_type": "GotOcr2ImageProcessor",
            "size": {"height": 1024, "width": 1024}, **_CLIP,
        },
    ),
}  # fmt: skip
