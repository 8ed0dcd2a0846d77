"""The catalogue: the models Textlift knows, what they are good at, what they cost."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import msgspec

from textlift.models.toml_tables import TablesError, may_be_there, read_tables

SHIPPED_CATALOGUE = Path(__file__).with_name("catalogue.toml")
"""Comes with Textlift, and is replaced by the next version of it."""

_NAME = re.compile(r"[\w.+-]+")
"""What can be typed without quotes and stands in records, settings and file names."""


class CatalogueError(Exception):
    """A catalogue, or an entry of one, cannot be used; the sentence says why and what to do."""


class Score(msgspec.Struct, frozen=True):
    """A published figure.

    Attributes:
        benchmark: Its name and version, such as "OmniDocBench v1.6".
        value: As published, with its unit or direction if that is not plain.
        source: Who published it, and when.
    """

    benchmark: str
    value: str
    source: str


class ModelEntry(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A vision-language model that can read pages.

    Attributes:
        name: The short name of the command line and the records, such as ``dots.ocr``.
        title: The name people know.
        family: Whose module runs it; see ``engines/vision_language/families.py``.
        hub_id: ``organisation/name`` on the Hugging Face hub; empty for a local folder.
        hub_aliases: Other names of the same repository, under which the cache may hold it.
        revision: Of the hub's repository; a commit, a tag or a branch.
        folder: A folder on this machine with the checkpoint; empty: the hub's cache.
        summary: One sentence: what it is good at.
        parameters: How many, in all.
        loaded_parameters: Of them, those that are loaded; 0: all.
        config: What its ``config.json`` says of sizes, where it is not the model that its family
            is named after.
        size: Bytes of the weights on disk.
        licence: SPDX identifier, or the licence's name.
        licence_note: Its catches, in a sentence; empty when there are none.
        licence_restricts: It forbids some uses: it is shown and accepted before a download.
        licence_url: Where its text stands.
        scripts: ISO 15924 codes it reads; empty: not known to be limited.
        languages: What its authors say of languages, in words.
        memory: Bytes of device memory for an A4 page at 200 dpi in 16 bits; 0: not known.
        modes: Names of the family's modes that this model was trained for, the default first;
            empty: all of the family's.
        scores: Published figures.
        not_offered: Why it cannot be chosen here, in a sentence; empty when it can.
    """

    name: str
    title: str
    family: str
    hub_id: str = ""
    hub_aliases: tuple[str, ...] = ()
    revision: str = "main"
    folder: str = ""
    summary: str = ""
    parameters: int = 0
    loaded_parameters: int = 0
    config: dict[str, Any] = {}
    size: int = 0
    licence: str = ""
    licence_note: str = ""
    licence_restricts: bool = False
    licence_url: str = ""
    scripts: tuple[str, ...] = ()
    languages: str = ""
    memory: int = 0
    modes: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    not_offered: str = ""


class Catalogue(msgspec.Struct, frozen=True):
    """The models that are known.

    Attributes:
        models: In the order they are offered; their names differ.
        problems: What could not be used of the user's own catalogue, a sentence each.
    """

    models: tuple[ModelEntry, ...]
    problems: tuple[str, ...] = ()


def load_catalogue(user_file: Path | None = None) -> Catalogue:
    """The catalogue that comes with Textlift, with the user's entries put into it.

    An entry of the user's replaces the shipped one of its name, and is added when there is none.
    Whatever is wrong with the user's file is a problem and no error: the rest goes on.

    Args:
        user_file: The user's own; it need not be there.

    Raises:
        CatalogueError: The shipped one is damaged.
    """
    models = {model.name: model for model in _shipped_models()}
    if user_file is None or not may_be_there(user_file):
        return Catalogue(models=tuple(models.values()))
    own, problems = _user_models(user_file)
    models.update({model.name: model for model in own})
    return Catalogue(models=tuple(models.values()), problems=tuple(problems))


@functools.cache
def _shipped_models() -> tuple[ModelEntry, ...]:
    return tuple(read_entry(table, SHIPPED_CATALOGUE) for table in _tables(SHIPPED_CATALOGUE))


def _user_models(path: Path) -> tuple[list[ModelEntry], list[str]]:
    """The entries of a file that can be used, and what is wrong with the others."""
    models, problems = [], []
    try:
        tables = _tables(path)
    except CatalogueError as error:
        return [], [str(error)]
    for table in tables:
        try:
            models.append(read_entry(table, path))
        except CatalogueError as error:
            problems.append(str(error))
    return models, problems


def read_entry(table: Any, path: Path) -> ModelEntry:
    """One ``[[model]]`` of a catalogue; its folder, where it has one, made absolute.

    Args:
        table: As TOML gives it.
        path: Of the file it stands in, which a relative folder starts from.

    Raises:
        CatalogueError: It is no entry.
    """
    try:
        entry = msgspec.convert(table, ModelEntry)
    except msgspec.ValidationError as error:
        name = table.get("name", "") if isinstance(table, dict) else ""
        which = f"The model “{name}”" if name else "A model without a name"
        raise CatalogueError(
            f"{which} in {path} is left out: {error}. Correct it there."
        ) from error
    if not _NAME.fullmatch(entry.name):
        raise CatalogueError(
            f"The model “{entry.name}” in {path} is left out: its name may hold letters, digits, "
            "dots, dashes, plus signs and underscores only."
        )
    if not entry.hub_id and not entry.folder:
        raise CatalogueError(
            f"The model “{entry.name}” in {path} is left out: "
            "it needs a hub_id or a folder to be loaded from."
        )
    if entry.folder:
        folder = path.parent / Path(entry.folder).expanduser()
        entry = msgspec.structs.replace(entry, folder=str(folder.absolute()))
    return entry


def _tables(path: Path) -> list[Any]:
    try:
        return read_tables(path, key="model", title="The catalogue of models")
    except TablesError as error:
        raise CatalogueError(str(error)) from error
