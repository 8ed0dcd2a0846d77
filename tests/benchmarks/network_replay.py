"""PP-OCRv6's networks by themselves: no program that asks them the same can read faster.

A reading is recorded, each call of a network with what went into it. Played back, the calls share
the cores as independent pieces of work, the largest first, and nothing else is done: no page is
drawn, nothing is cut out, put in order, checked, stored or shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import msgspec
import numpy as np

from textlift.content.page_image import PageImage
from textlift.engines.contract import EngineError, ReadOptions
from textlift.engines.pp_ocr.engine import PpOcrEngine
from textlift.engines.pp_ocr.openvino_network import OpenVinoNetwork
from textlift.engines.pp_ocr.recognition import LINE_HEIGHT
from textlift.engines.pp_ocr.weights import Floats, Network, OnnxNetwork
from textlift.engines.usable_cores import usable_cores
from textlift.processes.cancellation import Cancellation


class Call(msgspec.Struct, frozen=True):
    """A network and what it was asked."""

    network: Network
    batch: Floats


@contextmanager
def recorded() -> Iterator[list[Call]]:
    """All calls of networks in this process while the block goes on."""
    calls: list[Call] = []
    with ExitStack() as stack:
        for kind in (OnnxNetwork, OpenVinoNetwork):
            stack.enter_context(patch.object(kind, "__call__", _recording(kind, calls)))
        yield calls


def _recording(kind: type[OnnxNetwork | OpenVinoNetwork], calls: list[Call]) -> object:
    run = kind.__call__

    def record_and_run(network: OnnxNetwork | OpenVinoNetwork, batch: Floats) -> Floats:
        # The scores of all characters, which the softmax gets, would take 75 kB a letter: of those
        # of a call the first stands for all.
        kept = np.broadcast_to(batch[:1].copy(), batch.shape) if batch.ndim == 2 else batch
        calls.append(Call(network, kept))
        return run(network, batch)

    return record_and_run


def read_text(engine: PpOcrEngine, image: PageImage) -> str:
    """What an engine in this process reads on a page; nothing where it cannot."""
    try:
        return engine.read(
            image, ReadOptions(), on_progress=lambda _: None, cancellation=Cancellation()
        ).text
    except EngineError:
        return ""


def play(calls: Sequence[Call]) -> None:
    """Makes the calls once more, as many at once as there are cores."""
    with ThreadPoolExecutor(usable_cores()) as threads:
        # Those that take longest first, so that no core waits for another at the end.
        for _ in threads.map(_make, sorted(calls, key=lambda call: -call.batch.size)):
            pass


def _make(call: Call) -> None:
    call.network(call.batch)


def is_of_lines(batch: Floats) -> bool:
    """Whether a recogniser was asked about lines, not its last layer about features."""
    return batch.ndim == 4 and batch.shape[2] == LINE_HEIGHT


def is_of_a_page(batch: Floats) -> bool:
    """Whether a detector was asked, which gets nothing as low as a line."""
    return batch.ndim == 4 and batch.shape[2] != LINE_HEIGHT
