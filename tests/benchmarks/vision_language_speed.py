"""Memory and speed of full-size models with random weights, and what they survive.

    PYTHONPATH=tests python -m benchmarks.vision_language_speed [--shrunk] [--device auto]
        [--models dots.ocr,qwen2.5-vl-3b,got-ocr2] [--tokens 300] [--batch 8]

Builds each model on the device, writes it as a checkpoint and loads it as the program does.
Then, for an A4 page at 200 dpi: time to load; peak memory; seconds to the first token; tokens a
second, also as a share of the limit that the memory's bandwidth sets (bytes of the weights that
each token needs, over the bandwidth of a large copy measured in the same run); the same for a
batch of pages, left-padded, as a ratio to one page; time from a stop to the end of generating;
running out of memory, and the page after it; and, on CUDA, a device-side assert in an engine
process, and the page that the next process reads. ``--shrunk`` tries the script on a CPU.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from PIL import Image
from transformers import GenerationConfig, StoppingCriteria, StoppingCriteriaList

from benchmarks.full_size_models import FULL_SIZE
from textlift.content.page_image import PageImage
from textlift.engines.contract import EngineError, EngineOptions, ReadOptions, ReadProgress
from textlift.engines.process import EngineProcess
from textlift.engines.registry import EngineEntry
from textlift.engines.vision_language.engine import VisionLanguageEngine
from textlift.engines.vision_language.entries import model_engine
from textlift.engines.vision_language.families import families
from textlift.engines.vision_language.family import Prepared, Request
from textlift.engines.vision_language.memory import PeakMemory, free_memory, release_memory
from textlift.models.catalogue import ModelEntry
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessFailure
from tiny_models.random_checkpoint import drawn_page

A4_AT_200_DPI = (1654, 2339)
ROUNDS = 3
"""Of each measurement; the median counts."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default=",".join(FULL_SIZE))
    parser.add_argument("--device", default="auto")
    parser.add_argument("--tokens", type=int, default=300)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--shrunk", action="store_true")
    arguments = parser.parse_args()
    for name in arguments.models.split(","):
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(
                name,
                Path(folder),
                device=arguments.device,
                tokens=arguments.tokens,
                batch=arguments.batch,
                shrunk=arguments.shrunk,
            )
        print(json.dumps({"model": name, **figures}, indent=1), flush=True)


def measure(
    name: str, folder: Path, *, device: str, tokens: int, batch: int, shrunk: bool
) -> dict[str, object]:
    """All figures of one model."""
    full_size = FULL_SIZE[name]
    entry = ModelEntry(name=name, title=name, family=full_size.family, folder=str(folder / "model"))
    options = EngineOptions(device=device, dtype="bfloat16", model=entry)
    size = (308, 420) if shrunk else A4_AT_200_DPI
    page = written_page(folder / "page.png", size)
    build_on = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    full_size.write(Path(entry.folder), device=build_on, shrunk=shrunk)
    gc.collect()
    release_memory(build_on)

    begun = time.monotonic()
    engine = VisionLanguageEngine(options)
    load_seconds = time.monotonic() - begun
    place = engine._placement.device
    model = engine._family.model
    image = drawn_page(*size)
    mode = engine._card.modes[0].name
    prepared = engine._family.prepare(image, Request(mode=mode, max_pixels=4_000_000))

    one = timed_generation(engine, prepared, tokens)
    many = timed_generation(engine, batched([prepared] * batch, engine._family.pad_token), tokens)
    bandwidth = copy_bandwidth(place)
    read_each_token = weight_bytes_per_token(model)
    return {
        "device": torch.cuda.get_device_name(place) if place.type == "cuda" else "cpu",
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "load_seconds": round(load_seconds, 1),
        "image_tokens": prepared.image_tokens,
        "weights_gb": round(sum(weight.nbytes for weight in model.parameters()) / 1e9, 2),
        "peak_gb": round(one["peak"] / 1e9, 2),
        "first_token_seconds": round(one["first"], 2),
        "tokens_per_second": round(one["speed"], 1),
        "bandwidth_gb_per_second": round(bandwidth / 1e9),
        "share_of_bandwidth_limit": round(one["speed"] * read_each_token / bandwidth, 3),
        "batch": batch,
        "batch_peak_gb": round(many["peak"] / 1e9, 2),
        "batch_first_token_seconds": round(many["first"], 2),
        "batch_tokens_per_second": round(many["speed"] * batch, 1),
        "batch_speed_ratio": round(many["speed"] * batch / one["speed"], 2),
        "stop_latency_seconds": stop_latencies(engine, page),
        "out_of_memory": starved_and_fed(engine, page, place),
        "device_assert": asserted_and_read(entry, options, engine, page, place),
    }


def written_page(path: Path, size: tuple[int, int]) -> PageImage:
    drawn_page(*size).save(path)
    return PageImage(path=str(path), width=size[0], height=size[1])


def batched(pages: Sequence[Prepared], pad: int) -> Prepared:
    """Pages side by side, padded at the left; pixels and grids one after the other."""
    longest = max(int(page.inputs["input_ids"].shape[1]) for page in pages)
    inputs: dict[str, torch.Tensor] = {}
    for name in pages[0].inputs:
        tensors = [page.inputs[name] for page in pages]
        if tensors[0].shape[:2] == pages[0].inputs["input_ids"].shape[:2]:
            filler = pad if name == "input_ids" else 0
            tensors = [
                torch.nn.functional.pad(tensor, (longest - tensor.shape[1], 0), value=filler)
                for tensor in tensors
            ]
        inputs[name] = torch.cat(tensors)
    return Prepared(
        inputs=inputs, seen=pages[0].seen, image_tokens=sum(page.image_tokens for page in pages)
    )


class FirstTokenClock(StoppingCriteria):
    """Notes the moment of the first token; ``generate`` asks it after each."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self.at = 0.0

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: object) -> torch.Tensor:
        if not self.at:
            synchronise(self._device)
            self.at = time.perf_counter()
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)


def timed_generation(
    engine: VisionLanguageEngine, prepared: Prepared, tokens: int
) -> Mapping[str, float]:
    """Seconds to the first token, tokens a second after it (of each page), bytes at the peak."""
    device = engine._placement.device
    firsts, speeds, peaks = [], [], []
    for _ in range(ROUNDS):
        release_memory(device)
        peak = PeakMemory(device)
        clock = FirstTokenClock(device)
        synchronise(device)
        begun = time.perf_counter()
        with torch.inference_mode():
            engine._family.model.generate(
                **prepared.inputs,
                stopping_criteria=StoppingCriteriaList([clock]),
                generation_config=GenerationConfig(
                    max_new_tokens=tokens,
                    min_new_tokens=tokens,
                    do_sample=False,
                    eos_token_id=list(engine._family.end_tokens),
                    pad_token_id=engine._family.pad_token,
                ),
            )
        synchronise(device)
        firsts.append(clock.at - begun)
        speeds.append((tokens - 1) / (time.perf_counter() - clock.at))
        peaks.append(peak.bytes)
    return {
        "first": statistics.median(firsts),
        "speed": statistics.median(speeds),
        "peak": max(peaks),
    }


def synchronise(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def copy_bandwidth(device: torch.device) -> float:
    """Bytes a second that a large copy reads and writes."""
    size = 2**28 if device.type == "cuda" else 2**26
    source = torch.empty(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    times = []
    for _ in range(10):
        synchronise(device)
        begun = time.perf_counter()
        target.copy_(source)
        synchronise(device)
        times.append(time.perf_counter() - begun)
    return 2 * source.nbytes / min(times)


def weight_bytes_per_token(model: torch.nn.Module) -> int:
    """Bytes of weights that one token of the answer needs: of the text model and the head."""
    text = [
        weight
        for name, weight in model.named_parameters()
        if "vis" not in name and "projector" not in name and "embed_tokens" not in name
    ]
    tied = not any("lm_head" in name for name, _ in model.named_parameters())
    head = [model.get_input_embeddings().weight] if tied else []
    return sum(weight.nbytes for weight in [*text, *head])


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
        factory="benchmarks.vision_language_speed:OutOfVocabularyEngine",
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
