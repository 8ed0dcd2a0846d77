"""dots.ocr as a model of transformers: a Qwen2 text model that sees image tokens."""

# The library's classes are not all typed.
# mypy: disable-error-code="no-any-return, no-untyped-call"

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from transformers import Cache, GenerationMixin, Qwen2Model
from transformers.modeling_outputs import CausalLMOutputWithPast
from transformers.models.qwen2.modeling_qwen2 import Qwen2PreTrainedModel

from textlift.engines.dots_ocr.configuration import DotsOCRConfig
from textlift.engines.dots_ocr.inputs import (
    InputMismatchError,
    check_placeholders,
    checked_grid,
)
from textlift.engines.dots_ocr.vision import DotsVisionTower


class DotsOCRForCausalLM(Qwen2PreTrainedModel, GenerationMixin):
    """The model, with the tensor names of the published checkpoints."""

    config: DotsOCRConfig
    config_class = DotsOCRConfig
    input_modalities = ["image", "text"]  # noqa: RUF012  # as the library
    _no_split_modules = ["Qwen2DecoderLayer", "DotsVisionBlock"]  # noqa: RUF012  # as the library
    _supports_flash_attn = False
    _supports_flex_attn = False
    _can_compile_fullgraph = False

    def __init__(self, config: DotsOCRConfig) -> None:
        super().__init__(config)
        self.model = Qwen2Model(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.vision_tower = DotsVisionTower(config.vision)
        self.post_init()

    def get_image_features(
        self, pixel_values: torch.Tensor, image_grid_thw: torch.Tensor | None
    ) -> torch.Tensor:
        """The image tokens of all images, in order: (tokens, hidden_size).

        Raises:
            InputMismatchError: The grid does not describe the patches.
        """
        return self.vision_tower(pixel_values, image_grid_thw)

    def forward(  # noqa: PLR0917  # the library's signature
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        position_ids: torch.Tensor | None = None,
        past_key_values: Cache | None = None,
        inputs_embeds: torch.Tensor | None = None,
        pixel_values: torch.Tensor | None = None,
        image_grid_thw: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
        use_cache: bool | None = None,  # the library's signature
        logits_to_keep: int = 0,
        **kwargs: Any,
    ) -> CausalLMOutputWithPast:
        """Runs the model.

        Args:
            input_ids: (batch, length), with a placeholder for each image token.
            attention_mask: (batch, length), 0 where a row is padded.
            position_ids: As the library makes them.
            past_key_values: What earlier steps left; pixels belong to the first step only.
            inputs_embeds: Instead of ``input_ids``, image features included.
            pixel_values: Patches of all images of the batch, row after row.
            image_grid_thw: Frames, rows and columns of patches of each image.
            labels: For the loss; -100 where there is none.
            use_cache: Whether to leave something for the next step.
            logits_to_keep: Of the last positions only; 0 for all.
            kwargs: Handed to the text model.

        Raises:
            InputMismatchError: Pixels, grid and placeholders do not belong together.
        """
        continued = past_key_values is not None and int(past_key_values.get_seq_length()) > 0
        if inputs_embeds is None:
            if input_ids is None:
                raise InputMismatchError("The model was given no text.")
            inputs_embeds = self.model.embed_tokens(input_ids)
            if not continued:
                inputs_embeds = self._with_images(
                    inputs_embeds, input_ids, pixel_values, image_grid_thw
                )
        elif pixel_values is not None:
            raise InputMismatchError("The image needs the question as token ids to find its place.")
        if continued and pixel_values is not None:
            raise InputMismatchError(
                "The image was given again while the answer was being written; "
                "it belongs to the first step only."
            )
        outputs = self.model(
            attention_mask=attention_mask,
            position_ids=position_ids,
            past_key_values=past_key_values,
            inputs_embeds=inputs_embeds,
            use_cache=use_cache,
            **kwargs,
        )
        logits = self.lm_head(outputs.last_hidden_state[:, -logits_to_keep:])
        loss = None
        if labels is not None:
            loss = self.loss_function(
                logits=logits, labels=labels, vocab_size=self.config.vocab_size
            )
        return CausalLMOutputWithPast(
            loss=loss,
            logits=logits,
            past_key_values=outputs.past_key_values,
            hidden_states=outputs.hidden_states,
            attentions=outputs.attentions,
        )

    def _with_images(
        self,
        embeddings: torch.Tensor,
        input_ids: torch.Tensor,
        pixel_values: torch.Tensor | None,
        image_grid_thw: torch.Tensor | None,
    ) -> torch.Tensor:
        """The embeddings with image features in place of the placeholders, row after row."""
        places = input_ids == self.config.image_token_id
        placeholders = int(places.sum())
        if pixel_values is None:
            check_placeholders(placeholders, 0)
            return embeddings
        # Compared before the tower runs, which takes minutes on a CPU.
        vision = self.config.vision
        grid = checked_grid(pixel_values, image_grid_thw, vision)
        patches = sum(frames * rows * columns for frames, rows, columns in grid)
        check_placeholders(placeholders, patches // vision.spatial_merge_size**2)
        features = self.get_image_features(pixel_values, image_grid_thw)
        return embeddings.masked_scatter(
            places.unsqueeze(-1), features.to(embeddings.device, embeddings.dtype)
        )
