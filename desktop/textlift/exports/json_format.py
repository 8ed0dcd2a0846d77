"""Export as JSON: everything known about each page. The format is in ``docs/json-format.md``."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

import msgspec

from textlift import __version__
from textlift.content.attempt import Attempt, FailureKind
from textlift.content.block import BlockKind
from textlift.content.generation import Generation
from textlift.content.geometry import Box, Quad
from textlift.content.page import PageRecord, PageState
from textlift.content.reading import PageReading, StopReason, WarningKind, block_lines
from textlift.content.text_lines import page_text
from textlift.exports.contract import ExportDocument

FORMAT_VERSION = 1


class JsonLine(msgspec.Struct, frozen=True):
    """A printed line."""

    text: str
    box: Box | None
    score: float | None
    quad: Quad | None


class JsonBlock(msgspec.Struct, frozen=True):
    """A block in reading order."""

    kind: BlockKind
    text: str
    level: int
    box: Box | None
    lines: list[JsonLine]


class JsonWarning(msgspec.Struct, frozen=True):
    """Something to check; ``ticked`` once somebody has."""

    kind: WarningKind
    sentence: str
    box: Box | None
    ticked: bool


class JsonGeneration(msgspec.Struct, frozen=True):
    """What it took a generating model."""

    mode: str
    pixels: int
    prompt_tokens: int
    tokens: int
    token_limit: int
    first_token_seconds: float
    tokens_per_second: float
    peak_memory: int
    dtype: str


class JsonReading(msgspec.Struct, frozen=True):
    """What was read."""

    read_by: str
    why: str
    languages: tuple[str, ...]
    rotation: int
    skew: float
    stop_reason: StopReason
    unparsed: str
    repeated: str
    generation: JsonGeneration | None
    box: Box | None
    warnings: list[JsonWarning]
    blocks: list[JsonBlock]


class JsonAttempt(msgspec.Struct, frozen=True):
    """One try of one engine."""

    engine: str
    device: str
    started_at: float
    seconds: float
    failure: FailureKind | None
    sentence: str
    details: str
    pixels: int
    partial: str
    peak_memory: int
    lacking_memory: int
    scripts: tuple[str, ...]
    generation: JsonGeneration | None


class JsonPage(msgspec.Struct, frozen=True):
    """A page."""

    number: int
    state: PageState
    width: int
    height: int
    rotation: int | None
    text: str
    edited: bool
    to_check: int
    reading: JsonReading | None
    attempts: list[JsonAttempt]


class JsonExporter:
    """JSON: one object; each page is on a line of its own and written when it is its turn."""

    name = "json"
    title = "JSON"
    extension = ".json"

    def pieces(
        self,
        documents: Iterable[ExportDocument],
        *,
        titled: bool,  # noqa: ARG002
        note: bool = False,  # noqa: ARG002
    ) -> Iterator[str]:
        """See ``Exporter``; every document has its title here, and every warning its place."""
        yield f'{{"format": "textlift", "version": {FORMAT_VERSION}, '
        yield f'"generator": {_encode(f"Textlift {__version__}")}, "documents": ['
        separator = "\n"
        for document in documents:
            yield separator
            separator = ",\n"
            yield from _document_pieces(document)
        yield "\n]}\n"


def _document_pieces(document: ExportDocument) -> Iterator[str]:
    yield f'{{"title": {_encode(document.title)}, "path": {_encode(document.path)}, '
    yield f'"page_count": {document.page_count}, "problem": {_encode(document.problem)}, '
    yield '"pages": ['
    separator = "\n"
    for page in document.pages:
        yield separator + _encode(json_page(page))
        separator = ",\n"
    yield "\n]}"


def json_page(page: PageRecord) -> JsonPage:
    """A page as the format has it: fields are never left out, whatever their value."""
    return JsonPage(
        number=page.number,
        state=page.state,
        width=page.width,
        height=page.height,
        rotation=page.rotation,
        text=page_text(page),
        edited=page.edit is not None,
        to_check=len(page.to_check),
        reading=_reading(page.reading, page.ticked) if page.reading is not None else None,
        attempts=[_attempt(attempt) for attempt in page.attempts],
    )


def _reading(reading: PageReading, ticked: Container[int]) -> JsonReading:
    return JsonReading(
        read_by=reading.read_by,
        why=reading.why,
        languages=reading.languages,
        rotation=reading.rotation,
        skew=reading.skew,
        stop_reason=reading.stop_reason,
        unparsed=reading.unparsed,
        repeated=reading.repeated,
        generation=_generation(reading.generation) if reading.generation is not None else None,
        box=reading.box,
        warnings=[
            JsonWarning(warning.kind, warning.sentence, warning.box, index in ticked)
            for index, warning in enumerate(reading.warnings)
        ],
        blocks=[
            JsonBlock(
                kind=block.kind,
                text=block.text,
                level=block.level,
                box=block.box,
                lines=[
                    JsonLine(line.text, line.box, line.score, line.quad)
                    for line in block_lines(block)
                ],
            )
            for block in reading.blocks
        ],
    )


def _generation(generation: Generation) -> JsonGeneration:
    return JsonGeneration(
        mode=generation.mode,
        pixels=generation.pixels,
        prompt_tokens=generation.prompt_tokens,
        tokens=generation.tokens,
        token_limit=generation.token_limit,
        first_token_seconds=generation.first_token_seconds,
        tokens_per_second=generation.tokens_per_second,
        peak_memory=generation.peak_memory,
        dtype=generation.dtype,
    )


def _attempt(attempt: Attempt) -> JsonAttempt:
    return JsonAttempt(
        engine=attempt.engine,
        device=attempt.device,
        started_at=attempt.started_at,
        seconds=attempt.seconds,
        failure=attempt.failure,
        sentence=attempt.sentence,
        details=attempt.details,
        pixels=attempt.pixels,
        partial=attempt.partial,
        peak_memory=attempt.peak_memory,
        lacking_memory=attempt.lacking_memory,
        scripts=attempt.scripts,
        generation=_generation(attempt.generation) if attempt.generation is not None else None,
    )


def _encode(value: object) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        # A file name may hold bytes that are no text; they must not cost the whole file.
        return msgspec.json.encode(_as_text(msgspec.to_builtins(value))).decode()


def _as_text(value: object) -> object:
    """The same with whatever is no Unicode replaced."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case list() | tuple():
            return [_as_text(item) for item in value]
        case dict():
            return {_as_text(key): _as_text(item) for key, item in value.items()}
        case _:
            return value
