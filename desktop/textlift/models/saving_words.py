"""A saving of memory in words."""

from __future__ import annotations

from textlift.settings import Saving

_WEIGHTS = {"int8": "8-bit weights", "int4": "4-bit weights"}


def saving_words(saving: Saving) -> str:
    """What is saved, such as "8-bit weights, pages of at most 2.0 megapixels"."""
    parts = []
    if saving.weights:
        parts.append(_WEIGHTS.get(saving.weights, saving.weights))
    if saving.max_pixels:
        parts.append(f"pages of at most {saving.max_pixels / 1e6:.1f} megapixels")
    if saving.offload:
        parts.append("a part of it in the system's memory")
    return ", ".join(parts) or "nothing saved"
