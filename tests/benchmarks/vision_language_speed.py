"""Speed of full-size models with random weights, against the library's ``generate``.

    PYTHONPATH=tests python -m benchmarks.vision_language_speed [--models dots.ocr]
        [--device auto] [--tokens 1500] [--pages 8] [--rounds 2] [--shrunk]

Builds each model on the device, writes it as a checkpoint and prints one table. Two ways take
turns, A B A B, and medians count: ``generate``, page by page, as the cards of the models show it,
and the program's own loop, for one page and for several at once. Each answer has so many tokens,
no fewer; each page is opened, prepared and read from its file, an A4 page at 200 dpi.

The limit of one page is what the memory's bandwidth allows: bytes of the weights, and of the keys
and values at half the answer, that each token needs, over the bandwidth of a large copy measured
in the same run. In float32 the tokens must be equal; in bfloat16, two answers may part where the
scores of the two tokens lie within rounding (``token_ties``). Loading is timed from the start of a
process, with the weights in the page cache ("warm") and driven out of it ("cold").

``--models`` takes dots.ocr, qwen2.5-vl-3b and got-ocr2, parted by commas. dots.ocr takes under
eight minutes on an H200. ``--shrunk`` tries the script on a CPU, where one page of several is
written at a time as fast as all of them, and says nothing about speed.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import torch

from benchmarks.device_limits import (
    copy_bandwidth,
    tokens_per_second_limit,
)
from benchmarks.forced_answers import Answered, Page, by_generate, by_our_loop, written_pages
from benchmarks.full_size_models import FULL_SIZE
from benchmarks.load_times import load_times
from benchmarks.token_ties import compared, said
from textlift.engines.contract import EngineOptions
from textlift.engines.vision_language.decoding.cuda_graphs import CudaGraphs
from textlift.engines.vision_language.decoding.decoder import Decoder
from textlift.engines.vision_language.engine import VisionLanguageEngine
from textlift.engines.vision_language.entries import model_engine
from textlift.engines.vision_language.families import families
from textlift.engines.vision_language.family import Family
from textlift.engines.vision_language.memory import release_memory
from textlift.models.catalogue import ModelEntry

SIZES = ((1654, 2339), (1654, 2100), (1500, 2339), (1654, 1800))
"""Pixels of the pages, in turn."""

SMALL_SIZES = ((308, 420), (280, 420), (308, 364), (224, 420))

_EXACT_SHARE = 5
"""The comparison in float32 writes a fifth of the tokens."""

Row = tuple[str, str, str, str, str]
"""What, by ``generate``, by ours, their ratio, what is wanted."""


class Asked(msgspec.Struct, frozen=True):
    """What is to be measured.

    Attributes:
        device: As in the settings.
        tokens: Of each answer.
        pages: At once.
        rounds: Of both ways.
        shrunk: Small models and pages.
        loads: Rounds of loading; 0: it is not measured.
    """

    device: str = "auto"
    tokens: int = 1500
    pages: int = 8
    rounds: int = 2
    shrunk: bool = False
    loads: int = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default="dots.ocr")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--tokens", type=int, default=None, help="1500, shrunk 100")
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--loads", type=int, default=2)
    parser.add_argument("--shrunk", action="store_true")
    arguments = parser.parse_args()
    asked = Asked(
        device=arguments.device,
        tokens=arguments.tokens or (100 if arguments.shrunk else 1500),
        pages=arguments.pages,
        rounds=arguments.rounds,
        shrunk=arguments.shrunk,
        loads=arguments.loads,
    )
    for name in arguments.models.split(","):
        with tempfile.TemporaryDirectory() as folder:
            for line in measure(name, Path(folder), asked):
                print(line, flush=True)


def measure(name: str, folder: Path, asked: Asked) -> list[str]:
    """The table of one model, and a line about it."""
    full_size = FULL_SIZE[name]
    entry = ModelEntry(name=name, title=name, family=full_size.family, folder=str(folder / "model"))
    card = families()[entry.family]
    sizes = SMALL_SIZES if asked.shrunk else SIZES
    shown = [sizes[number % len(sizes)] for number in range(asked.pages)]
    pages = written_pages(folder, shown, mode=card.modes[0].name)
    build_on = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    full_size.write(Path(entry.folder), device=build_on, shrunk=asked.shrunk)
    gc.collect()
    release_memory(build_on)
    options = EngineOptions(device=asked.device, dtype="bfloat16", model=entry)
    rows: list[Row] = []
    if asked.loads:
        for kind in ("cold", "warm"):
            taken = load_times(
                model_engine(entry, card),
                options,
                full_size.model_class,
                folder=Path(entry.folder),
                cold=kind == "cold",
                rounds=asked.loads,
            )
            rows.append(_row(f"seconds to load, {kind}", [taken.library], [taken.ours], less=True))
    line, speeds = _speeds(name, options, pages, asked)
    rows = [*speeds, *rows, _exactness(options, pages, asked)]
    return [
        line,
        "",
        "| | `generate` | ours | ratio | wanted |",
        "|---|---:|---:|---:|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]


def _speeds(
    name: str, options: EngineOptions, pages: Sequence[Page], asked: Asked
) -> tuple[str, list[Row]]:
    engine = VisionLanguageEngine(options)
    family, device = engine._family, engine._placement.device
    decoder = _decoder(family, device, len(pages))

    def ours(some: Sequence[Page]) -> Answered:
        return by_our_loop(family, decoder, some, tokens=asked.tokens, threads=len(some))

    # Kernels are chosen, memory is taken, steps are recorded.
    first = ours(pages)
    by_generate(family, pages[:1], tokens=2)
    theirs: list[Answered] = []
    alone: list[Answered] = []
    together: list[Answered] = []
    for number in range(asked.rounds):
        page = pages[number % len(pages) :][:1]
        theirs.append(by_generate(family, page, tokens=asked.tokens))
        alone.append(ours(page))
        together.append(ours(pages))
    bandwidth = copy_bandwidth(device)
    prepared = [page.prepared(family) for page in pages]
    kept = int(prepared[0].inputs["input_ids"].shape[1]) + asked.tokens / 2
    limit = tokens_per_second_limit(family.model, bandwidth=bandwidth, kept=kept)
    parted = [
        difference
        for number, answered in enumerate(theirs)
        for place in (number % len(pages),)
        for difference in (
            compared(family.model, prepared[place], answered.tokens[0], alone[number].tokens[0]),
            compared(
                family.model, prepared[place], answered.tokens[0], together[number].tokens[place]
            ),
        )
    ]
    title = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    line = (
        f"{name}{' (shrunk)' if asked.shrunk else ''} on {title}, load {os.getloadavg()[0]:.1f}: "
        f"{sum(weight.numel() for weight in family.model.parameters()) / 1e6:.0f} M parameters, "
        f"{prepared[0].image_tokens} image tokens a page, {asked.tokens} tokens of answer; a copy "
        f"moves {bandwidth / 1e9:.0f} GB/s, which limits one page to {limit:.0f} tokens a second. "
        f"The first {len(pages)} pages, with warming up, took {first.seconds:.1f} s."
    )
    count = len(pages)
    speeds = [_of(theirs, "speed"), _of(alone, "speed")]
    shares = [[value / limit for value in values] for values in speeds]
    paces = [
        [60 * size / seconds for seconds in _of(answered, "seconds")]
        for answered, size in ((theirs, 1), (alone, 1), (together, count))
    ]
    return line, [
        _row(f"pages a minute, {count} at once", paces[0], paces[2], wanted="5 times"),
        _row("pages a minute, one by one", paces[0], paces[1]),
        _row("tokens a second of one page", *speeds),
        _row("share of the limit", *shares, form="{:.1%}", wanted="50%"),
        _row("seconds to the first token", _of(theirs, "first"), _of(alone, "first"), less=True),
        _row("peak GB, one page", _gigabytes(theirs), _gigabytes(alone), less=True),
        _row(f"peak GB, {count} at once", _gigabytes(theirs), _gigabytes(together), less=True),
        ("answers in bfloat16", "", said(parted), "", "equal up to ties"),
    ]


def _exactness(options: EngineOptions, pages: Sequence[Page], asked: Asked) -> Row:
    gc.collect()
    engine = VisionLanguageEngine(msgspec.structs.replace(options, dtype="float32"))
    family, device = engine._family, engine._placement.device
    tokens = max(asked.tokens // _EXACT_SHARE, 2)
    some = pages[:3]
    decoder = _decoder(family, device, len(some))
    theirs = by_generate(family, some, tokens=tokens)
    together = by_our_loop(family, decoder, some, tokens=tokens, threads=len(some))
    parted = [
        compared(family.model, page.prepared(family), one, other)
        for page, one, other in zip(some, theirs.tokens, together.tokens, strict=True)
    ]
    return (f"answers in float32, {tokens} tokens", "", said(parted), "", "equal")


def _decoder(family: Family, device: torch.device, capacity: int) -> Decoder:
    """As the engine makes it where several pages are read at once."""
    return Decoder(
        family.model,
        device,
        capacity=capacity,
        recorder=CudaGraphs(device) if device.type == "cuda" else None,
    )


def _of(answered: Sequence[Answered], name: str) -> list[float]:
    return [getattr(one, name) for one in answered]


def _gigabytes(answered: Sequence[Answered]) -> list[float]:
    return [one.peak / 1e9 for one in answered]


def _row(
    what: str,
    theirs: Sequence[float],
    ours: Sequence[float],
    *,
    less: bool = False,
    form: str = "{:.2f}",
    wanted: str = "",
) -> Row:
    """Medians, and that of the ratios, of which more is better."""
    ratio: Callable[[float, float], float] = (lambda a, b: a / b) if less else (lambda a, b: b / a)
    ratios = [ratio(a, b) for a, b in zip(theirs, ours, strict=True)]
    return (
        what,
        form.format(statistics.median(theirs)),
        form.format(statistics.median(ours)),
        f"{statistics.median(ratios):.2f}",
        wanted,
    )


if __name__ == "__main__":
    main()
