"""What is chosen for a model where the user leaves it to the program; without torch."""

from __future__ import annotations

from textlift.engines.vision_language.family_card import FamilyCard

CPU_PIXELS = 1_000_000
"""Of a page on a CPU, unless the user sets more: a model of 3 B parameters takes 80 s for the
image alone, and 14 minutes for an A4 page at 200 dpi (two cores, bfloat16)."""

SMALL_WEIGHTS = 1_000_000_000
"""Bytes on disk; on a CPU a smaller model is quicker and more exact in float32."""

_LARGE = 100_000_000
"""Parameters of a model that is slow on a CPU."""


def page_limit(card: FamilyCard, *, limit: int, device: str, parameters: int) -> int:
    """Pixels of a page that a model is shown at most, as far as its memory does not matter.

    Args:
        card: Of its family.
        limit: The user's; 0: none.
        device: Where it runs.
        parameters: Of the model.
    """
    if not limit and is_slow(device, parameters):
        limit = CPU_PIXELS
    return min(card.max_pixels, limit) if limit else card.max_pixels


def is_slow(device: str, parameters: int) -> bool:
    """Whether a page takes minutes."""
    return device == "cpu" and parameters >= _LARGE


def number_bytes(dtype: str, *, device: str, weight_bytes: int) -> int:
    """Bytes of a number in the format that the engine chooses; see its ``choose_placement``.

    Args:
        dtype: As in the options.
        device: Where it runs.
        weight_bytes: Of the weights on disk.
    """
    if dtype == "auto":
        return 4 if device == "cpu" and weight_bytes < SMALL_WEIGHTS else 2
    return 4 if dtype == "float32" else 2
