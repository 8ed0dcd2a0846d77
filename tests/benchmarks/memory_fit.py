"""Estimates of memory against measured peaks, for models of the true sizes with random weights.

    PYTHONPATH=tests python -m benchmarks.memory_fit [--models dots.ocr,got-ocr2] [--device cpu]
        [--dtypes bfloat16] [--pixels 250000,1000000] [--weights ,int8,int4] [--layers 0]
        [--tokens 8] [--keep FOLDER]

Writes each model as a checkpoint, loads it in an engine process as the program does, reads a page
and prints a row: estimate, peak while loading, peak while reading, error, and whether it is
within the bound of 10 % plus 300 MB. The estimate is that of ``textlift.models.memory_need``,
its shape read from the checkpoint. On a CPU the peak is the process's as the kernel keeps it
(Linux only); on CUDA what NVML says of the process once it has read, since torch gives nothing
back that it held. ``--layers`` makes all parts so deep only, at their full width. Where a CPU
takes the weights as they are stored (bfloat16), what is never read of the file does not count, as
most of the embeddings: with few layers they weigh, and float32 is to be measured.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import torch

from benchmarks.library_models import PUBLISHED, with_layers
from textlift.content.page_image import PageImage
from textlift.engines.contract import EngineOptions, ReadOptions
from textlift.engines.process import EngineProcess
from textlift.engines.vision_language.entries import model_engine
from textlift.engines.vision_language.families import families
from textlift.engines.vision_language.shapes import checkpoint_shape
from textlift.models.catalogue import ModelEntry
from textlift.models.memory import sample_memory
from textlift.models.memory_need import MemoryNeed, Work, memory_need
from textlift.settings import Saving
from tiny_models.random_checkpoint import drawn_page

A4_AT_200_DPI = (1654, 2339)
_MODES = {"paddleocr_vl": "element"}
"""In which the model is shown the page, and not one region of it after the other."""

_NUMBER_BYTES = {"bfloat16": 2, "float16": 2, "float32": 4}


class Case(msgspec.Struct, frozen=True):
    """One row of the table."""

    name: str
    family: str
    folder: str
    device: str
    dtype: str
    weights: str
    pixels: int
    tokens: int


class Outcome(msgspec.Struct, frozen=True):
    """What was estimated and measured; bytes."""

    seen: int
    need: MemoryNeed
    loading: int
    reading: int

    @property
    def measured(self) -> int:
        # Loading maps the files, and mapped pages go as soon as somebody else needs the memory.
        return self.reading

    @property
    def within(self) -> bool:
        return within_bound(self.need.total, self.measured)


def within_bound(estimate: int, measured: int) -> bool:
    """Whether an estimate is good enough: 10 % plus 300 MB."""
    return abs(estimate - measured) <= 0.1 * measured + 300e6


def main() -> None:
    arguments = _arguments()
    if arguments.write:
        write_checkpoint(arguments.models, Path(arguments.write), layers=arguments.layers)
        return
    print("| model | numbers | megapixels | estimate | loading | reading | error | within |")
    print("|---|---|---|---|---|---|---|---|")
    for case in _cases(arguments):
        outcome = measure(case)
        error = (outcome.need.total - outcome.measured) / outcome.measured
        print(
            f"| {case.name} | {case.weights or case.dtype} | {outcome.seen / 1e6:.2f} "
            f"| {outcome.need.total / 1e9:.2f} GB | {outcome.loading / 1e9:.2f} GB "
            f"| {outcome.reading / 1e9:.2f} GB | {error:+.0%} "
            f"| {'yes' if outcome.within else 'NO'} |",
            flush=True,
        )


def write_checkpoint(name: str, folder: Path, *, layers: int) -> None:
    """Writes one in bfloat16; in a process of its own, since it takes as much memory again."""
    model = PUBLISHED[name]
    if layers:
        whole = model.config
        model = msgspec.structs.replace(
            model, config=lambda tokens, shrunk: with_layers(whole(tokens, shrunk), layers)
        )
    model.write(folder, device=torch.device("cpu"), shrunk=False)


def measure(case: Case) -> Outcome:
    """Loads the model in an engine process and reads a page with it."""
    entry = ModelEntry(name=case.name, title=case.name, family=case.family, folder=case.folder)
    card = families()[entry.family]
    options = EngineOptions(
        device=case.device,
        threads=1,
        dtype=case.dtype,
        max_pixels=case.pixels,
        token_limit=case.tokens,
        savings={case.name: Saving(weights=case.weights)},
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        drawn_page(*A4_AT_200_DPI).save(path)
        page = PageImage(path=str(path), width=A4_AT_200_DPI[0], height=A4_AT_200_DPI[1])
        engine = EngineProcess(model_engine(entry, card), options)
        try:
            engine.load()
            loading = peak(engine, case.device)
            mode = _MODES.get(case.family, "")
            reading = engine.read(page, ReadOptions(mode=mode), on_progress=lambda _: None)
            end = peak(engine, case.device)
        finally:
            engine.kill()
    seen = reading.generation.pixels
    work = Work(
        shape=checkpoint_shape(Path(case.folder), card),
        # Of a picture in tiles the whole is shown besides; the budget counts both.
        pixels=min(case.pixels, A4_AT_200_DPI[0] * A4_AT_200_DPI[1], card.max_pixels),
        answer_tokens=case.tokens,
        number_bytes=_NUMBER_BYTES[case.dtype],
        weights=case.weights,
    )
    return Outcome(seen=seen, need=memory_need(work, case.device), loading=loading, reading=end)


def peak(engine: EngineProcess, device: str) -> int:
    """Bytes the engine process has had at most since its last page began."""
    pid = engine.process.pid
    if device == "cpu":
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("the kernel does not keep the peak of a process")
    return max(gpu.ours for gpu in sample_memory([pid]).gpus)


def _cases(arguments: argparse.Namespace) -> Iterator[Case]:
    for name in arguments.models.split(","):
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(arguments.keep or temporary) / f"{name}-{arguments.layers}"
            if not folder.exists():
                subprocess.run(
                    [sys.executable, "-m", "benchmarks.memory_fit", "--models", name,
                     "--layers", str(arguments.layers), "--write", str(folder)],
                    check=True,
                )  # fmt: skip
            for dtype in arguments.dtypes.split(","):
                for weights in arguments.weights.split(","):
                    for pixels in arguments.pixels.split(","):
                        yield Case(
                            name=name,
                            family=PUBLISHED[name].family,
                            folder=str(folder),
                            device=arguments.device,
                            dtype=dtype,
                            weights=weights,
                            pixels=int(pixels),
                            tokens=arguments.tokens,
                        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default="dots.ocr,qwen2.5-vl-3b,got-ocr2")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtypes", default="bfloat16")
    parser.add_argument("--weights", default="")
    parser.add_argument("--pixels", default="250000,1000000")
    parser.add_argument("--layers", type=int, default=0)
    parser.add_argument("--tokens", type=int, default=8)
    parser.add_argument("--keep", default="", help="folder to write checkpoints into and leave")
    parser.add_argument("--write", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
