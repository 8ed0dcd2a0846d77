"""The published sizes of the models that are the library's own, to be built with random weights.

From the models' config.json files and pages where they were at hand, else from the library's
defaults; all give the published number of parameters, which a test compares.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import msgspec
import transformers
from tokenizers import Tokenizer
from transformers import PretrainedConfig

from benchmarks.full_size_models import FULL_SIZE, QWEN_TOKENS, FullSize

_TILE_MARKS = tuple(f"<row_{row}_col_{column}>" for row in range(1, 9) for column in range(1, 9))


class _Library(msgspec.Struct, frozen=True):
    """A model in the library's names.

    Attributes:
        family: As in the catalogue; its tiny checkpoint gives tokens and image settings.
        classes: Beginning of the names of its two classes.
        config: Sizes; no token's number.
        tokens: Numbers in the configuration, and the tokens they are of.
        image: Settings of the image processing, where they are not the tiny checkpoint's.
        more_tokens: Besides those of the tiny checkpoint.
    """

    family: str
    classes: str
    config: Mapping[str, Any]
    tokens: Mapping[str, str]
    image: Mapping[str, Any] = {}
    more_tokens: tuple[str, ...] = ()

    def full_size(self) -> FullSize:
        tiny = importlib.import_module(f"tiny_models.random_checkpoints.{self.family}")
        return FullSize(
            family=self.family,
            model_class=getattr(transformers, f"{self.classes}ForConditionalGeneration"),
            tokens=tuple(dict.fromkeys([*tiny.SPECIAL, *self.more_tokens])),
            config=self._configuration,
            image_settings={**tiny.SETTINGS, **self.image},
        )

    def _configuration(self, tokenizer: Tokenizer, shrunk: bool) -> PretrainedConfig:
        ids = {name: tokenizer.token_to_id(token) for name, token in self.tokens.items()}
        config = getattr(transformers, f"{self.classes}Config")(**self.config, **ids)
        if self.family == "kosmos_2_5":
            for name, token in (("bos", "<s>"), ("pad", "<pad>"), ("eos", "</s>")):
                setattr(config.text_config, f"{name}_token_id", tokenizer.token_to_id(token))
        return with_layers(config, 2) if shrunk else config


def with_layers(config: PretrainedConfig, count: int) -> PretrainedConfig:
    """The same model with so many layers in each of its parts, at its full width."""
    vision = getattr(config, "vision_config", None)
    parts = [config.get_text_config(), vision]
    parts += [getattr(vision, name, None) for name in ("sam_config", "encoder_config")]
    for part in parts:
        for name in ("num_hidden_layers", "layers", "depth"):
            if isinstance(getattr(part, name, None), int):
                setattr(part, name, min(count, getattr(part, name)))
        for name in ("layer_types", "mlp_layer_types"):
            if getattr(part, name, None):
                setattr(part, name, getattr(part, name)[:count])
        for name in (
            "global_attn_indexes",
            "fullatt_block_indexes",
            "deepstack_visual_indexes",
        ):
            if getattr(part, name, None):
                setattr(part, name, [count - 1])
    return config


def _text(  # noqa: PLR0917  # as long rows of numbers are read
    width: int, layers: int, heads: int, cached: int, inner: int, vocabulary: int, **more: Any
) -> dict[str, Any]:
    return {
        "hidden_size": width, "num_hidden_layers": layers, "num_attention_heads": heads,
        "num_key_value_heads": cached, "intermediate_size": inner, "vocab_size": vocabulary, **more,
    }  # fmt: skip


def _rotary(*section: int) -> dict[str, Any]:
    return {
        "rope_parameters": {
            "rope_type": "default", "rope_theta": 1_000_000.0, "mrope_section": list(section),
        }
    }  # fmt: skip


def _qwen3_vl(
    text: Mapping[str, Any], vision: Mapping[str, Any], *, deep: tuple[int, ...], tied: bool
) -> FullSize:
    library = _Library(
        family="qwen_vl",
        classes="Qwen3VL",
        config={
            "text_config": {**text, "head_dim": 128, **_rotary(24, 20, 20)},
            "vision_config": {
                "num_heads": 16,
                "out_hidden_size": text["hidden_size"],
                "deepstack_visual_indexes": list(deep),
                **vision,
            },
            "tie_word_embeddings": tied,
        },
        tokens={
            "image_token_id": "<|image_pad|>", "video_token_id": "<|video_pad|>",
            "vision_start_token_id": "<|vision_start|>", "vision_end_token_id": "<|vision_end|>",
        },
    )  # fmt: skip
    return FullSize(
        family="qwen_vl",
        model_class=transformers.Qwen3VLForConditionalGeneration,
        tokens=QWEN_TOKENS,
        config=library._configuration,
        image_settings={
            "image_processor_type": "Qwen2VLImageProcessor", "patch_size": 16,
            "temporal_patch_size": 2, "merge_size": 2, "min_pixels": 65536, "max_pixels": 16777216,
            "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5],
        },
    )  # fmt: skip


_LIBRARY = {
    "paddleocr-vl-1.6": _Library(
        family="paddleocr_vl",
        classes="PaddleOCRVL",
        config={"text_config": _text(1024, 18, 16, 2, 3072, 103424, head_dim=128,
                                     tie_word_embeddings=False, **_rotary(16, 24, 24)),
                "tie_word_embeddings": False},
        tokens={"image_token_id": "<|IMAGE_PLACEHOLDER|>",
                "vision_start_token_id": "<|IMAGE_START|>",
                "vision_end_token_id": "<|IMAGE_END|>"},
        image={"min_pixels": 147384, "max_pixels": 2822400},
    ),
    "lightonocr-2-1b": _Library(
        family="lighton_ocr",
        classes="LightOnOcr",
        config={"text_config": {"model_type": "qwen3",
                                **_text(1024, 28, 16, 8, 3072, 151936, head_dim=128)}},
        tokens={"image_token_id": "<|image_pad|>"},
        image={"size": {"longest_edge": 1540}},
    ),
    "glm-ocr": _Library(
        family="glm_ocr",
        classes="GlmOcr",
        config={"text_config": _text(1536, 16, 16, 8, 4608, 59392, head_dim=128,
                                     **_rotary(16, 24, 24)),
                "vision_config": {"out_hidden_size": 1536}},
        tokens={"image_token_id": "<|image|>", "image_start_token_id": "<|begin_of_image|>",
                "image_end_token_id": "<|end_of_image|>"},
        image={"size": {"shortest_edge": 12544, "longest_edge": 9633792}},
    ),
    "deepseek-ocr-2": _Library(
        family="deepseek_ocr2",
        classes="DeepseekOcr2",
        config={"text_config": _text(1280, 12, 10, 10, 6848, 129280, head_dim=128,
                                     moe_intermediate_size=896, n_routed_experts=64,
                                     n_shared_experts=2, num_experts_per_tok=6,
                                     mlp_layer_types=["dense", *["sparse"] * 11]),
                "vision_config": {"encoder_config": _text(896, 24, 14, 2, 4864, 151936)}},
        tokens={"image_token_id": "<image>"},
    ),
    "qianfan-ocr": _Library(
        family="qianfan_ocr",
        classes="QianfanOCR",
        config={"text_config": {"model_type": "qwen3",
                                **_text(2560, 36, 32, 8, 9728, 151936, head_dim=128)}},
        tokens={"image_token_id": "<IMG_CONTEXT>"},
        image={"size": {"height": 448, "width": 448}, "max_patches": 12},
    ),
    "hunyuan-ocr": _Library(
        family="hunyuan_vl",
        classes="HunYuanVL",
        config={"text_config": _text(1024, 24, 16, 8, 3584, 120818, head_dim=128,
                                     **_rotary(16, 16, 16, 16)),
                "vision_config": {"out_hidden_size": 1024, "text_hidden_size": 1024}},
        tokens={"image_token_id": "<｜hy_place▁holder▁no▁102｜>",
                "im_start_id": "<｜hy_place▁holder▁no▁100｜>",
                "im_end_id": "<｜hy_place▁holder▁no▁101｜>"},
        image={"min_pixels": 262144, "max_pixels": 4194304},
    ),
    "granite-docling-258m": _Library(
        family="granite_docling",
        classes="Idefics3",
        config={"text_config": {"model_type": "llama",
                                **_text(576, 30, 9, 3, 1536, 100352, head_dim=64,
                                        tie_word_embeddings=True)},
                "vision_config": {"hidden_size": 768, "intermediate_size": 3072,
                                  "num_hidden_layers": 12, "num_attention_heads": 12,
                                  "image_size": 512, "patch_size": 16},
                "scale_factor": 4, "tie_word_embeddings": True},
        tokens={"image_token_id": "<image>"},
        image={"size": {"longest_edge": 2048}, "max_image_size": {"longest_edge": 512}},
        more_tokens=_TILE_MARKS,
    ),
    "kosmos-2.5": _Library(family="kosmos_2_5", classes="Kosmos2_5", config={}, tokens={}),
}  # fmt: skip

PUBLISHED = {
    **FULL_SIZE,
    **{name: library.full_size() for name, library in _LIBRARY.items()},
    "qwen3-vl-2b": _qwen3_vl(
        _text(2048, 28, 16, 8, 6144, 151936),
        {"depth": 24, "hidden_size": 1024, "intermediate_size": 4096},
        deep=(5, 11, 17),
        tied=True,
    ),
    "qwen3-vl-4b": _qwen3_vl(
        _text(2560, 36, 32, 8, 9728, 151936),
        {"depth": 24, "hidden_size": 1024, "intermediate_size": 4096},
        deep=(5, 11, 17),
        tied=True,
    ),
    "qwen3-vl-8b": _qwen3_vl(
        _text(4096, 36, 32, 8, 12288, 151936),
        {"depth": 27, "hidden_size": 1152, "intermediate_size": 4304},
        deep=(8, 16, 24),
        tied=False,
    ),
}
"""By the names of the catalogue."""
