"""The alphabets that the user added: their recognisers, loaded when a page needs them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from textlift.engines.contract import EngineError, EngineOptions
from textlift.engines.pp_ocr.card import added_alphabets
from textlift.engines.pp_ocr.line_network import load_added_recogniser
from textlift.engines.pp_ocr.reading_direction import RIGHT_TO_LEFT
from textlift.engines.pp_ocr.recognition import LINE_HEIGHT, Recogniser
from textlift.models.alphabets import Alphabet, alphabets_for

_REMEDY = "remove it in the list of models, and get it again."
_BLANK_LINE = np.full((LINE_HEIGHT, 2 * LINE_HEIGHT, 3), 255, dtype=np.uint8)


class AddedAlphabet:
    """One of them.

    Attributes:
        about: Its entry in the list of alphabets.
    """

    def __init__(self, about: Alphabet, path: Path) -> None:
        self.about = about
        self._path = path
        self._recogniser: Recogniser | None = None
        self._loading = threading.Lock()

    @property
    def recogniser(self) -> Recogniser:
        """Loads it at the first use.

        Raises:
            EngineError: The file is gone or damaged, or no recogniser of this kind.
        """
        # Several pages may want it at once.
        with self._loading:
            if self._recogniser is None:
                recogniser = Recogniser(
                    load_added_recogniser(self._path, remedy=_REMEDY),
                    name=self.about.name,
                    right_to_left=bool(RIGHT_TO_LEFT & set(self.about.own_scripts)),
                    remedy=_REMEDY,
                )
                # One that fits no characters shows it when it reads: not in the middle of a page.
                recogniser.read(_BLANK_LINE)
                self._recogniser = recogniser
            return self._recogniser


class AddedAlphabets:
    """All of them, in the order of the list.

    Attributes:
        problems: Why some of them cannot be used, a sentence each; found out when they are loaded.
    """

    def __init__(self, options: EngineOptions) -> None:
        """Finds out what they are; no file is opened.

        Args:
            options: With their paths. A file has the name of its alphabet.
        """
        paths = {Path(path).stem: Path(path) for path in options.alphabets}
        self._all = tuple(
            AddedAlphabet(about, paths[about.name]) for about in added_alphabets(options)
        )
        self._damaged: dict[str, str] = {}

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(self._damaged.values())

    def __iter__(self) -> Iterator[AddedAlphabet]:
        """Those whose recognisers can be loaded; loads each when it is reached."""
        return self._usable(self._all)

    def titles(self, names: Collection[str]) -> list[str]:
        """The titles of those of these names; loads none."""
        return [one.about.title for one in self._all if one.about.name in names]

    def for_languages(self, languages: Collection[str]) -> Iterator[AddedAlphabet]:
        """Those made for one of these languages (ISO 639-3), the fittest first."""
        fitting = alphabets_for([one.about for one in self._all], languages=languages)
        by_name = {one.about.name: one for one in self._all}
        return self._usable(tuple(by_name[about.name] for about in fitting))

    def _usable(self, alphabets: tuple[AddedAlphabet, ...]) -> Iterator[AddedAlphabet]:
        for alphabet in alphabets:
            if alphabet.about.name in self._damaged:
                continue
            try:
                alphabet.recogniser  # noqa: B018 - loads it
            except EngineError as error:
                self._damaged[alphabet.about.name] = error.sentence
            else:
                yield alphabet
