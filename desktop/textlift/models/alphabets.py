"""The recognisers that can be added to the small engine, each for an alphabet it lacks."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from textlift.models.toml_tables import TablesError, may_be_there, read_tables

SHIPPED_ALPHABETS = Path(__file__).with_name("alphabets.toml")
"""Comes with Textlift, and is replaced by the next version of it."""

_TITLE = "The list of alphabets"
_NAME = re.compile(r"[\w+-]+")
"""What can be typed without quotes and names a file."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Alphabet(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A recogniser of PP-OCR's kind for the letters of some languages.

    Attributes:
        name: The short name of the command line and the file, such as ``eslav``.
        title: The name people know.
        scripts: ISO 15924 codes of the scripts it reads.
        languages: ISO 639-3 codes of languages that it was made for.
        url: Where it is to be had.
        sha256: Of the file, in lower-case hexadecimal digits.
        size: Bytes of the file; 0: not known.
        licence: SPDX identifier, or the licence's name.
        note: What else to know of it, in a sentence; empty for nothing.
    """

    name: str
    title: str
    scripts: tuple[str, ...]
    url: str
    sha256: str
    languages: tuple[str, ...] = ()
    size: int = 0
    licence: str = ""
    note: str = ""

    @property
    def own_scripts(self) -> tuple[str, ...]:
        """The scripts it is there for: Latin letters are known to nearly all, beside others."""
        return tuple(script for script in self.scripts if script != "Latn") or self.scripts


class AlphabetList(msgspec.Struct, frozen=True):
    """The alphabets that are known.

    Attributes:
        alphabets: In the order they are offered; their names differ.
        problems: What could not be used of the user's own list, a sentence each.
    """

    alphabets: tuple[Alphabet, ...]
    problems: tuple[str, ...] = ()

    def find(self, name: str) -> Alphabet | None:
        """The alphabet of that name, if there is one."""
        return next((one for one in self.alphabets if one.name == name), None)


def load_alphabets(user_file: Path | None = None) -> AlphabetList:
    """The alphabets that come with Textlift, with the user's put into them.

    One of the user's replaces the shipped one of its name, and is added when there is none.
    Whatever is wrong with the user's file is a problem and no error: the rest goes on.

    Args:
        user_file: The user's own; it need not be there.

    Raises:
        TablesError: The shipped list is damaged.
    """
    alphabets = {alphabet.name: alphabet for alphabet in _shipped_alphabets()}
    if user_file is None or not may_be_there(user_file):
        return AlphabetList(alphabets=tuple(alphabets.values()))
    try:
        tables = read_tables(user_file, key="alphabet", title=_TITLE)
    except TablesError as error:
        return AlphabetList(alphabets=tuple(alphabets.values()), problems=(str(error),))
    problems = []
    for table in tables:
        try:
            own = _read_alphabet(table, user_file)
        except TablesError as error:
            problems.append(str(error))
        else:
            alphabets[own.name] = own
    return AlphabetList(alphabets=tuple(alphabets.values()), problems=tuple(problems))


def alphabet_file(alphabet: Alphabet, folder: Path) -> Path:
    """Where an alphabet lies once it was got.

    Args:
        alphabet: Which.
        folder: ``Folders.alphabets``.
    """
    return folder / f"{alphabet.name}.onnx"


def installed_alphabets(alphabets: Iterable[Alphabet], folder: Path) -> tuple[Alphabet, ...]:
    """Those that are on this machine; no file is opened.

    Args:
        alphabets: To look for.
        folder: ``Folders.alphabets``.
    """
    return tuple(one for one in alphabets if alphabet_file(one, folder).is_file())


def address(alphabet: Alphabet, *, mirror: str = "") -> str:
    """Where an alphabet is fetched from.

    Args:
        alphabet: Which.
        mirror: Takes the place of scheme and host, where the user named one.
    """
    if not mirror:
        return alphabet.url
    parts = urlsplit(alphabet.url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{mirror.rstrip('/')}{parts.path}{query}"


def alphabets_for(
    alphabets: Sequence[Alphabet],
    *,
    languages: Collection[str] = (),
    scripts: Collection[str] = (),
) -> tuple[Alphabet, ...]:
    """Those that read one of these languages, the fittest first, then those of these scripts.

    Args:
        alphabets: To choose from.
        languages: ISO 639-3 codes.
        scripts: ISO 15924 codes; an alphabet fits by a script that it is there for.
    """
    by_language = [one for one in alphabets if set(one.languages) & set(languages)]
    by_script = [one for one in alphabets if set(one.own_scripts) & set(scripts)]
    return tuple(dict.fromkeys([*by_language, *by_script]))


@functools.cache
def _shipped_alphabets() -> tuple[Alphabet, ...]:
    tables = read_tables(SHIPPED_ALPHABETS, key="alphabet", title=_TITLE)
    return tuple(_read_alphabet(table, SHIPPED_ALPHABETS) for table in tables)


def _read_alphabet(table: Any, path: Path) -> Alphabet:
    try:
        alphabet = msgspec.convert(table, Alphabet)
    except msgspec.ValidationError as error:
        name = table.get("name", "") if isinstance(table, dict) else ""
        which = f"The alphabet “{name}”" if name else "An alphabet without a name"
        raise TablesError(f"{which} in {path} is left out: {error}. Correct it there.") from error
    if not _NAME.fullmatch(alphabet.name):
        raise TablesError(
            f"The alphabet “{alphabet.name}” in {path} is left out: its name may hold letters, "
            "digits, dashes, plus signs and underscores only."
        )
    if not _SHA256.fullmatch(alphabet.sha256) or not alphabet.scripts:
        lacking = "a sha256 of 64 digits" if alphabet.scripts else "at least one script"
        raise TablesError(
            f"The alphabet “{alphabet.name}” in {path} is left out: it needs {lacking}."
        )
    return alphabet
