"""``textlift models list``: what is on this machine, what is half here, what can be got."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from textlift.commands.model_files import find_on_disk
from textlift.commands.transfer_bar import shown_share
from textlift.downloads.download import Download
from textlift.downloads.gettable import Gettable
from textlift.engines.contract import EngineOptions
from textlift.engines.registry import Registry
from textlift.engines.vision_language.fitting import model_fit
from textlift.exports.file_names import printable
from textlift.models.hub_cache import cache_folders
from textlift.models.memory import sample_memory
from textlift.models.on_disk import shown_size
from textlift.models.unfinished import unfinished_download
from textlift.settings import Folders, Settings


def storage_lines(
    registry: Registry,
    gettables: Mapping[str, Gettable],
    unfinished: Sequence[Download],
    *,
    folders: Folders,
    settings: Settings,
    options: EngineOptions,
) -> Iterator[str]:
    """Three lists: on this machine, not finished, and to be got; each with sizes and fits.

    Args:
        registry: The engines.
        gettables: What can be got.
        unfinished: Downloads that were stopped or failed.
        folders: Of the user.
        settings: In force.
        options: How engines would be run.
    """
    found = {
        name: on_disk
        for name, one in gettables.items()
        if (on_disk := find_on_disk(one, folders, settings)) is not None
    }
    begun = {
        name: one
        for name, one in _begun(gettables, unfinished, settings).items()
        if name not in found
    }
    others = {name: one for name, one in gettables.items() if name not in {*found, *begun}}
    fits = _Fits(registry, options)
    width = max(map(len, gettables), default=0)
    yield "On this machine:" if found else "Nothing is on this machine yet."
    for name, on_disk in found.items():
        state = on_disk.problem or fits.sentence(name) or gettables[name].title
        yield _line(name, on_disk.size, state, width)
        yield _line("", 0, f"In {printable(on_disk.path)}", width)
    if begun:
        yield "Not finished; to go on, type `textlift models get NAME`:"
    for name, one in begun.items():
        state = f"{shown_share(one.have, one.size)} are here. {one.sentence}".rstrip()
        yield _line(name, one.size, state, width)
    if others:
        yield "To be got with `textlift models get NAME`:"
    for name, gettable in others.items():
        yield _line(name, gettable.size, fits.sentence(name) or gettable.title, width)


class _Begun(msgspec.Struct, frozen=True):
    """A download that is not finished; ``sentence`` says why, where that is known."""

    have: int
    size: int
    sentence: str = ""


def _begun(
    gettables: Mapping[str, Gettable], unfinished: Sequence[Download], settings: Settings
) -> dict[str, _Begun]:
    """By name, what was remembered, with what of it is on the disk: a kill leaves more there."""
    begun = {one.name: _Begun(one.have, one.size, one.sentence) for one in unfinished}
    for name, gettable in gettables.items():
        model = gettable.model
        if model is None:
            continue
        there = unfinished_download(
            (model.hub_id, *model.hub_aliases), model.revision, cache_folders(settings.model_cache)
        )
        if there is not None:
            sentence = begun[name].sentence if name in begun else ""
            begun[name] = _Begun(there.have, there.size, sentence)
    return begun


class _Fits:
    """Asks whether models fit the memory as it is now."""

    def __init__(self, registry: Registry, options: EngineOptions) -> None:
        self._registry = registry
        self._options = options
        self._sample = sample_memory([])

    def sentence(self, name: str) -> str:
        """Whether a model fits; empty for what is no model."""
        if name not in self._registry:
            return ""
        entry = self._registry.entry(name)
        return model_fit(entry, self._options, self._sample, others=self._registry).sentence


def _line(name: str, size: int, state: str, width: int) -> str:
    shown = shown_size(size) if size else ""
    return f"  {name:<{width}}  {shown:>7}  {state}"
