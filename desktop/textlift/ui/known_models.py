"""The models and alphabets of the window that gets and removes them, and how each stands here."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from textlift.content.languages import LANGUAGES
from textlift.downloads.download import Download, DownloadState, Task
from textlift.models.on_disk import shown_size
from textlift.ui.download_words import long_words, short_words

if TYPE_CHECKING:
    from textlift.downloads.gettable import Gettable
    from textlift.engines.registry import Registry
    from textlift.models.alphabets import Alphabet
    from textlift.models.catalogue import ModelEntry
    from textlift.models.disk_use import DiskUse

_HUB = "https://huggingface.co/"


class Section(enum.Enum):
    """Under which heading something is listed."""

    MODELS = "Models"
    ALPHABETS = "Alphabets for PP-OCRv6, the small model"


class KnownModel(msgspec.Struct, frozen=True):
    """A model or an alphabet.

    Attributes:
        name: Its short name.
        title: The name people know.
        section: Where it is listed.
        summary: One sentence: what it is good at.
        gettable: How it is got; None for a model in a folder of the user's.
        model: Its entry in the catalogue; None for an alphabet.
        alphabet: Its entry in the list of alphabets; None for a model.
        modes: Titles of the ways in which it reads.
        usable: It can be chosen to read with.
        languages: What it reads, in words.
    """

    name: str
    title: str
    section: Section
    summary: str
    gettable: Gettable | None = None
    model: ModelEntry | None = None
    alphabet: Alphabet | None = None
    modes: tuple[str, ...] = ()
    usable: bool = False
    languages: str = ""

    @property
    def size(self) -> int:
        """Bytes to get, as its list says; 0 where nobody knows."""
        known = self.model or self.alphabet
        return known.size if known is not None else 0

    @property
    def licence(self) -> str:
        known = self.model or self.alphabet
        return known.licence if known is not None else ""

    @property
    def page(self) -> str:
        """Address of its page on the hub; empty for what did not come from there."""
        model = self.model
        return f"{_HUB}{model.hub_id}" if model is not None and model.hub_id else ""


class Standing(enum.Enum):
    """How something stands on this computer."""

    MISSING = "missing"
    INCOMPLETE = "incomplete"
    """Files of it are there, and some are not; nothing is being done about it."""
    HERE = "here"
    GETTING = "getting"
    PAUSED = "paused"
    FAILED = "failed"
    """Its download failed."""
    VERIFYING = "verifying"
    REMOVING = "removing"


_BUSY_WITH = {Task.GET: Standing.GETTING, Task.VERIFY: Standing.VERIFYING}


class Shown(msgspec.Struct, frozen=True):
    """A model or an alphabet with all that is known of it now.

    Attributes:
        known: Which.
        standing: How it stands.
        download: What is or was done about it; None for nothing.
        use: What it takes on disk; None where it is not there.
        chosen: It is the model that reads first.
    """

    known: KnownModel
    standing: Standing
    download: Download | None = None
    use: DiskUse | None = None
    chosen: bool = False

    @property
    def line(self) -> str:
        """What its row says of it."""
        if self.download is not None and self.download.state is not DownloadState.DONE:
            return short_words(self.download)
        if self.standing is Standing.HERE:
            return "On this computer"
        return "Not complete" if self.standing is Standing.INCOMPLETE else ""

    @property
    def words(self) -> str:
        """What is said of it where there is room."""
        reads = self.chosen and self.standing is Standing.HERE
        return f"{self._words} Pages are read with it." if reads else self._words

    @property
    def _words(self) -> str:
        if self.download is not None:
            return long_words(self.download)
        if self.standing is Standing.INCOMPLETE and self.use is not None:
            return self.use.missing
        if self.standing is Standing.HERE:
            return "It is on this computer."
        size = shown_size(self.known.size) if self.known.size else "Its size is not known"
        return f"Not on this computer. {size} to get." if self.known.size else f"{size} yet."

    @property
    def problem(self) -> bool:
        """Something went wrong with it."""
        failed = self.download is not None and self.download.state is DownloadState.FAILED
        return failed or self.standing is Standing.INCOMPLETE


def shown(known: KnownModel, download: Download | None, use: DiskUse | None) -> Shown:
    """What is known of a model now."""
    return Shown(known, _standing(download, use), download, use)


def _standing(download: Download | None, use: DiskUse | None) -> Standing:
    if download is not None and download.busy:
        removed = download.state is DownloadState.REMOVING
        return Standing.REMOVING if removed else _BUSY_WITH[download.task]
    if download is not None and download.unfinished:
        paused = download.state is DownloadState.PAUSED
        return Standing.PAUSED if paused else Standing.FAILED
    if use is None:
        # Whoever got it knows that it is here before anybody has looked.
        got = download is not None and download.state is DownloadState.DONE
        return Standing.HERE if got else Standing.MISSING
    return Standing.INCOMPLETE if use.missing else Standing.HERE


def known_models(
    registry: Registry, gettables: Mapping[str, Gettable], downloads: Iterable[Download]
) -> tuple[KnownModel, ...]:
    """All there are: the models in the order they are offered, then the alphabets.

    Args:
        registry: The engines there are.
        gettables: What can be got.
        downloads: Among them may be one of a model that is in no list any more.
    """
    models = [
        KnownModel(
            entry.card.name,
            entry.card.title,
            Section.MODELS,
            entry.card.summary,
            gettables.get(entry.card.name),
            model=entry.model,
            modes=tuple(mode.title for mode in entry.card.modes),
            usable=True,
            languages=entry.model.languages,
        )
        for entry in registry
        if entry.model is not None
    ]
    alphabets = _alphabets(gettables)
    names = {one.name for one in (*models, *alphabets)}
    unlisted = [
        KnownModel(one.name, one.title, Section.MODELS, "It is in no list of models any more.")
        for one in downloads
        if one.name not in names
    ]
    return (*models, *unlisted, *alphabets)


def _alphabets(gettables: Mapping[str, Gettable]) -> list[KnownModel]:
    found = []
    for gettable in gettables.values():
        alphabet = gettable.alphabet
        if alphabet is None:
            continue
        names = [LANGUAGES[code].name for code in alphabet.languages if code in LANGUAGES]
        words = _listed(names) if names else ""
        found.append(
            KnownModel(
                alphabet.name,
                alphabet.title,
                Section.ALPHABETS,
                _summary(words, alphabet.note),
                gettable,
                alphabet=alphabet,
                languages=f"{words}." if words else "",
            )
        )
    return found


def _listed(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _summary(languages: str, note: str) -> str:
    """What an alphabet is good for, and what else to know of it."""
    lets = f"Lets PP-OCRv6 read pages in {languages}." if languages else ""
    return f"{lets} {note}".strip() or "One more alphabet."
