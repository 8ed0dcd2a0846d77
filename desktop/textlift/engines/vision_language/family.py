"""The contract of a family: from an image to the model's inputs, from its answer to blocks."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol

import msgspec
import torch
from PIL import Image
from tokenizers import Tokenizer

from textlift.content.block import Block, Line
from textlift.content.geometry import Box
from textlift.content.reading import StopReason
from textlift.engines.vision_language.family_card import FamilyCard


class Placement(msgspec.Struct, frozen=True):
    """Where and how a model's weights lie.

    Attributes:
        device: ``cpu``, ``cuda:0``, ``mps``.
        dtype: Of the weights.
        attention: ``sdpa`` or ``eager``.
        weights: ``int8`` or ``int4`` for the language model's; empty: as all the others.
        room: Bytes that weights may take on the device; those that find none lie in the system's
            memory. None: all of them lie on the device.
    """

    device: torch.device
    dtype: torch.dtype
    attention: str = "sdpa"
    weights: str = ""
    room: int | None = None


class Request(msgspec.Struct, frozen=True):
    """How one image is to be read.

    Attributes:
        mode: Name of one of the family's modes.
        max_pixels: Of the image that the model is shown; the family resizes to its own grid
            within it.
        box: In pixels of the image that ``prepare`` is given, for modes that need one.
    """

    mode: str
    max_pixels: int
    box: Box | None = None


class Prepared(msgspec.Struct, frozen=True):
    """An image and a question as the model takes them.

    Attributes:
        inputs: For the model's forward pass, on the CPU and in the model's number format, so that
            pages can be prepared while others are read: ``input_ids`` (1, n), ``attention_mask``
            (1, n), the pixels, and whatever else the model needs.
        seen: Width and height in pixels of the image as the model sees it.
        image_tokens: Placeholders of the image in ``input_ids``.
    """

    inputs: Mapping[str, torch.Tensor]
    seen: tuple[int, int]
    image_tokens: int

    def inputs_on(self, device: torch.device) -> dict[str, torch.Tensor]:
        """The inputs where the model is; called in the thread that runs it."""
        return {name: tensor.to(device) for name, tensor in self.inputs.items()}


class Piece(msgspec.Struct, frozen=True):
    """What new text of an answer means for whoever watches.

    Attributes:
        text: To append to what is shown.
        lines: Outlines to draw: lines with a box in pixels of the image, without text.
    """

    text: str = ""
    lines: tuple[Line, ...] = ()


class AnswerView(Protocol):
    """Turns an answer, as it is being written, into what is shown of it."""

    def add(self, text: str) -> Piece:
        """Takes the next characters of the answer."""


class PlainView:
    """Shows the answer as it is."""

    def add(self, text: str) -> Piece:
        return Piece(text=text)


class Answer(msgspec.Struct, frozen=True):
    """What an answer says.

    Attributes:
        blocks: In reading order; boxes in pixels of the image that ``prepare`` was given.
        repairs: What had to be mended in its structure, a sentence each.
        unparsed: A sentence when its structure is beyond repair; the blocks hold what is left.
    """

    blocks: tuple[Block, ...]
    repairs: tuple[str, ...] = ()
    unparsed: str = ""


class Generated(msgspec.Struct, frozen=True):
    """Text that the model wrote, without its end string, and why it stopped."""

    text: str
    stop_reason: StopReason


class Generate(Protocol):
    """The runner's one way to have text generated; counts, streams, watches and stops."""

    def __call__(self, prepared: Prepared, view: AnswerView) -> Generated:
        """Generates an answer.

        Raises:
            EngineError: Cancelled, out of memory, or the inputs do not fit the model.
        """


class Family(abc.ABC):
    """A loaded model with its tokenizer and image processing. Made in the engine process.

    Attributes:
        card: What it says of itself.
        model: A transformers model with ``generate``, in evaluation mode on its device.
        tokenizer: Of the checkpoint.
        end_tokens: Ids that end an answer.
        pad_token: Id for padding.
        end_strings: Texts that end an answer where no single token does.
        skips_special_tokens: Special tokens are left out of the answer's text; False where
            the model marks its structure with them.
    """

    card: ClassVar[FamilyCard]
    model: Any
    tokenizer: Tokenizer
    end_tokens: tuple[int, ...]
    pad_token: int
    end_strings: tuple[str, ...] = ()
    skips_special_tokens: bool = True

    @abc.abstractmethod
    def __init__(self, folder: Path, placement: Placement) -> None:
        """Loads the checkpoint in ``folder``.

        Raises:
            EngineError: With what is missing or does not match, in a sentence.
        """

    @abc.abstractmethod
    def prepare(self, image: Image.Image, request: Request) -> Prepared:
        """Makes the model's inputs; called in the threads of pages, of several at once.

        It leaves the device alone: the model may be at work there, in another thread.

        Args:
            image: RGB, upright.
            request: How it is to be read.

        Raises:
            EngineError: The image cannot be read in this way, in a sentence.
        """

    @abc.abstractmethod
    def parse(
        self, answer: str, image: Image.Image, request: Request, prepared: Prepared
    ) -> Answer:
        """Reads an answer, complete or broken off, without raising."""

    def view(self, image: Image.Image, request: Request, prepared: Prepared) -> AnswerView:  # noqa: ARG002
        """What is shown of an answer while it is written; the answer itself by default."""
        return PlainView()

    def read(
        self, image: Image.Image, request: Request, generate: Generate
    ) -> tuple[Answer, Prepared, StopReason]:
        """Reads an image: one question by default; a family may ask several."""
        prepared = self.prepare(image, request)
        generated = generate(prepared, self.view(image, request, prepared))
        answer = self.parse(generated.text, image, request, prepared)
        return answer, prepared, generated.stop_reason
