"""Reads the sizes of a language model out of a config.json, for the families' cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textlift.models.model_shape import TextShape, TowerShape


def with_published(published: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """A ``config.json`` with the published model's sizes where it leaves some out.

    The library writes no number that is its own default, and reads it back as that.
    """
    merged = dict(published)
    for key, value in config.items():
        known = merged.get(key)
        if isinstance(known, Mapping) and isinstance(value, Mapping):
            merged[key] = with_published(known, value)
        elif value is not None:
            merged[key] = value
    return merged


def text_shape(text: Mapping[str, Any]) -> TextShape:
    """The shape of a decoder of the usual kind: attention, and a gated feed-forward layer.

    Args:
        text: Its part of the ``config.json``, in the library's names.

    Raises:
        KeyError: It lacks a size.
        TypeError: A size is no number.
        ValueError: Likewise.
    """
    layers, width, inner, heads = (
        int(text[key])
        for key in (
            "num_hidden_layers",
            "hidden_size",
            "intermediate_size",
            "num_attention_heads",
        )
    )
    head_width = int(text.get("head_dim") or width // heads)
    queries = heads * head_width
    keys = int(text.get("num_key_value_heads") or heads) * head_width
    return TextShape(
        layers=layers,
        width=width,
        inner=inner,
        queries=queries,
        keys=keys,
        vocabulary=int(text["vocab_size"]),
        linear=layers * width * (2 * queries + 2 * keys + 3 * inner),
    )


def tower_shape(vision: Mapping[str, Any], *, rows: float, half_rows: float) -> TowerShape:
    """The shape of a tower that sees an image of any size as it is, and merges its patches.

    Args:
        vision: Its part of the ``config.json``, in one of the names that libraries have for it.
        rows: See ``TowerShape``, as for the other.
        half_rows: In 16 bits.

    Raises:
        KeyError: It lacks a size.
        TypeError: A size is no number.
        ValueError: Likewise.
    """
    width = "embed_dim" if "embed_dim" in vision else "hidden_size"
    heads = "num_heads" if "num_heads" in vision else "num_attention_heads"
    return TowerShape(
        width=int(vision[width]),
        heads=int(vision[heads]),
        patch=int(vision["patch_size"]),
        merge=int(vision["spatial_merge_size"]),
        rows=rows,
        half_rows=half_rows,
    )
