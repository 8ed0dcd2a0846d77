"""The two generations of Qwen-VL, and in what they differ."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from transformers import PretrainedConfig, PreTrainedModel
from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLConfig
from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen3_vl.configuration_qwen3_vl import Qwen3VLConfig
from transformers.models.qwen3_vl.modeling_qwen3_vl import Qwen3VLForConditionalGeneration

from textlift.engines.vision_language.loading import not_loadable, read_json


class QwenGeneration(msgspec.Struct, frozen=True):
    """What is true of all checkpoints of one ``model_type``.

    Attributes:
        config_class: Of the library.
        model_class: Of the library.
        systems: What the system says first, for each reading mode; nothing where it is left out.
        prompts: The question for each reading mode.
        relative_boxes: Boxes are thousandths of the image's sides; else pixels of the image as
            the model saw it.
    """

    config_class: type[PretrainedConfig]
    model_class: type[PreTrainedModel]
    systems: Mapping[str, str]
    prompts: Mapping[str, str]
    relative_boxes: bool

    def question(self, placeholders: str, *, mode: str) -> str:
        """The turns before the answer, as the chat template of the checkpoints writes them."""
        said = self.systems.get(mode)
        system = f"<|im_start|>system\n{said}<|im_end|>\n" if said else ""
        return (
            f"{system}<|im_start|>user\n<|vision_start|>{placeholders}<|vision_end|>"
            f"{self.prompts[mode]}<|im_end|>\n<|im_start|>assistant\n"
        )


_ASSISTANT = "You are a helpful assistant."
_PARSER = (
    "You are an AI specialized in recognizing and extracting text from images. Your mission is to "
    "analyze the image document and generate the result in QwenVL Document Parser HTML format "
    "using specified tags while maintaining user privacy and data integrity."
)
_TEXT = "Read all the text in the image."

GENERATIONS: Mapping[str, QwenGeneration] = {
    "qwen2_5_vl": QwenGeneration(
        config_class=Qwen2_5_VLConfig,
        model_class=Qwen2_5_VLForConditionalGeneration,
        systems={"html": _PARSER, "markdown": _ASSISTANT, "text": _ASSISTANT},
        prompts={
            "html": "QwenVL HTML",
            # Trained for HTML alone; this one is an instruction like any other.
            "markdown": "Convert this page to Markdown, without comments of your own.",
            "text": _TEXT,
        },
        relative_boxes=False,
    ),
    "qwen3_vl": QwenGeneration(
        config_class=Qwen3VLConfig,
        model_class=Qwen3VLForConditionalGeneration,
        systems={},
        prompts={"html": "qwenvl html", "markdown": "qwenvl markdown", "text": _TEXT},
        relative_boxes=True,
    ),
}
"""By ``model_type``. The prompts are those of Qwen's own examples of document parsing."""


def generation_of(folder: Path) -> QwenGeneration:
    """The generation of a checkpoint.

    Raises:
        EngineError: Its ``config.json`` is missing, damaged, or of another kind of model.
    """
    model_type = read_json(folder, "config.json").get("model_type")
    generation = GENERATIONS.get(model_type) if isinstance(model_type, str) else None
    if generation is None:
        raise not_loadable(
            f"The model in {folder} is of the kind “{model_type}”, not {' or '.join(GENERATIONS)}."
        )
    return generation
