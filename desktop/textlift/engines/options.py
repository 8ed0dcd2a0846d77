"""How engines are run under the user's settings."""

from __future__ import annotations

from textlift.engines.contract import EngineOptions
from textlift.settings import Settings

DTYPES = ("auto", "bfloat16", "float16", "float32")
"""What ``EngineOptions.dtype`` can be."""


def engine_options(settings: Settings) -> EngineOptions:
    """What engines are loaded with; a number that makes no sense leaves the choice to them."""
    return EngineOptions(
        device=settings.device,
        threads=settings.threads,
        tesseract_path=settings.tesseract_path,
        dtype=settings.dtype,
        max_pixels=max(settings.max_pixels, 0),
        token_limit=max(settings.token_limit, 0),
        page_seconds=max(settings.page_seconds, 0.0),
        savings=settings.savings,
        model_cache=settings.model_cache,
    )
