"""What an engine with a full-size model survives: a stop, too little memory, a failing device.

    PYTHONPATH=tests python -m benchmarks.vision_language_survival [--shrunk] [--device auto]
        [--models dots.ocr,qwen2.5-vl-3b,got-ocr2]

The weights are random. Measured are the time from a stop to the end of generating; running out of
memory, and the page after it; and, on CUDA, a device-side assert in an engine process, and the
page that the next process reads. ``--shrunk`` tries the script on a CPU.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import tempfile
import time
from pathlib import Path

import torch
from PIL import Image

from benchmarks.full_size_models import FULL_SIZE
from textlift.content.page_image import PageImage
from textlift.engines.contract import EngineError, EngineOptions, ReadOptions, ReadProgress
from textlift.engines.process import EngineProcess
from textlift.engines.registry import EngineEntry
from textlift.engines.vision_language.engine import VisionLanguageEngine
from textlift.engines.vision_language.entries import model_engine
from textlift.engines.vision_language.families import families
from textlift.engines.vision_language.family import Prepared, Request
from textlift.engines.vision_language.memory import free_memory, release_memory
from textlift.models.catalogue import ModelEntry
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessFailure
from tiny_models.random_checkpoint import drawn_page

A4_AT_200_DPI = (1654, 2339)
ROUNDS = 3
"""Of each measurement."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default=",".join(FULL_SIZE))
    parser.add_argument("--device", default="auto")
    parser.add_argument("--shrunk", action="store_true")
    arguments = parser.parse_args()
    for name in arguments.models.split(","):
        with tempfile.TemporaryDirectory() as folder:
            found = survived(name, Path(folder), device=arguments.device, shrunk=arguments.shrunk)
        print(json.dumps({"model": name, **found}, indent=1), flush=True)


def survived(name: str, folder: Path, *, device: str, shrunk: bool) -> dict[str, object]:
    """What one model's engine survives."""
    full_size = FULL_SIZE[name]
    entry = ModelEntry(name=name, title=name, family=full_size.family, folder=str(folder / "model"))
    options = EngineOptions(device=device, dtype="bfloat16", model=entry)
    width, height = (308, 420) if shrunk else A4_AT_200_DPI
    drawn_page(width, height).save(folder / "page.png")
    page = PageImage(path=str(folder / "page.png"), width=width, height=height)
    build_on = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    full_size.write(Path(entry.folder), device=build_on, shrunk=shrunk)
    gc.collect()
    release_memory(build_on)
    engine = VisionLanguageEngine(options)
    place = engine._placement.device
    return {
        "stop_latency_seconds": stop_latencies(engine, page),
        "out_of_memory": starved_and_fed(engine, page, place),
        "device_assert": asserted_and_read(entry, options, engine, page, place),
    }


def stop_latencies(engine: VisionLanguageEngine, page: PageImage) -> list[float]:
    """Seconds from a stop, once the model writes, to the end of the reading."""
    found = []
    for _ in range(ROUNDS):
        stop = FirstTokenStop()
        with contextlib.suppress(EngineError):
            engine.read(
                page,
                ReadOptions(),
                on_progress=stop.on_progress,
                cancellation=stop.cancellation,
            )
        found.append(round(time.perf_counter() - stop.at, 4))
    return found


def starved_and_fed(
    engine: VisionLanguageEngine, page: PageImage, device: torch.device
) -> dict[str, object]:
    """Takes the card's memory away in the middle of a page, gives it back, reads again."""
    if device.type != "cuda":
        return {"skipped": "a CPU shares its memory with everything else here"}
    prepare = engine._family.prepare
    fillers: list[torch.Tensor] = []

    def starve(image: Image.Image, request: Request) -> Prepared:
        prepared = prepare(image, request)
        room = free_memory(device) - 100_000_000
        fillers.append(torch.empty(max(room, 1), dtype=torch.uint8, device=device))
        return prepared

    engine._family.prepare = starve  # type: ignore[method-assign]
    told = ""
    try:
        engine.read(page, ReadOptions(), on_progress=ignore, cancellation=Cancellation())
    except EngineError as error:
        told = f"{error.failure.value}: {error.sentence}"
    engine._family.prepare = prepare  # type: ignore[method-assign]
    fillers.clear()
    release_memory(device)
    options = ReadOptions(max_pixels=500_000)
    stop = FirstTokenStop()
    reads = True
    try:
        engine.read(page, options, on_progress=stop.on_progress, cancellation=stop.cancellation)
    except EngineError as error:
        reads = error.failure.value == "cancelled"
    return {"told": told, "reads_again": reads}


def asserted_and_read(
    entry: ModelEntry,
    options: EngineOptions,
    engine: VisionLanguageEngine,
    page: PageImage,
    device: torch.device,
) -> dict[str, object]:
    """A token id past the vocabulary kills an engine process; the next one reads."""
    if device.type != "cuda":
        return {"skipped": "only CUDA has device-side asserts"}
    del engine
    registered = model_engine(entry, families()[entry.family])
    broken = EngineEntry(
        card=registered.card,
        availability=registered.availability,
        factory="benchmarks.vision_language_survival:OutOfVocabularyEngine",
        model=entry,
    )
    told = ""
    process = EngineProcess(broken, options)
    try:
        process.load()
        process.read(page, ReadOptions(), on_progress=ignore)
    except ProcessFailure as error:
        told = f"{type(error).__name__}: {error.sentence}"
    finally:
        process.kill()
    fresh = EngineProcess(registered, options)
    stop = FirstTokenStop()
    try:
        fresh.load()
        fresh.read(
            page, ReadOptions(), on_progress=stop.on_progress, cancellation=stop.cancellation
        )
    except ProcessFailure as error:
        if not stop.cancellation.cancelled:
            return {"told": told, "next_reads": f"no: {error.sentence}"}
    finally:
        fresh.kill()
    return {"told": told, "next_reads": True}


class OutOfVocabularyEngine(VisionLanguageEngine):
    """Asks with a token that the model does not have, as a wrong tokenizer would."""

    def __init__(self, options: EngineOptions) -> None:
        super().__init__(options)
        prepare = self._family.prepare

        def poisoned(image: Image.Image, request: Request) -> Prepared:
            prepared = prepare(image, request)
            prepared.inputs["input_ids"][0, -1] = 10_000_000
            return prepared

        self._family.prepare = poisoned  # type: ignore[method-assign]


class FirstTokenStop:
    """Stops a reading once its first token is there: the model has read the image."""

    def __init__(self) -> None:
        self.cancellation = Cancellation()
        self.at = 0.0

    def on_progress(self, progress: ReadProgress) -> None:
        if progress.token_share and not self.at:
            self.at = time.perf_counter()
            self.cancellation.cancel()


def ignore(_progress: ReadProgress) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main()
