"""What a family of models says of itself, without torch: read by the window and the registry."""

from __future__ import annotations

import msgspec

from textlift.engines.contract import ReadingMode


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
    """

    name: str
    title: str
    model_types: tuple[str, ...]
    implementation: str
    modes: tuple[ReadingMode, ...]
    max_pixels: int
    token_limit: int
