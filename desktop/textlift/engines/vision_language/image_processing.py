"""Loads the library's image processors that work on PIL images, with a checkpoint's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from transformers.image_processing_backends import PilBackend

from textlift.engines.vision_language.loading import not_loadable, read_json

ProcessorT = TypeVar("ProcessorT", bound=PilBackend)


def load_image_processor(processor_class: type[ProcessorT], folder: Path) -> ProcessorT:
    """An image processor of a class that is named here, with the settings of the checkpoint.

    Raises:
        EngineError: The settings are missing, damaged, or not those of such a processor.
    """
    settings = image_settings(folder)
    try:
        return processor_class(**settings)
    except (TypeError, ValueError, KeyError) as error:
        raise not_loadable(
            f"The settings of the image processing of the model in {folder} cannot be used; "
            "get the model again.",
            details=str(error),
        ) from error


def image_settings(folder: Path) -> dict[str, Any]:
    """How the checkpoint wants images prepared.

    Version 5 of the library writes one ``processor_config.json``, those before it wrote a
    ``preprocessor_config.json``.

    Raises:
        EngineError: There is neither, or it is damaged.
    """
    settings: Any = None
    if not (folder / "preprocessor_config.json").is_file():
        settings = read_json(folder, "processor_config.json").get("image_processor")
    if not isinstance(settings, dict):
        settings = read_json(folder, "preprocessor_config.json")
    named = {"auto_map", "image_processor_type", "processor_class", "feature_extractor_type"}
    return {
        key: value
        for key, value in settings.items()
        if key not in named and key != "backend" and value is not None
    }
