"""Answers of several pages at once, against the library's ``generate`` page by page.

    PYTHONPATH=tests python -m benchmarks.batch_decoding [--models dots.ocr,qwen2.5-vl-3b,got-ocr2]
        [--device auto] [--dtype bfloat16] [--tokens 1500] [--pages 8] [--rounds 3] [--scale full]

Full-size models with random weights, as in ``vision_language_speed``; ``--scale shrunk`` tries
the script on a CPU, and ``--scale middle`` has a language model large enough to measure one with.
Pages differ in size; each has so many tokens of answer, no fewer. Three ways take turns within a
round (A B C A B C): ``generate`` page by page, as the cards of the models show it; our loop page
by page; our loop with all pages at once, each wanted by a thread of its own. Medians of rounds;
the first, which warms up, is thrown away.

"Share of the limit" is of what the memory's bandwidth sets for one page: bytes of the weights that
each token needs, over the bandwidth of a large copy measured in the same run. "CPU" is processor
time, which other programs do not lengthen as they do the time. Tokens are compared with those of
``generate``; in bfloat16 random weights have ties, so compare with ``--dtype float32``.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import torch
from transformers import GenerationConfig, StoppingCriteriaList

from benchmarks.device_limits import copy_bandwidth, synchronise, weight_bytes_per_token
from benchmarks.forced_answers import FirstToken, Stopwatch
from benchmarks.full_size_models import FULL_SIZE
from benchmarks.vision_language_speed import SIZES
from textlift.engines.contract import EngineOptions
from textlift.engines.vision_language.decoding.cuda_graphs import CudaGraphs
from textlift.engines.vision_language.decoding.decoder import Decoder
from textlift.engines.vision_language.decoding.job import Job
from textlift.engines.vision_language.engine import VisionLanguageEngine
from textlift.engines.vision_language.family import Family, Prepared, Request
from textlift.engines.vision_language.memory import PeakMemory, release_memory
from textlift.models.catalogue import ModelEntry
from tiny_models.random_checkpoint import drawn_page

SMALL_SIZES = ((196, 280), (196, 252), (168, 280), (140, 280))


class Answered(msgspec.Struct):
    """What one way gave for all pages.

    Attributes:
        tokens: Of each page.
        seconds: For all pages, questions included.
        cpu: Seconds of the processor.
        writing: Tokens a second of one page after its first; of pages read at once, of the mean.
        peak: Bytes.
    """

    tokens: list[list[int]]
    seconds: float
    cpu: float
    writing: float
    peak: int


def by_generate(family: Family, pages: Sequence[Prepared], tokens: int) -> Answered:
    """Page by page, as the library does it."""
    device = family.model.device
    written, speeds = [], []
    for page in pages:
        clock = FirstToken(device)
        with torch.inference_mode():
            output = family.model.generate(
                **page.inputs_on(device),
                stopping_criteria=StoppingCriteriaList([clock]),
                generation_config=GenerationConfig(
                    max_new_tokens=tokens, do_sample=False, eos_token_id=None,
                    pad_token_id=family.pad_token,
                ),
            )  # fmt: skip
        synchronise(device)
        speeds.append((tokens - 1) / (time.perf_counter() - clock.at))
        written.append(output[0, page.inputs["input_ids"].shape[1] :].tolist())
    return Answered(written, 0.0, 0.0, statistics.mean(speeds), 0)


def by_our_loop(decoder: Decoder, pages: Sequence[Prepared], tokens: int) -> Answered:
    """Page by page."""
    watches = [Stopwatch() for _ in pages]
    for page, watch in zip(pages, watches, strict=True):
        decoder.write(Job(page.inputs, room=tokens, listener=watch))
    return Answered(
        [watch.tokens for watch in watches],
        0.0,
        0.0,
        statistics.mean(watch.speed for watch in watches),
        0,
    )


def at_once(decoder: Decoder, pages: Sequence[Prepared], tokens: int) -> Answered:
    """All pages, each for a thread of its own."""
    watches = [Stopwatch() for _ in pages]
    threads = [
        threading.Thread(
            target=decoder.write, args=(Job(page.inputs, room=tokens, listener=watch),)
        )
        for page, watch in zip(pages, watches, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Answered(
        [watch.tokens for watch in watches],
        0.0,
        0.0,
        statistics.mean(watch.speed for watch in watches),
        0,
    )


def timed(device: torch.device, way: Callable[[], Answered]) -> Answered:
    """One way, with the time it took."""
    gc.collect()
    peak = PeakMemory(device)
    synchronise(device)
    begun, cpu = time.perf_counter(), time.process_time()
    answered = way()
    synchronise(device)
    answered.seconds = time.perf_counter() - begun
    answered.cpu = time.process_time() - cpu
    answered.peak = peak.bytes
    return answered


def same(one: list[list[int]], other: list[list[int]]) -> str:
    """How many pages have the same tokens, and where the first of the others differs."""
    equal = sum(a == b for a, b in zip(one, other, strict=True))
    if equal == len(one):
        return f"{equal} of {len(one)} pages equal"
    first = min(
        next(place for place, (x, y) in enumerate(zip(a, b, strict=True)) if x != y)
        for a, b in zip(one, other, strict=True)
        if a != b
    )
    return f"{equal} of {len(one)} pages equal, the first difference at token {first + 1}"


def measure(name: str, folder: Path, arguments: argparse.Namespace) -> None:
    """Prints the table of one model."""
    full_size = FULL_SIZE[name]
    entry = ModelEntry(name=name, title=name, family=full_size.family, folder=str(folder / "model"))
    build_on = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if arguments.scale == "middle":
        full_size = middle(full_size)
    full_size.write(Path(entry.folder), device=build_on, shrunk=arguments.scale != "full")
    gc.collect()
    release_memory(build_on)
    engine = VisionLanguageEngine(
        EngineOptions(device=arguments.device, dtype=arguments.dtype, model=entry)
    )
    family, device = engine._family, engine._placement.device
    mode = engine._card.modes[0].name
    sizes = SIZES if arguments.scale == "full" else SMALL_SIZES
    pages = [
        family.prepare(
            drawn_page(*sizes[number % len(sizes)]), Request(mode=mode, max_pixels=4_000_000)
        )
        for number in range(arguments.pages)
    ]
    decoder = Decoder(
        family.model,
        device,
        capacity=arguments.pages,
        recorder=CudaGraphs(device) if device.type == "cuda" else None,
    )
    ways: dict[str, Callable[[], Answered]] = {
        "generate, page by page": lambda: by_generate(family, pages, arguments.tokens),
        "our loop, page by page": lambda: by_our_loop(decoder, pages, arguments.tokens),
        f"our loop, {arguments.pages} at once": lambda: at_once(decoder, pages, arguments.tokens),
    }
    found: dict[str, list[Answered]] = {way: [] for way in ways}
    for number in range(arguments.rounds + 1):
        for way, run in ways.items():
            answered = timed(device, run)
            if number:
                found[way].append(answered)
    show(name, engine, pages, found, arguments)


def middle(full_size):
    """A model of the same kind whose weights do not fit into a cache of the processor."""

    def config(tokenizer, shrunk):
        made = full_size.config(tokenizer, shrunk)
        text = made.get_text_config()
        text.hidden_size, text.intermediate_size, text.num_hidden_layers = 512, 2048, 8
        text.vocab_size, text.num_attention_heads, text.num_key_value_heads = 8192, 8, 2
        text.layer_types = ["full_attention"] * 8
        if "mrope_section" in (text.rope_parameters or {}):
            text.rope_parameters["mrope_section"] = [8, 12, 12]
        vision = made.vision_config
        for field in ("out_hidden_size", "hidden_size" if hasattr(vision, "embed_dim") else ""):
            if hasattr(vision, field):
                setattr(vision, field, 512)
        return made

    return msgspec.structs.replace(full_size, config=config)


def show(
    name: str,
    engine: VisionLanguageEngine,
    pages: Sequence[Prepared],
    found: dict[str, list[Answered]],
    arguments: argparse.Namespace,
) -> None:
    device = engine._placement.device
    model = engine._family.model
    bandwidth = copy_bandwidth(device)
    limit = bandwidth / weight_bytes_per_token(model)
    title = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    prompts = [int(page.inputs["input_ids"].shape[1]) for page in pages]
    print(
        f"\n{name} ({arguments.scale}, {sum(w.numel() for w in model.parameters()) / 1e6:.0f} M "
        f"parameters, {arguments.dtype}) on {title}, {torch.get_num_threads()} threads, load "
        f"{os.getloadavg()[0]:.1f}; {len(pages)} pages of {min(prompts)} to {max(prompts)} tokens, "
        f"{arguments.tokens} tokens of answer each; a copy moves {bandwidth / 1e9:.0f} GB/s, which "
        f"limits one page to {limit:.1f} tokens a second.\n"
    )
    print("| way | pages a minute | to generate | CPU to generate | tokens a second of a page "
          "| share of the limit | peak GB | tokens |")  # fmt: skip
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    base = next(iter(found.values()))
    for way, rounds in found.items():
        ratios = [a.seconds / b.seconds for a, b in zip(base, rounds, strict=True)]
        cpu = [a.cpu / b.cpu for a, b in zip(base, rounds, strict=True)]
        seconds = statistics.median(one.seconds for one in rounds)
        writing = statistics.median(one.writing for one in rounds)
        print(
            f"| {way} | {60 * len(pages) / seconds:.1f} | {statistics.median(ratios):.2f} "
            f"| {statistics.median(cpu):.2f} | {writing:.1f} | {writing / limit:.0%} "
            f"| {max(one.peak for one in rounds) / 1e9:.2f} "
            f"| {same(base[0].tokens, rounds[0].tokens)} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default=",".join(FULL_SIZE))
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="bfloat16")
    parser.add_argument("--tokens", type=int, default=1500)
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", default="full", choices=("full", "middle", "shrunk"))
    arguments = parser.parse_args()
    for name in arguments.models.split(","):
        with tempfile.TemporaryDirectory() as folder:
            measure(name, Path(folder), arguments)


if __name__ == "__main__":
    main()
