"""Several pages in one engine at once: each is read as if it was alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from textlift.content.attempt import FailureKind
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, StopReason
from textlift.engines.contract import EngineError, EngineOptions, ReadOptions, ReadProgress
from textlift.engines.vision_language import image_budget
from textlift.engines.vision_language.decoding.batch import Pace
from textlift.engines.vision_language.decoding.decoder import Decoder
from textlift.engines.vision_language.engine import VisionLanguageEngine
from textlift.engines.vision_language.entries import folder_engine
from textlift.engines.vision_language.family import Placement
from textlift.engines.vision_language.image_budget import RoomForPages
from textlift.processes.cancellation import Cancellation
from tiny_models.checkpoints import CHECKPOINTS
from tiny_models.reading_matter import unseen_lines

LINES = 6


@pytest.fixture(scope="module")
def engine() -> VisionLanguageEngine:
    model = folder_engine(CHECKPOINTS / "qwen3_vl").model
    engine = VisionLanguageEngine(EngineOptions(device="cpu", threads=1, model=model))
    decoder = Decoder(
        engine._family.model,
        torch.device("cpu"),
        capacity=3,
        has_room=engine._room.has,
        pace=Pace(stride=2, lag=1),
    )
    engine._decoder = decoder
    engine._model_memory.count_cache(decoder.cache_bytes)
    return engine


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, PageImage]]:
    folder = tmp_path_factory.mktemp("pages")
    pages = []
    for number, (text, image) in enumerate(unseen_lines("qwen3_vl", LINES)):
        path = folder / f"{number}.png"
        image.save(path)
        page = PageImage(path=str(path), width=image.width, height=image.height)
        pages.append((text, page))
    return pages


def read(
    engine: VisionLanguageEngine,
    page: PageImage,
    *,
    on_progress: Callable[[ReadProgress], None] = lambda progress: None,
    cancellation: Cancellation | None = None,
) -> PageReading:
    return engine.read(
        page,
        ReadOptions(mode="text"),
        on_progress=on_progress,
        cancellation=cancellation or Cancellation(),
    )


@pytest.mark.real_engine
def test_pages_read_together_say_what_they_say_alone(engine, pages) -> None:
    alone = [read(engine, page) for _, page in pages]
    told: list[list[ReadProgress]] = [[] for _ in pages]
    with ThreadPoolExecutor(LINES) as pool:
        asked = [
            pool.submit(read, engine, page, on_progress=told[number].append)
            for number, (_, page) in enumerate(pages)
        ]
        together = [one.result() for one in asked]
    for one, other, progress in zip(alone, together, told, strict=True):
        assert other.text == one.text
        assert other.stop_reason is StopReason.END
        assert "".join(item.text for item in progress).strip() == other.text
        assert other.generation is not None
        assert one.generation is not None
        assert other.generation.tokens == one.generation.tokens
        assert other.generation.pixels == one.generation.pixels
        assert other.generation.peak_memory > 0
    assert max(m.cache for p in told for i in p if (m := i.memory) is not None) > 0
    assert engine._model_memory.now().cache == 0


@pytest.mark.real_engine
def test_a_page_that_is_stopped_stops_alone(engine, pages) -> None:
    cancellation = Cancellation()
    started = threading.Barrier(2, timeout=60)

    def stop(progress: ReadProgress) -> None:
        if progress.text and not cancellation.cancelled:
            started.wait()
            cancellation.cancel()

    with ThreadPoolExecutor(2) as pool:
        stopped = pool.submit(
            read, engine, pages[0][1], on_progress=stop, cancellation=cancellation
        )
        started.wait()
        other = pool.submit(read, engine, pages[1][1])
        with pytest.raises(EngineError) as raised:
            stopped.result()
        assert raised.value.failure is FailureKind.CANCELLED
        assert other.result().text == read(engine, pages[1][1]).text


def test_a_page_is_not_shown_smaller_because_others_are_in_work(monkeypatch) -> None:
    free = 900
    monkeypatch.setattr(image_budget, "free_memory", lambda device: free)
    room = RoomForPages(Placement(device=torch.device("cpu"), dtype=torch.float32))
    with room.page(kept=lambda: 100) as first:
        free = 300
        with room.page(kept=lambda: 700) as second:
            assert (first, second) == (1000, 1000)
    with room.page(kept=lambda: 0) as third:
        assert third == 300


def test_one_more_page_needs_its_cache_and_what_it_takes_to_read_it(monkeypatch) -> None:
    monkeypatch.setattr(image_budget, "free_memory", lambda device: 1_000_000_000)
    room = RoomForPages(Placement(device=torch.device("cpu"), dtype=torch.float32))
    assert room.has(400_000_000, 450_000_000)
    assert not room.has(400_000_000, 450_000_001)
