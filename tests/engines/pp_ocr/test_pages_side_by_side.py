"""Pages that PP-OCRv6 reads at once come out as they do one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2

from engines.pp_ocr.conftest import ENGLISH, drawn
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading
from textlift.engines.contract import EngineOptions, ReadOptions
from textlift.engines.pp_ocr.engine import PpOcrEngine
from textlift.processes.cancellation import Cancellation


def test_several_pages_at_once(tmp_path):
    pages = []
    for number in range(3):
        image = drawn(ENGLISH[number:] + ENGLISH[:number]).rotate(180 * number)
        path = tmp_path / f"{number}.png"
        image.save(path)
        pages.append(PageImage(path=str(path), width=image.width, height=image.height))
    engine = PpOcrEngine(EngineOptions(threads=2))

    def read(page: PageImage) -> PageReading:
        return engine.read(
            page, ReadOptions(), on_progress=lambda _: None, cancellation=Cancellation()
        )

    alone = [read(page) for page in pages]
    with ThreadPoolExecutor(len(pages)) as threads:
        assert list(threads.map(read, pages)) == alone
    assert [reading.rotation for reading in alone] == [0, 180, 0]


def test_opencv_takes_no_core_of_another_page():
    cv2.setNumThreads(2)
    PpOcrEngine(EngineOptions(threads=2))
    assert cv2.getNumThreads() == 1
