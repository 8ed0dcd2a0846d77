"""Each family of the library's parts runs in the engine, from a folder to a reading."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw, ImageFont

from textlift.content.page_image import PageImage
from textlift.content.reading import StopReason
from textlift.engines.contract import EngineOptions, ReadOptions, ReadProgress
from textlift.engines.vision_language.engine import VisionLanguageEngine
from textlift.engines.vision_language.families import families, family_of_model_type
from textlift.engines.vision_language.loading import read_json
from textlift.models.catalogue import ModelEntry
from textlift.processes.cancellation import Cancellation

_FAMILIES = (
    *("paddleocr_vl", "lighton_ocr", "glm_ocr", "deepseek_ocr2"),
    *("qianfan_ocr", "hunyuan_vl", "granite_docling", "kosmos_2_5"),
)


@pytest.fixture(scope="module", params=_FAMILIES)
def entry(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ModelEntry:
    folder = tmp_path_factory.mktemp(request.param)
    module = importlib.import_module(f"tiny_models.random_checkpoints.{request.param}")
    module.make_checkpoint(folder)
    return ModelEntry(name="tiny", title="Tiny", family=request.param, folder=str(folder))


@pytest.fixture
def page(tmp_path: Path) -> PageImage:
    image = Image.new("RGB", (500, 220), "white")
    draw = ImageDraw.Draw(image)
    for line in range(3):
        draw.text(
            (30, 40 + 44 * line), "words on a page", font=ImageFont.load_default(30), fill="black"
        )
    path = tmp_path / "page.png"
    image.save(path)
    return PageImage(path=str(path), width=image.width, height=image.height)


def test_a_page_is_read_in_every_mode(entry: ModelEntry, page: PageImage) -> None:
    engine = VisionLanguageEngine(
        EngineOptions(device="cpu", dtype="float32", threads=1, token_limit=4, model=entry)
    )
    for mode in families()[entry.family].modes:
        progress: list[ReadProgress] = []

        reading = engine.read(
            page,
            ReadOptions(mode=mode.name),
            on_progress=progress.append,
            cancellation=Cancellation(),
        )

        took = reading.generation
        assert took is not None
        assert took.mode == mode.name
        assert 1 <= took.tokens <= 4
        assert took.prompt_tokens > 4
        assert took.pixels > 0
        assert reading.stop_reason in {StopReason.END, StopReason.LIMIT}
        assert any(item.token_share for item in progress)


def test_the_folder_is_recognised_by_its_kind(entry: ModelEntry) -> None:
    model_type = read_json(Path(entry.folder), "config.json")["model_type"]

    card = family_of_model_type(model_type)

    assert card is not None
    assert card.name == entry.family


def test_half_the_width_of_numbers_is_enough(entry: ModelEntry, page: PageImage) -> None:
    engine = VisionLanguageEngine(
        EngineOptions(device="cpu", dtype="bfloat16", threads=1, token_limit=2, model=entry)
    )

    reading = engine.read(
        page, ReadOptions(), on_progress=lambda _: None, cancellation=Cancellation()
    )

    assert reading.generation is not None
    assert reading.generation.dtype == str(torch.bfloat16).removeprefix("torch.")
