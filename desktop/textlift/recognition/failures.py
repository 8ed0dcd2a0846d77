"""What went wrong with an engine's process, as a kind and words for the page's record."""

from __future__ import annotations

import msgspec

from textlift.content.attempt import FailureKind, Repetition
from textlift.processes.supervised import (
    ProcessFailure,
    ProcessTimedOut,
    ProcessTookTooMuchMemory,
    RequestFailed,
)

LACKS_MEMORY = frozenset({FailureKind.DOES_NOT_FIT, FailureKind.OUT_OF_MEMORY})
"""The kinds that more memory would have helped against."""


class EngineFailure(msgspec.Struct, frozen=True):
    """Why an engine gave no text.

    Attributes:
        failure: The kind.
        sentence: For a person.
        details: For a bug report.
        orderly: The engine gave up by itself, so its process is as good as before.
        scripts: As in ``Attempt``.
        lacking_memory: As in ``Attempt``.
        repetition: Likewise.
    """

    failure: FailureKind
    sentence: str
    details: str = ""
    orderly: bool = False
    scripts: tuple[str, ...] = ()
    lacking_memory: int = 0
    repetition: Repetition | None = None


def engine_failure(error: ProcessFailure | msgspec.DecodeError) -> EngineFailure:
    """The failure that an error of a call to an engine process stands for."""
    if isinstance(error, msgspec.DecodeError):
        return EngineFailure(
            FailureKind.MALFORMED, "Its answer could not be understood.", details=str(error)
        )
    if isinstance(error, RequestFailed):
        kind = _kind(error.kind)
        # An unexpected error inside the engine comes as a crash and may have broken anything.
        orderly = kind is not FailureKind.CRASHED
        scripts = error.codes if kind is FailureKind.WRONG_SCRIPT else ()
        return EngineFailure(
            kind,
            error.sentence,
            error.details,
            orderly=orderly,
            scripts=scripts,
            lacking_memory=error.amount if kind in LACKS_MEMORY else 0,
        )
    if isinstance(error, ProcessTimedOut):
        return EngineFailure(FailureKind.TIMED_OUT, error.sentence, error.details)
    if isinstance(error, ProcessTookTooMuchMemory):
        return EngineFailure(
            FailureKind.OUT_OF_MEMORY, error.sentence, error.details, lacking_memory=error.excess
        )
    return EngineFailure(FailureKind.CRASHED, error.sentence, error.details)


def _kind(value: str) -> FailureKind:
    try:
        return FailureKind(value)
    except ValueError:
        return FailureKind.CRASHED
