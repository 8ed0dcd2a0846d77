"""Each tiny model in an engine process of its own: it streams, reads, stops, and reads again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from textlift.content.page_image import PageImage
from textlift.content.reading import StopReason
from textlift.engines.contract import EngineOptions, ReadOptions, ReadProgress
from textlift.engines.process import EngineProcess
from textlift.engines.vision_language.entries import folder_engine
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessCancelled
from tiny_models.checkpoints import CHECKPOINTS, SIZE_LIMIT, folder_size
from tiny_models.reading_matter import TINY_MODELS, unseen_lines
from tiny_models.scoring import character_error_rate

pytestmark = pytest.mark.real_engine

LINES = 20

Unseen = list[tuple[str, Image.Image]]


@pytest.fixture(scope="module", params=TINY_MODELS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def process(name: str) -> Iterator[EngineProcess]:
    entry = folder_engine(CHECKPOINTS / name)
    process = EngineProcess(entry, EngineOptions(device="cpu", threads=1))
    process.load()
    yield process
    process.close()


@pytest.fixture(scope="module")
def lines(name: str) -> Unseen:
    return unseen_lines(name, LINES)


def written(image: Image.Image, folder: Path) -> PageImage:
    path = folder / "page.png"
    image.save(path)
    return PageImage(path=str(path), width=image.width, height=image.height)


def test_it_is_small(name: str) -> None:
    assert folder_size(CHECKPOINTS / name) <= SIZE_LIMIT


def test_it_reads_what_it_has_never_seen(
    process: EngineProcess, lines: Unseen, tmp_path: Path
) -> None:
    read = []
    for text, image in lines:
        progress: list[ReadProgress] = []
        reading = process.read(
            written(image, tmp_path), ReadOptions(mode="text"), on_progress=progress.append
        )
        assert reading.stop_reason is StopReason.END
        assert "".join(item.text for item in progress).strip() == reading.text
        read.append((text, reading.text))
    assert character_error_rate(read) < 0.05, read


def test_it_tells_what_it_takes(process: EngineProcess, lines: Unseen, tmp_path: Path) -> None:
    loaded = process.memory
    assert loaded is not None
    assert (loaded.device, loaded.cache) == ("cpu", 0)
    assert 0 < loaded.weights <= 2 * SIZE_LIMIT
    progress: list[ReadProgress] = []
    page = written(lines[0][1], tmp_path)
    process.read(page, ReadOptions(mode="text"), on_progress=progress.append)
    told = [item.memory for item in progress if item.memory is not None]
    assert max(memory.cache for memory in told) > 0, "while it writes"
    assert told[-1].cache == 0, "after the page"
    assert {memory.weights for memory in told} == {loaded.weights}


def test_a_stop_ends_the_page_and_not_the_process(
    process: EngineProcess, lines: Unseen, tmp_path: Path
) -> None:
    page = written(lines[0][1], tmp_path)
    cancellation = Cancellation()
    with pytest.raises(ProcessCancelled):
        process.read(
            page,
            ReadOptions(mode="text"),
            on_progress=lambda progress: cancellation.cancel(),
            cancellation=cancellation,
        )
    pid = process.process.pid
    again = process.read(page, ReadOptions(mode="text"), on_progress=lambda progress: None)
    assert again.text
    assert process.process.pid == pid
