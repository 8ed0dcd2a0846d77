"""Answers of a forced length: by the library's ``generate``, and by our loop, from threads."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import torch
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

from benchmarks.device_limits import synchronise
from textlift.content.page_image import PageImage
from textlift.engines.vision_language.decoding.decoder import Decoder
from textlift.engines.vision_language.decoding.job import Job
from textlift.engines.vision_language.family import Family, Prepared, Request
from textlift.engines.vision_language.memory import PeakMemory, release_memory
from textlift.engines.vision_language.upright import load_upright
from tiny_models.random_checkpoint import drawn_page


class Page(msgspec.Struct, frozen=True):
    """A page on disk, as the program has it when it is read.

    Attributes:
        image: As rendered.
        request: How it is to be read.
    """

    image: PageImage
    request: Request

    def prepared(self, family: Family) -> Prepared:
        """As it is prepared for the model: opened, resized, cut into patches."""
        return family.prepare(load_upright(self.image, rotation=0), self.request)


class Answered(msgspec.Struct, frozen=True):
    """What one way gave for some pages.

    Attributes:
        tokens: Of each page.
        seconds: From the files to the last token of all.
        first: Seconds to the first token of the first page.
        speed: Tokens a second after its first, of one page; of several the mean.
        peak: Bytes; of the whole process on a CPU.
    """

    tokens: list[list[int]]
    seconds: float
    first: float
    speed: float
    peak: int


def written_pages(folder: Path, sizes: Sequence[tuple[int, int]], *, mode: str) -> list[Page]:
    """Pages of these sizes in pixels, in files."""
    pages = []
    for number, (width, height) in enumerate(sizes):
        path = folder / f"page-{number}.png"
        drawn_page(width, height).save(path)
        image = PageImage(path=str(path), width=width, height=height)
        pages.append(Page(image, Request(mode=mode, max_pixels=width * height)))
    return pages


class Stopwatch:
    """Listens to one answer, never has enough of it, and notes when the first and last came."""

    unwanted = False

    def __init__(self) -> None:
        self.tokens: list[int] = []
        self.first = self.last = 0.0
        self._came_first = 0

    def wait(self) -> None:
        """Nothing is noted."""

    def begin(self) -> None:
        """Nothing is noted."""

    def tell(self, stage: str) -> None:
        """Nothing is noted."""

    def take(self, tokens: Sequence[int]) -> bool:
        self.last = time.perf_counter()
        if not self.tokens and tokens:
            self.first, self._came_first = self.last, len(tokens)
        self.tokens.extend(tokens)
        return False

    @property
    def speed(self) -> float:
        """Tokens a second after those that came first."""
        return (len(self.tokens) - self._came_first) / max(self.last - self.first, 1e-9)


class _FirstToken(StoppingCriteria):
    """Notes when ``generate`` has its first token."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self.at = 0.0

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> Any:
        if not self.at:
            synchronise(self._device)
            self.at = time.perf_counter()
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)


def by_generate(family: Family, pages: Sequence[Page], *, tokens: int) -> Answered:
    """Page by page with ``generate``, as the cards of the models show it."""
    device = family.model.device
    _settle(device)
    peak, begun = PeakMemory(device), time.perf_counter()
    written, firsts, speeds = [], [], []
    for page in pages:
        prepared = page.prepared(family)
        clock = _FirstToken(device)
        with torch.inference_mode():
            output = family.model.generate(
                **prepared.inputs_on(device),
                stopping_criteria=StoppingCriteriaList([clock]),
                # Without tokens that end it, it has the length that is asked for.
                generation_config=GenerationConfig(
                    max_new_tokens=tokens,
                    do_sample=False,
                    eos_token_id=None,
                    pad_token_id=family.pad_token,
                ),
            )
        written.append(output[0, prepared.inputs["input_ids"].shape[1] :].tolist())
        firsts.append(clock.at - begun)
        speeds.append((tokens - 1) / max(time.perf_counter() - clock.at, 1e-9))
    seconds = time.perf_counter() - begun
    return Answered(written, seconds, firsts[0], sum(speeds) / len(speeds), peak.bytes)


def by_our_loop(
    family: Family, decoder: Decoder, pages: Sequence[Page], *, tokens: int, threads: int
) -> Answered:
    """As the engine does it: each of some threads prepares a page and has its answer written."""
    device = family.model.device
    _settle(device)
    watches = [Stopwatch() for _ in pages]
    left: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(len(pages)):
        left.put(number)
    failures: list[BaseException] = []

    def read() -> None:
        try:
            while True:
                number = left.get_nowait()
                prepared = pages[number].prepared(family)
                decoder.write(Job(prepared.inputs, room=tokens, listener=watches[number]))
        except queue.Empty:
            return
        except BaseException as error:  # noqa: BLE001 - raised below
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(min(threads, len(pages)))]
    peak, begun = PeakMemory(device), time.perf_counter()
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    seconds = time.perf_counter() - begun
    if failures:
        raise failures[0]
    return Answered(
        [watch.tokens for watch in watches],
        seconds,
        min(watch.first for watch in watches) - begun,
        sum(watch.speed for watch in watches) / len(watches),
        peak.bytes,
    )


def _settle(device: torch.device) -> None:
    release_memory(device)
    synchronise(device)
