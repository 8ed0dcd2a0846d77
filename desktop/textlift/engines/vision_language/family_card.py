"""What a family of models says of itself, without torch: read by the window and the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from textlift.engines.contract import ReadingMode
from textlift.models.model_shape import ModelShape

ShapeOf = Callable[[Mapping[str, Any], int], ModelShape]
"""The shape of a model, given its ``config.json`` and how many parameters are loaded. Raises
KeyError, TypeError or ValueError where a size is missing or is no number."""

PAGES_AT_ONCE = 8
"""More would gain little: by then the weights are read once for eight tokens, and the keys of as
many pages outweigh them."""


class FamilyCard(msgspec.Struct, frozen=True):
    """A family: models that one module can run.

    Attributes:
        name: As in the catalogue, such as ``dots_ocr``.
        title: For people.
        model_types: ``model_type`` of the ``config.json`` files it takes.
        implementation: ``module:Class`` of the ``Family``, imported in the engine process only.
        modes: How its models can be asked to read, the default first.
        max_pixels: Of an image, that its models are made for.
        token_limit: Of an answer to a page, by default.
        shape: Reads a model's sizes out of its ``config.json``.
        not_loaded: Beginnings, or parts, of the names of tensors that checkpoints hold and the
            model leaves out.
        page_pixels: That a page is shown with by default, where that is less than the most.
        pages_at_once: That its models can read at the same time, by a loop of ours (``decoding/``);
            1: they are driven by the library's ``generate``, one page after the other.
    """

    name: str
    title: str
    model_types: tuple[str, ...]
    implementation: str
    modes: tuple[ReadingMode, ...]
    max_pixels: int
    token_limit: int
    shape: ShapeOf
    not_loaded: tuple[str, ...] = ()
    page_pixels: int = 0
    pages_at_once: int = PAGES_AT_ONCE
