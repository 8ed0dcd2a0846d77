"""The engine that runs vision-language models: one process, one model, some pages at a time."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import torch
import transformers
from PIL import Image
from safetensors import SafetensorError

from textlift.content.attempt import FailureKind
from textlift.content.generation import Generation
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, PageWarning, StopReason, WarningKind
from textlift.engines.contract import (
    Engine,
    EngineError,
    EngineOptions,
    OnProgress,
    ReadingMode,
    ReadOptions,
    ReadProgress,
)
from textlift.engines.part_of_page import part_on_page
from textlift.engines.vision_language.allocation_errors import lacking_bytes
from textlift.engines.vision_language.answering import Answering
from textlift.engines.vision_language.decoding.cuda_graphs import CudaGraphs
from textlift.engines.vision_language.decoding.decoder import Decoder
from textlift.engines.vision_language.defaults import is_slow
from textlift.engines.vision_language.devices import choose_placement, device_title
from textlift.engines.vision_language.expectation import Expectation, duration_words
from textlift.engines.vision_language.families import families
from textlift.engines.vision_language.family import Answer, Family, Placement, Prepared, Request
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.engines.vision_language.image_budget import RoomForPages, pixel_budget
from textlift.engines.vision_language.memory import (
    free_memory,
    is_out_of_memory,
    release_memory,
)
from textlift.engines.vision_language.model_memory import ModelMemory, PageMemory
from textlift.engines.vision_language.page_work import (
    chosen_saving,
    page_work,
    refuse_too_large,
    usual_page,
    with_room,
)
from textlift.engines.vision_language.upright import (
    box_on_turned,
    load_upright,
    placed_blocks,
)
from textlift.models.catalogue import ModelEntry
from textlift.models.hub_cache import cache_folders
from textlift.models.memory_need import reading_bytes
from textlift.models.on_disk import (
    ModelNotOnDiskError,
    model_folder,
    weight_bytes,
    what_is_missing,
)
from textlift.processes.awake_clock import ticking_clock
from textlift.processes.cancellation import Cancellation

_PAGE_SECONDS = {"cuda": 300.0, "mps": 900.0, "cpu": 2700.0}
"""After which a page is given up, where the user sets nothing."""

_SHRINK_AFTER_RUNAWAY = 0.9
"""Of the pixels: the same page a little smaller is often read to its end."""


class VisionLanguageEngine(Engine):
    """Runs a model of the catalogue, or of a local folder, through its family."""

    def __init__(self, options: EngineOptions) -> None:
        """Loads the model.

        Raises:
            EngineError: NOT_AVAILABLE with what is missing, DOES_NOT_FIT with the bytes.
        """
        entry = options.model
        if entry is None:
            raise EngineError(FailureKind.NOT_AVAILABLE, "No model was named to be loaded.")
        transformers.utils.logging.set_verbosity_error()
        transformers.utils.logging.disable_progress_bar()
        if options.threads:
            torch.set_num_threads(options.threads)
        card = families().get(entry.family)
        if card is None:
            known = ", ".join(families())
            raise EngineError(
                FailureKind.NOT_AVAILABLE,
                f"{entry.title} is of the family “{entry.family}”, which is none of {known}.",
            )
        folder = _whole_folder(entry, options)
        size = weight_bytes(folder)
        self._entry = entry
        self._options = options
        self._card = card
        self._placement = choose_placement(options, weight_bytes=size)
        self.device = str(self._placement.device)
        self._work = page_work(folder, card, options, self._placement)
        usual = usual_page(self._work, card)
        self._placement = with_room(self._placement, usual, chosen_saving(options))
        refuse_too_large(entry, usual, self._placement)
        self._family = _load(entry, card, folder, self._placement)
        self._model_memory = ModelMemory(self._family.model, self._placement.device)
        self._room = RoomForPages(self._placement)
        self._decoder = _decoder(self._family, self._placement, self._room)
        if self._decoder is not None:
            self._model_memory.count_cache(self._decoder.cache_bytes)
        self.memory = self._model_memory.now()
        self._expectation: Expectation | None = None
        if is_slow(self._placement.device.type, self._work.shape.parameters):
            self._expectation = Expectation(self._family.model, self._placement)

    def read(
        self,
        page: PageImage,
        options: ReadOptions,
        *,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> PageReading:
        """Reads a page; see ``Engine``.

        What was stopped by a limit, by repetition or by the deadline is returned with its
        ``stop_reason``, so that what was read until then is kept.
        """
        with ticking_clock() as clock, self._room.page(kept=self._kept_cache) as room:
            return self._read(
                page,
                options,
                on_progress=on_progress,
                cancellation=cancellation,
                clock=clock,
                room=room,
            )

    def _kept_cache(self) -> int:
        return self._decoder.cache_bytes() if self._decoder is not None else 0

    def _read(
        self,
        page: PageImage,
        options: ReadOptions,
        *,
        on_progress: OnProgress,
        cancellation: Cancellation,
        clock: Callable[[], float],
        room: int,
    ) -> PageReading:
        mode = self._mode(options)
        rotation = options.rotation or 0
        image = load_upright(page, rotation=rotation)
        box = part_on_page(options.box, page) if options.box is not None else None
        token_limit = self._work.answer_tokens
        request = Request(
            mode=mode.name,
            max_pixels=self._pixels(options, room),
            box=box_on_turned(box, page, rotation=rotation) if box is not None else None,
        )
        seconds = self._options.page_seconds or _PAGE_SECONDS[self._placement.device.type]
        started = clock()
        memory = PageMemory(self._model_memory)
        answering = Answering(
            self._family,
            token_limit=token_limit,
            positions=_positions(self._family),
            deadline=started + seconds,
            variation=options.variation,
            on_progress=on_progress,
            cancellation=cancellation,
            memory=memory,
            clock=clock,
            decoder=self._decoder,
            working=self._working_bytes(image, request),
            asked=Generation(
                mode=mode.name,
                pixels=_shown_pixels(image, request),
                token_limit=token_limit,
                dtype=self._placement.weights or str(self._placement.dtype).removeprefix("torch."),
            ),
        )
        expected = self._tell_expectation(image, request, on_progress, memory)
        try:
            answer, prepared, stop_reason = self._ask(image, request, answering)
        except EngineError:
            on_progress(ReadProgress(memory=memory.now(), generation=answering.generation()))
            raise
        on_progress(ReadProgress(memory=memory.now()))
        if self._expectation is not None:
            self._expectation.learn(expected=expected, taken=clock() - started)
        return PageReading(
            blocks=placed_blocks(answer.blocks, page, rotation=rotation, inside=box),
            read_by=self._entry.name,
            rotation=rotation,
            warnings=tuple(PageWarning(WarningKind.REPAIRED, text) for text in answer.repairs),
            stop_reason=stop_reason,
            unparsed=answer.unparsed,
            repeated=answering.repeated,
            repeated_times=answering.repeated_times,
            generation=msgspec.structs.replace(
                answering.generation(), pixels=prepared.seen[0] * prepared.seen[1]
            ),
        )

    def _ask(
        self, image: Image.Image, request: Request, answering: Answering
    ) -> tuple[Answer, Prepared, StopReason]:
        device = self._placement.device
        try:
            with torch.inference_mode():
                return self._family.read(image, request, answering)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            details = str(error)
            # On a CPU the error does not say what there was.
            free = free_memory(device) if device.type == "cpu" else 0
        # Out here the error is gone, and with its frames the tensors they held. What is free then
        # is what there was for the page.
        release_memory(device)
        raise EngineError(
            FailureKind.OUT_OF_MEMORY,
            f"{self._entry.title} ran out of memory on {device_title(device)} "
            f"with a page of {_shown_pixels(image, request) / 1e6:.1f} megapixels.",
            details=details,
            lacking_memory=lacking_bytes(details, free=free),
        )

    def _mode(self, options: ReadOptions) -> ReadingMode:
        names = self._entry.modes or tuple(mode.name for mode in self._card.modes)
        modes = {mode.name: mode for mode in self._card.modes if mode.name in names}
        mode = modes.get(options.mode or names[0])
        if mode is None:
            raise EngineError(
                FailureKind.NOT_AVAILABLE,
                f"{self._entry.title} cannot read in the mode “{options.mode}”; "
                f"it can in {', '.join(modes)}.",
            )
        if mode.needs_box and options.box is None:
            raise EngineError(
                FailureKind.NOT_AVAILABLE,
                f"The mode “{mode.name}” reads inside a box; say which.",
            )
        return mode

    def _working_bytes(self, image: Image.Image, request: Request) -> int:
        work = msgspec.structs.replace(self._work, pixels=_shown_pixels(image, request))
        return reading_bytes(work)

    def _pixels(self, options: ReadOptions, room: int) -> int:
        limit = min(self._work.pixels, options.max_pixels or self._work.pixels)
        work = msgspec.structs.replace(self._work, pixels=limit)
        pixels = pixel_budget(work, self._placement, free=room)
        return int(pixels * _SHRINK_AFTER_RUNAWAY) if options.variation else pixels

    def _tell_expectation(
        self, image: Image.Image, request: Request, on_progress: OnProgress, memory: PageMemory
    ) -> float:
        """Seconds the page is expected to take; 0 where it is not slow enough to say."""
        pixels = _shown_pixels(image, request)
        expected, stage = 0.0, "Looking at the page"
        if self._expectation is not None:
            expected = self._expectation.seconds(pixels=pixels)
            stage = duration_words(expected)
        on_progress(ReadProgress(stage=stage, pixels=pixels, memory=memory.now()))
        return expected


def _shown_pixels(image: Image.Image, request: Request) -> int:
    """Pixels that the model is shown, before the family rounds them to its own grid."""
    return min(image.width * image.height, request.max_pixels)


def _whole_folder(entry: ModelEntry, options: EngineOptions) -> Path:
    try:
        folder = model_folder(entry, caches=cache_folders(options.model_cache))
    except ModelNotOnDiskError as error:
        raise EngineError(
            FailureKind.NOT_AVAILABLE, f"{entry.title} is not on disk. {error}"
        ) from error
    missing = what_is_missing(folder)
    if missing:
        raise EngineError(FailureKind.NOT_AVAILABLE, missing)
    return folder


def _load(entry: ModelEntry, card: FamilyCard, folder: Path, placement: Placement) -> Family:
    module, _, name = card.implementation.partition(":")
    family: type[Family] = getattr(importlib.import_module(module), name)
    try:
        return family(folder, placement)
    except (RuntimeError, MemoryError, OSError, SafetensorError) as error:
        if not is_out_of_memory(error):
            raise
        details = str(error)
    release_memory(placement.device)
    raise EngineError(
        FailureKind.DOES_NOT_FIT,
        f"There was not enough memory on {device_title(placement.device)} to load {entry.title}; "
        "close other programs or choose a smaller model.",
        details=details,
        lacking_memory=lacking_bytes(details),
    )


def _decoder(family: Family, placement: Placement, room: RoomForPages) -> Decoder | None:
    """Our own loop, where the family's models can be driven by it."""
    if family.card.pages_at_once == 1:
        return None
    device = placement.device
    # Weights that are brought when it is their turn, or unpacked, are not where a record expects
    # them.
    recordable = device.type == "cuda" and placement.room is None and not placement.weights
    return Decoder(
        family.model,
        device,
        # Elsewhere a second page would hold up the first for as long as its image takes.
        capacity=family.card.pages_at_once if device.type == "cuda" else 1,
        has_room=room.has,
        recorder=CudaGraphs(device) if recordable else None,
    )


def _positions(family: Family) -> int:
    """Tokens that the language model can tell apart by their places; 0 when it does not say."""
    text = family.model.config.get_text_config()
    return int(getattr(text, "max_position_embeddings", 0) or 0)
