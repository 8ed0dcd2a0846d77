"""Where the time of PP-OCRv6's networks goes, by kind of operation, on one core.

    OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests python -m benchmarks.network_profile FOLDER [--pages 2]

FOLDER holds images. The first pages of it are read once, then the networks are asked the same
again with ONNX Runtime's own profiler. Convolutions are told apart by their kernel, and have their
arithmetic in GFLOP/s (a multiplication and an addition are two). The last line is what NumPy's
OpenBLAS reaches on matrices as large as those of the convolutions of 1 by 1.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import onnx
import onnxruntime

from benchmarks.network_changes import DETECTOR, RECOGNISER, ask, first_images, first_pages
from textlift.engines.contract import EngineOptions
from textlift.engines.pp_ocr.engine import PpOcrEngine
from textlift.engines.pp_ocr.last_layer import body_and_head
from textlift.engines.pp_ocr.weights import Floats, bundled

_PRODUCTS_COMPARED = 40


class Operation(msgspec.Struct, frozen=True):
    """One that was run.

    Attributes:
        kind: Its name; of a convolution with its kernel.
        seconds: That it took.
        operations: Multiplications and additions; 0 where they are not counted.
        product: Rows, inner length and columns of the matrix product that a convolution of
            1 by 1 is.
    """

    kind: str
    seconds: float
    operations: float = 0.0
    product: tuple[int, int, int] | None = None


def profiled(model: bytes, batches: Sequence[Floats]) -> list[Operation]:
    """Runs a network on each of these, in one thread."""
    with tempfile.TemporaryDirectory() as folder:
        settings = onnxruntime.SessionOptions()
        settings.log_severity_level = 3
        settings.intra_op_num_threads = 1
        settings.enable_mem_pattern = False
        settings.enable_profiling = True
        settings.profile_file_prefix = str(Path(folder) / "profile")
        session = onnxruntime.InferenceSession(model, settings, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        for batch in batches:
            session.run(None, {name: batch})
        events = msgspec.json.decode(Path(session.end_profiling()).read_bytes())
    return [
        _operation(event)
        for event in events
        if event["cat"] == "Node" and event["name"].endswith("_kernel_time")
    ]


def _operation(event: dict[str, object]) -> Operation:
    arguments = event["args"]
    assert isinstance(arguments, dict)
    seconds = float(str(event["dur"])) / 1e6
    kind = str(arguments["op_name"])
    inputs = [_shape(one) for one in arguments["input_type_shape"]]
    (output,) = (_shape(one) for one in arguments["output_type_shape"][:1])
    if "Conv" not in kind or len(inputs) < 2 or len(inputs[1]) != 4 or "Transpose" in kind:
        return Operation(kind, seconds)
    outputs, channels, height, width = inputs[1]
    places = math.prod(output[2:]) * output[0]
    each = channels * height * width
    name = f"{kind} {height} by {width}" + (", each channel by itself" if channels == 1 else "")
    product = (outputs, channels, places) if height == width == 1 and channels > 1 else None
    return Operation(name, seconds, 2.0 * outputs * each * places, product)


def _shape(described: dict[str, list[int]]) -> list[int]:
    (shape,) = described.values()
    return shape


def by_openblas(products: Iterable[tuple[int, int, int]]) -> float:
    """Operations a second that NumPy reaches on such products, those that take most first."""
    counted = Counter(products)
    heaviest = sorted(counted, key=lambda one: -counted[one] * math.prod(one))
    operations = seconds = 0.0
    for rows, inner, columns in heaviest[:_PRODUCTS_COMPARED]:
        generator = np.random.default_rng(0)
        a = generator.random((rows, inner), dtype=np.float32)
        b = generator.random((inner, columns), dtype=np.float32)
        times = []
        for _ in range(5):
            started = time.perf_counter()
            a @ b
            times.append(time.perf_counter() - started)
        weight = counted[rows, inner, columns]
        operations += weight * 2.0 * rows * inner * columns
        seconds += weight * statistics.median(times)
    return operations / seconds


def print_table(name: str, done: Sequence[Operation]) -> None:
    """A row for each kind, the longest first."""
    kinds: defaultdict[str, list[Operation]] = defaultdict(list)
    for one in done:
        kinds[one.kind].append(one)
    total = sum(one.seconds for one in done)
    print(f"\n| {name}, {total:.1f} s | share | GFLOP/s |\n|---|---|---|")
    for kind, ones in sorted(kinds.items(), key=lambda pair: -sum(o.seconds for o in pair[1])):
        seconds = sum(one.seconds for one in ones)
        if seconds < 0.01 * total:
            continue
        speed = sum(one.operations for one in ones) / seconds / 1e9
        print(f"| {kind} | {seconds / total:.0%} | {f'{speed:.0f}' if speed else ''} |")
    products = [one.product for one in done if one.product is not None]
    print(f"| OpenBLAS on the products of 1 by 1 | | {by_openblas(products) / 1e9:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=2)
    arguments = parser.parse_args()
    with first_pages(first_images(arguments.folder, arguments.pages)) as pages:
        asked = ask(PpOcrEngine(EngineOptions()), pages)
    parts = body_and_head(onnx.load(bundled(RECOGNISER)))
    assert parts is not None
    print_table("detector", profiled(bundled(DETECTOR).read_bytes(), asked.pages))
    print_table("recogniser's body", profiled(parts[0].SerializeToString(), asked.lines))


if __name__ == "__main__":
    main()
