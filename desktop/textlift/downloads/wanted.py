"""What the user's settings and the lists of models say to a download process."""

from __future__ import annotations

from pathlib import Path

from textlift.downloads.messages import HubModel, Source, WebFile
from textlift.models.alphabets import Alphabet, address, alphabet_file
from textlift.models.catalogue import ModelEntry
from textlift.settings import Settings


def source_of(settings: Settings) -> Source:
    """How the network is reached, and where what comes is put."""
    return Source(
        cache=settings.model_cache,
        endpoint=settings.hub_endpoint,
        proxy=settings.proxy,
        offline=settings.offline,
    )


def wanted_model(entry: ModelEntry) -> HubModel:
    """The repository of a model that comes from the hub, under each of its names.

    Raises:
        ValueError: It is loaded from a folder.
    """
    if not entry.hub_id:
        raise ValueError(f"{entry.name} is loaded from a folder")
    return HubModel((entry.hub_id, *entry.hub_aliases), entry.revision)


def wanted_alphabet(alphabet: Alphabet, settings: Settings, *, folder: Path) -> WebFile:
    """The file of an alphabet.

    Args:
        alphabet: Which.
        settings: For the user's mirror of the alphabets.
        folder: ``Folders.alphabets``.
    """
    return WebFile(
        url=address(alphabet, mirror=settings.alphabet_mirror),
        sha256=alphabet.sha256,
        path=str(alphabet_file(alphabet, folder)),
    )
