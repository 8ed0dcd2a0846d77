"""How engines are run under the user's settings."""

from __future__ import annotations

from textlift.engines.contract import EngineOptions
from textlift.models.alphabets import alphabet_file, installed_alphabets, load_alphabets
from textlift.settings import Settings, user_folders

PP_OCR = "pp-ocrv6"
"""Name of the small engine, which alphabets are added to."""
HAVE_ALPHABETS = frozenset({PP_OCR, "automatic"})
"""Names of the engines that read with what was added."""

DTYPES = ("auto", "bfloat16", "float16", "float32")
"""What ``EngineOptions.dtype`` can be."""


def engine_options(settings: Settings) -> EngineOptions:
    """What engines are loaded with; a number that makes no sense leaves the choice to them.

    Looks which alphabets are on this machine now: those that have come since make other options,
    and engines with other options are loaded anew.
    """
    folders = user_folders()
    known = load_alphabets(folders.own_alphabets).alphabets
    alphabets = installed_alphabets(known, folders.alphabets)
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
        alphabets=tuple(str(alphabet_file(one, folders.alphabets)) for one in alphabets),
    )
