"""Which engines there are, without loading any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from textlift.engines.contract import Availability, EngineCard, EngineOptions
from textlift.models.alphabets import installed_alphabets, load_alphabets
from textlift.models.catalogue import ModelEntry, load_catalogue
from textlift.settings import Settings, user_folders


class EngineEntry(msgspec.Struct, frozen=True):
    """An engine that can be chosen.

    Attributes:
        card: What it says of itself.
        availability: Asks the machine, not the network; may take a tenth of a second.
        factory: ``module:Class`` of the ``Engine``, imported in the engine process only.
        model: Handed to the engine in its options, for an engine that runs one of many models.
    """

    card: EngineCard
    availability: Callable[[EngineOptions], Availability]
    factory: str
    model: ModelEntry | None = None


class UnknownEngineError(Exception):
    """No engine has this name."""


class Registry:
    """The engines by name, in the order they are offered.

    Attributes:
        not_offered: Models that are known and cannot be chosen; each says why.
        problems: What could not be taken in, a sentence each: for whoever starts the program.
    """

    def __init__(
        self,
        entries: Iterable[EngineEntry],
        *,
        not_offered: Iterable[ModelEntry] = (),
        problems: Iterable[str] = (),
    ) -> None:
        self._entries = {entry.card.name: entry for entry in entries}
        self.not_offered = tuple(not_offered)
        self.problems = tuple(problems)

    def __iter__(self) -> Iterator[EngineEntry]:
        return iter(self._entries.values())

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def entry(self, name: str) -> EngineEntry:
        """The engine of that name.

        Raises:
            UnknownEngineError: With a sentence that names those there are.
        """
        try:
            return self._entries[name]
        except KeyError:
            for model in self.not_offered:
                if model.name == name:
                    raise UnknownEngineError(
                        f"{model.title} cannot be used: {model.not_offered}"
                    ) from None
            known = ", ".join(self._entries)
            raise UnknownEngineError(
                f"There is no model called “{name}”. Choose one of: {known}."
            ) from None

    def chosen_or_first(self, name: str) -> tuple[str, str]:
        """The engine of that name, else the first, and a sentence where it is not that chosen.

        For a name that was chosen once: the engine may have gone since.
        """
        if name in self._entries:
            return name, ""
        first = self.names[0]
        return first, f"The model “{name}” is not here any more; {self.title(first)} reads."

    def with_engine(self, entry: EngineEntry) -> Registry:
        """These engines and one more."""
        return Registry(
            [*self._entries.values(), entry],
            not_offered=self.not_offered,
            problems=self.problems,
        )

    def title(self, name: str) -> str:
        """The name people know, or ``name`` itself when the engine is not (or no longer) here."""
        return self._entries[name].card.title if name in self._entries else name


def installed_engines(settings: Settings | None = None) -> Registry:
    """The engines that come with Textlift, the models of the catalogue, and the user's own.

    Args:
        settings: For the folders of the user's own models; without them there are none.
    """
    from textlift.engines.automatic import card as automatic
    from textlift.engines.pp_ocr import card as pp_ocr
    from textlift.engines.tesseract import card as tesseract
    from textlift.engines.vision_language.entries import find_models

    folders = user_folders()
    alphabets = load_alphabets(folders.own_alphabets)
    added = installed_alphabets(alphabets.alphabets, folders.alphabets)
    bundled = [automatic.ENTRY, pp_ocr.entry(added), tesseract.ENTRY]
    found = find_models(
        load_catalogue(folders.model_catalogue),
        folders=settings.model_folders if settings is not None else (),
        taken=frozenset(entry.card.name for entry in bundled),
    )
    return Registry(
        [*bundled, *found.entries],
        not_offered=found.not_offered,
        problems=[*found.problems, *alphabets.problems],
    )
