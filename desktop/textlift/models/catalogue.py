"""The catalogue: the models Textlift knows, what they are good at, what they cost."""

from __future__ import annotations

import msgspec


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
        revision: Of the hub's repository; a commit, a tag or a branch.
        folder: A folder on this machine with the checkpoint; empty: the hub's cache.
        summary: One sentence: what it is good at.
        parameters: How many, in all.
        size: Bytes of the weights on disk.
        licence: SPDX identifier, or the licence's name.
        licence_note: Its catches, in a sentence; empty when there are none.
        scripts: ISO 15924 codes it reads; empty: not known to be limited.
        languages: What its authors say of languages, in words.
        memory: Bytes of device memory for an A4 page at 200 dpi in bfloat16; 0: not known.
        modes: Names of the family's modes that this model was trained for, the default first;
            empty: all of the family's.
        scores: Published figures.
        not_offered: Why it cannot be chosen here, in a sentence; empty when it can.
    """

    name: str
    title: str
    family: str
    hub_id: str = ""
    revision: str = "main"
    folder: str = ""
    summary: str = ""
    parameters: int = 0
    size: int = 0
    licence: str = ""
    licence_note: str = ""
    scripts: tuple[str, ...] = ()
    languages: str = ""
    memory: int = 0
    modes: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    not_offered: str = ""
