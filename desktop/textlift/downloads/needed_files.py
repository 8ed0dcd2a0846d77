"""Which files of a repository a model is loaded from; no other is fetched."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from textlift.downloads.failures import DownloadProblem
from textlift.downloads.file_names import is_safe_name
from textlift.downloads.messages import DownloadFailure
from textlift.models.on_disk import WEIGHTS, WEIGHTS_INDEX

_TEXT_LIMIT = 5_000_000
"""Bytes of a licence or description; what is longer is something else."""

_TOKENIZER_FILES = frozenset(("merges.txt", "vocab.txt", "chat_template.jinja"))
_TOKENIZER_ENDINGS = (".model", ".tiktoken")
_PAPERS = ("license", "licence", "notice", "copying")
_PAPER_ENDINGS = frozenset(("", "txt", "md"))


class _WeightsIndex(msgspec.Struct):
    weight_map: dict[str, str]


def needed_files(sizes: dict[str, int]) -> frozenset[str]:
    """The files that are needed besides weights that a list names.

    Files of subfolders are other formats or other uses of the model. Python, pickles and
    everything else that is not known to be needed stays where it is.

    Args:
        sizes: Of the repository's files, in bytes, by their names.

    Raises:
        DownloadProblem: There are no weights that are loaded without running code from them.
    """
    if WEIGHTS not in sizes and WEIGHTS_INDEX not in sizes:
        raise DownloadProblem(
            DownloadFailure.NOT_SAFE,
            "There are no weights as safetensors files in it, and no others are loaded; "
            "choose another model.",
        )
    names = {name for name, size in sizes.items() if _is_needed(name, size)}
    if WEIGHTS in sizes:
        # The library, too, takes the one file where there are both.
        names.discard(WEIGHTS_INDEX)
        names.add(WEIGHTS)
    return frozenset(names)


def listed_weights(index: bytes, sizes: dict[str, int]) -> frozenset[str]:
    """The files that the list of weights names.

    Args:
        index: Content of ``model.safetensors.index.json``.
        sizes: Of the repository's files, by their names.

    Raises:
        DownloadProblem: The list is no such list, or names what cannot be taken.
    """
    try:
        names = frozenset(msgspec.json.decode(index, type=_WeightsIndex).weight_map.values())
    except (msgspec.DecodeError, RecursionError) as error:
        raise _useless_list("it cannot be read") from error
    if not names or not all(name.endswith(".safetensors") for name in names):
        raise _useless_list("it names other files than weights")
    absent = sorted(names.difference(sizes))
    if absent:
        raise _useless_list(f"it names {absent[0]!r}, which is not there")
    return names


def check_names(names: Iterable[str]) -> None:
    """Refuses a repository with names that lead out of its folder, or to the same file.

    Raises:
        DownloadProblem: It has such a name.
    """
    seen: dict[str, str] = {}
    for name in names:
        if not is_safe_name(name):
            raise DownloadProblem(
                DownloadFailure.NOT_SAFE,
                f"A file of it is called {name!r}, which is no name of a file; "
                "choose another model.",
            )
        # Some file systems take these for one.
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            raise DownloadProblem(
                DownloadFailure.NOT_SAFE,
                f"It has a file {name!r} and a file {other!r}, which not every disk can tell "
                "apart; choose another model.",
            )


def _is_needed(name: str, size: int) -> bool:
    if "/" in name:
        return False
    if name == WEIGHTS_INDEX or name in _TOKENIZER_FILES or name.endswith(_TOKENIZER_ENDINGS):
        return True
    if name.endswith(".json"):
        return not name.endswith(".index.json")
    stem, _, ending = name.lower().partition(".")
    paper = stem.startswith(_PAPERS) and ending in _PAPER_ENDINGS
    return (paper or name == "README.md") and size <= _TEXT_LIMIT


def _useless_list(why: str) -> DownloadProblem:
    return DownloadProblem(
        DownloadFailure.NOT_SAFE,
        f"Its list of weights is of no use: {why}; choose another model.",
    )
