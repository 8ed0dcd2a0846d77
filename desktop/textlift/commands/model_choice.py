"""Which model the command line asks, in which mode, and for what part of the page."""

from __future__ import annotations

import os
from pathlib import Path

from textlift.content.geometry import Box
from textlift.engines.contract import EngineCard, ReadingMode
from textlift.engines.registry import Registry
from textlift.engines.vision_language.entries import folder_engine


class ModeError(Exception):
    """A model cannot read in the way that was asked for; the sentence says how it can."""


class BoxError(Exception):
    """What was typed is no box."""


def choose_model(registry: Registry, typed: str) -> tuple[Registry, str]:
    """The engines with the one that was typed among them, and its name.

    Args:
        registry: The engines there are.
        typed: The name of one, or a folder with a checkpoint, which is one for this run.

    Raises:
        UnknownEngineError: It is neither.
        ModelFolderError: It is a folder that holds no model that can be run.
    """
    if typed in registry or not _is_folder(typed):
        return registry, registry.entry(typed).card.name
    folder = str(Path(typed).expanduser().absolute())
    for entry in registry:
        if entry.model is not None and entry.model.folder == folder:
            return registry, entry.card.name
    added = folder_engine(Path(folder), taken=frozenset(registry.names))
    return registry.with_engine(added), added.card.name


def choose_mode(card: EngineCard, typed: str, *, box: Box | None) -> str:
    """The name of the mode to read in; empty for the model's own choice.

    Args:
        card: Of the model.
        typed: The name of a mode; empty when none was.
        box: The part of the page that was asked for.

    Raises:
        ModeError: The model has no such mode, or the mode reads a part and none was asked for.
    """
    if not typed:
        for_parts = (mode.name for mode in card.modes if mode.needs_box and box is not None)
        return next(for_parts, "")
    mode = next((mode for mode in card.modes if mode.name == typed), None)
    if mode is None and not card.modes:
        raise ModeError(f"{card.title} has no modes: it reads in one way only.")
    if mode is None:
        raise ModeError(
            f"{card.title} has no mode called “{typed}”. Choose one of: {_names(card.modes)}."
        )
    if mode.needs_box and box is None:
        raise ModeError(f"The mode “{typed}” reads a part of a page: say which with --box.")
    return typed


def parse_box(text: str) -> Box:
    """The box in "x0,y0,x1,y1", in pixels of the rendered page.

    Raises:
        BoxError: It is none.
    """
    try:
        x0, y0, x1, y1 = (float(number) for number in text.split(","))
    except ValueError:
        raise BoxError(
            f"“{text}” is no box: write x0,y0,x1,y1 in pixels of the page, such as 100,200,900,400."
        ) from None
    if not (0 <= x0 < x1 < float("inf") and 0 <= y0 < y1 < float("inf")):
        raise BoxError(
            f"The box “{text}” has no inside: write left, top, right, bottom, from the top left "
            "corner of the page."
        )
    return Box(x0, y0, x1, y1)


def _is_folder(typed: str) -> bool:
    """Whether a path was meant. A name without a slash is one only where the folder is there."""
    separators = [separator for separator in (os.sep, os.altsep) if separator]
    return any(separator in typed for separator in separators) or Path(typed).is_dir()


def _names(modes: tuple[ReadingMode, ...]) -> str:
    return ", ".join(mode.name for mode in modes)
