"""What the user's settings and the lists of models say to a download process."""

from __future__ import annotations

from textlift.downloads.messages import HubModel, Source
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
