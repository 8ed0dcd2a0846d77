"""A family whose model and image processing are classes of the library, joined by hand.

The library's own processors join tokenizer, image processing and prompt too, but many of them
want torchvision, for videos that Textlift does not read.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import torch
from PIL import Image
from transformers import PretrainedConfig, PreTrainedModel
from transformers.image_processing_backends import PilBackend

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.vision_language.family import Family, Placement, Prepared, Request
from textlift.engines.vision_language.image_processing import load_image_processor
from textlift.engines.vision_language.loading import (
    load_config,
    load_tokenizer,
    load_weights,
    token_id,
)
from textlift.engines.vision_language.patch_products import see_patches_by_products
from textlift.engines.vision_language.tower_attention import attend_in_spans


class Look(msgspec.Struct, frozen=True):
    """An image as the vision tower takes it.

    Attributes:
        tensors: Pixels, and what the tower must know of their arrangement.
        seen: Width and height of the image as the model sees it.
        placeholders: What stands for the image in the question.
        image_tokens: Rows that the tower makes of it.
    """

    tensors: Mapping[str, torch.Tensor]
    seen: tuple[int, int]
    placeholders: str
    image_tokens: int


class LibraryFamily(Family):
    """Loads the parts by name and puts a question together.

    A subclass names its parts and says how an image is looked at (``look``), how a question is
    framed (``question``) and what an answer means (``parse``).

    Attributes:
        config_class: Of the library.
        model_class: Of the library, with ``generate``.
        processor_class: The image processor of the library that works without torchvision.
        image_token: Stands for one row of the image in the question.
        end_names: Tokens that end an answer.
        pad_name: Token for padding; it never stands in a question.
        types_tokens: The model must be told which tokens are the image's, for its positions.
        image_processor: With the checkpoint's settings.
    """

    config_class: type[PretrainedConfig]
    model_class: type[PreTrainedModel]
    processor_class: ClassVar[type[PilBackend]]
    image_token: ClassVar[str]
    end_names: ClassVar[tuple[str, ...]]
    pad_name: ClassVar[str]
    types_tokens: bool = False
    image_processor: Any

    def __init__(self, folder: Path, placement: Placement) -> None:
        self.tokenizer = load_tokenizer(folder)
        self.image_processor = load_image_processor(self.processor_class, folder)
        self.end_tokens = tuple(token_id(self.tokenizer, name) for name in self.end_names)
        self.pad_token = token_id(self.tokenizer, self.pad_name)
        self._image_id = token_id(self.tokenizer, self.image_token)
        config = self.configuration(folder)
        self.model = load_weights(self.model_class, folder, placement, config=config)
        see_patches_by_products(self.model)
        if placement.attention == "sdpa":
            attend_in_spans(self.model)
        self._placement = placement

    def configuration(self, folder: Path) -> PretrainedConfig:
        """The checkpoint's configuration.

        Raises:
            EngineError: It is not there, damaged, or of another kind of model.
        """
        return load_config(self.config_class, folder, model_types=self.card.model_types)

    @abc.abstractmethod
    def look(self, image: Image.Image, request: Request) -> Look:
        """Makes pixels of an image.

        Raises:
            ValueError: The image has a shape that the model does not take.
        """

    @abc.abstractmethod
    def question(self, placeholders: str, request: Request) -> str:
        """The question in the frame that the model was trained with."""

    def prepare(self, image: Image.Image, request: Request) -> Prepared:
        try:
            look = self.look(image, request)
        except ValueError as error:
            raise EngineError(
                FailureKind.MALFORMED,
                f"An image of {image.width} x {image.height} pixels has a shape that "
                f"{self.card.title} does not take.",
                details=str(error),
            ) from error
        question = self.question(look.placeholders, request)
        ids = torch.tensor([self.tokenizer.encode(question, add_special_tokens=False).ids])
        of_image = ids == self._image_id
        if int(of_image.sum()) != look.image_tokens:
            raise EngineError(
                FailureKind.MALFORMED,
                f"The question has {int(of_image.sum())} places for the image, and the image "
                f"makes {look.image_tokens}; the model's files do not belong together.",
            )
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        if self.types_tokens:
            inputs["mm_token_type_ids"] = of_image.to(torch.int32)
        return Prepared(
            inputs={
                name: self._formatted(tensor) for name, tensor in {**inputs, **look.tensors}.items()
            },
            seen=look.seen,
            image_tokens=look.image_tokens,
        )

    def _formatted(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor.to(self._placement.dtype) if tensor.is_floating_point() else tensor
