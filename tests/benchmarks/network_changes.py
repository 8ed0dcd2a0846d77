"""What each way to run PP-OCRv6's networks brings, one against another on lines of real pages.

    PYTHONPATH=tests python -m benchmarks.network_changes FOLDER [--pages 2] [--rounds 5]

FOLDER holds images. The first pages of it are read once, and what the networks were asked is kept.
Then both ways take turns, A B A B; a ratio above 1 says that the second one, which is Textlift's
where there is a choice, takes less time. On one core, except where cores are what it is about.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, quantize_static

from benchmarks.network_replay import Call, is_of_a_page, is_of_lines, read_text, recorded
from textlift.content.page_image import PageImage
from textlift.documents.client import DocumentReader
from textlift.engines.contract import EngineOptions
from textlift.engines.pp_ocr.engine import PpOcrEngine
from textlift.engines.pp_ocr.last_layer import body_and_head
from textlift.engines.pp_ocr.line_network import BLANK, LineNetwork
from textlift.engines.pp_ocr.openvino_network import OpenVinoNetwork, openvino_is_installed
from textlift.engines.pp_ocr.recognition import LINE_HEIGHT
from textlift.engines.pp_ocr.weights import Floats, Network, OnnxNetwork, bundled
from textlift.engines.usable_cores import pages_in_flight

RECOGNISER, DETECTOR = "PP-OCRv6_rec_small.onnx", "PP-OCRv6_det_small.onnx"
_IMAGES = {".png", ".jpg", ".jpeg", ".tif", ".tiff"}
_CALIBRATED_WITH = 4

Way = Callable[[], object]


class Asked:
    """What networks are asked for some pages.

    Attributes:
        lines: Of the recogniser, each by itself, shape (1, 3, 48, width).
        pages: Of the detector.
    """

    def __init__(self, calls: Sequence[Call]) -> None:
        self.lines = [call.batch for call in calls if is_of_lines(call.batch)]
        self.pages = [call.batch for call in calls if is_of_a_page(call.batch)]


def first_images(folder: Path, count: int) -> list[Path]:
    """So many images of a folder, by their names."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in _IMAGES)
    if not paths:
        raise SystemExit(f"There is no image in {folder}.")
    return paths[:count]


@contextmanager
def first_pages(paths: Sequence[Path]) -> Iterator[list[PageImage]]:
    """The first page of each of these files, as Textlift draws it."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["TEXTLIFT_HOME"] = home
        with closing(DocumentReader(Path(home))) as reader:
            yield [reader.render(reader.open(str(path)), 1) for path in paths]


def ask(engine: PpOcrEngine, pages: Sequence[PageImage]) -> Asked:
    """Reads these pages."""
    with recorded() as calls:
        for page in pages:
            read_text(engine, page)
    return Asked(calls)


def comparisons(engine: PpOcrEngine, pages: Sequence[PageImage]) -> Iterator[tuple[str, Way, Way]]:
    """What is compared: its name, the other way, and Textlift's."""
    asked = ask(engine, pages)
    yield (
        "one thread for OpenCV, against two, whole pages",
        reading(engine, pages, opencv_threads=2),
        reading(engine, pages, opencv_threads=1),
    )
    model = onnx.load(bundled(RECOGNISER))
    parts = body_and_head(onnx.load(bundled(RECOGNISER)))
    assert parts is not None
    body, head = (part.SerializeToString() for part in parts)
    one, two = (OnnxNetwork(body, threads=count) for count in (1, 2))
    some = asked.lines[:24]

    def side_by_side() -> None:
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(one, some))

    yield "two threads for a line, against one", each(one, some), each(two, some)
    yield "two lines side by side, against one after the other", each(one, some), side_by_side

    whole = OnnxNetwork(model.SerializeToString(), threads=1)
    apart = LineNetwork(onnx.load(bundled(RECOGNISER)))

    def in_one_piece() -> None:
        for batch in some:
            probabilities = whole(batch)
            probabilities.argmax(axis=2), probabilities.max(axis=2)

    yield "the last layer apart", in_one_piece, each(apart, some)
    yield "no last layer at all: no alphabet can be cut shorter", each(apart, some), each(one, some)
    last = OnnxNetwork(head, threads=1)
    logits = [last(one(line)[:, :32])[0] for line in asked.lines[:20]]
    yield "scores by ONNX Runtime, against NumPy", by_numpy(logits), by_runtime(apart, logits)

    eights = in_eights(asked.lines)
    columns = sum(batch.shape[0] * batch.shape[3] for batch in eights) / sum(
        line.shape[3] for line in asked.lines
    )
    name = f"a line at a time ({columns:.3f} times fewer columns), against eight"
    yield name, each(one, eights), each(one, asked.lines)

    detector = bundled(DETECTOR).read_bytes()
    yield (
        "the arena in the detector",
        each(without_arena(detector), asked.pages[:2]),
        each(OnnxNetwork(detector, threads=1), asked.pages[:2]),
    )
    if openvino_is_installed():
        other = OpenVinoNetwork(body, side_by_side=1)
        yield "OpenVINO (not Textlift's choice here)", each(one, some), each(other, some)
    yield "eight bits (not used)", each(one, some), each(in_eight_bits(parts[0], some), some)


def reading(engine: PpOcrEngine, pages: Sequence[PageImage], *, opencv_threads: int) -> Way:
    """Reads pages, as many at once as Textlift gives the engine."""

    def run() -> None:
        cv2.setNumThreads(opencv_threads)
        with ThreadPoolExecutor(pages_in_flight()) as threads:
            for _ in threads.map(lambda page: read_text(engine, page), pages):
                pass

    return run


def each(network: Callable[[Floats], object], inputs: Sequence[Floats]) -> Way:
    """Runs a network on each of these."""

    def run() -> None:
        for one in inputs:
            network(one)

    return run


def by_numpy(logits: Sequence[Floats]) -> Way:
    """The probability of the likeliest character where one stands, as NumPy makes it."""

    def run() -> None:
        for some in logits:
            written = some[some.argmax(axis=1) != BLANK]
            1 / np.exp(written - written.max(axis=1, keepdims=True)).sum(axis=1)

    return run


def by_runtime(network: LineNetwork, logits: Sequence[Floats]) -> Way:
    """The same as Textlift has it made."""

    def run() -> None:
        for some in logits:
            written = some[some.argmax(axis=1) != BLANK]
            if len(written):
                network._certainty(written)

    return run


def in_eights(lines: Sequence[Floats]) -> list[Floats]:
    """Lines of about one length in batches, padded to the longest."""
    by_length = sorted(lines, key=lambda line: line.shape[3])
    batches = []
    for start in range(0, len(by_length), 8):
        some = by_length[start : start + 8]
        batch = np.zeros((len(some), 3, LINE_HEIGHT, some[-1].shape[3]), dtype=np.float32)
        for target, line in zip(batch, some, strict=True):
            target[:, :, : line.shape[3]] = line[0]
        batches.append(batch)
    return batches


def without_arena(model: bytes) -> Network:
    """A network that asks the system for memory each time."""
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 3
    settings.intra_op_num_threads = 1
    settings.enable_mem_pattern = settings.enable_cpu_mem_arena = False
    session = onnxruntime.InferenceSession(model, settings, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda batch: np.asarray(session.run(None, {name: batch})[0])


class _Calibration(CalibrationDataReader):
    def __init__(self, name: str, inputs: Sequence[Floats]) -> None:
        self._inputs = iter([{name: one} for one in inputs])

    def get_next(self) -> dict[str, Floats] | None:
        return next(self._inputs, None)


def in_eight_bits(model: onnx.ModelProto, inputs: Sequence[Floats]) -> Network:
    """The network with weights and values of eight bits, one scale for each array."""
    name = model.graph.input[0].name
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.onnx", Path(folder) / "after.onnx"
        onnx.save(model, before)
        quantize_static(before, after, _Calibration(name, inputs[:_CALIBRATED_WITH]))
        return OnnxNetwork(after.read_bytes(), threads=1)


def seconds(way: Way) -> float:
    """By the clock, for some ways share their work among threads."""
    started = time.perf_counter()
    way()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    paths = first_images(arguments.folder, arguments.pages)
    print("| change | times as quick | from | to |\n|---|---|---|---|")
    with first_pages(paths) as pages:
        for name, other, ours in comparisons(PpOcrEngine(EngineOptions()), pages):
            other(), ours()
            ratios = [seconds(other) / seconds(ours) for _ in range(arguments.rounds)]
            middle, least, most = statistics.median(ratios), min(ratios), max(ratios)
            print(f"| {name} | {middle:.2f} | {least:.2f} | {most:.2f} |", flush=True)


if __name__ == "__main__":
    main()
