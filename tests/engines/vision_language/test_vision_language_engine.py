"""The engine around a family: modes, boxes, budgets, failures; with a scripted family."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import torch
from PIL import Image, ImageDraw
from safetensors import SafetensorError
from safetensors.torch import save_file
from transformers import Qwen2Config

from doubles.scripted_family import ScriptedFamily, ScriptedModel
from textlift.content.attempt import FailureKind
from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.content.page_image import PageImage
from textlift.content.reading import StopReason, WarningKind
from textlift.engines.contract import EngineError, EngineOptions, ReadOptions, ReadProgress
from textlift.engines.vision_language import engine as engine_module
from textlift.engines.vision_language import page_work
from textlift.engines.vision_language.engine import VisionLanguageEngine
from textlift.engines.vision_language.family import Answer, Placement, Prepared, Request
from textlift.engines.vision_language.loading import load_weights
from textlift.models.catalogue import ModelEntry
from textlift.processes.cancellation import Cancellation

ENTRY = ModelEntry(name="scripted-1", title="Scripted One", family="scripted")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(engine_module, "families", lambda: {"scripted": ScriptedFamily.card})
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json"):
        (folder / name).write_text("{}")
    save_file({"weight": torch.zeros(1)}, folder / "model.safetensors")
    return folder


def load(folder: Path, **options: object) -> tuple[VisionLanguageEngine, ScriptedFamily]:
    entry = msgspec.structs.replace(ENTRY, folder=str(folder))
    engine = VisionLanguageEngine(EngineOptions(device="cpu", model=entry, **options))
    family = engine._family
    assert isinstance(family, ScriptedFamily)
    return engine, family


def page(tmp_path: Path, image: Image.Image | None = None) -> PageImage:
    image = image or Image.new("RGB", (300, 200), "white")
    path = tmp_path / "page.png"
    image.save(path)
    return PageImage(path=str(path), width=image.width, height=image.height)


def read(engine: VisionLanguageEngine, page: PageImage, **options: object):
    progress: list[ReadProgress] = []
    reading = engine.read(
        page, ReadOptions(**options), on_progress=progress.append, cancellation=Cancellation()
    )
    return reading, progress


def test_a_page_is_read_and_what_it_took_is_kept(folder: Path, tmp_path: Path) -> None:
    engine, family = load(folder)
    family.write("Cafe\u0301")
    reading, progress = read(engine, page(tmp_path))
    assert reading.text == "Café", "in NFC"
    assert reading.read_by == "scripted-1"
    assert reading.stop_reason is StopReason.END
    took = reading.generation
    assert took is not None
    assert (took.mode, took.pixels, took.tokens, took.token_limit) == ("text", 60_000, 7, 100)
    assert took.dtype == "float32"
    assert took.peak_memory > 1_000_000
    assert "".join(item.text for item in progress) == "Cafe\u0301"
    assert engine.device == "cpu"
    assert progress[0].pixels == 60_000, "so that a retry with fewer pixels has fewer"


def test_the_end_by_limit_and_by_repetition_keep_what_was_read(
    folder: Path, tmp_path: Path
) -> None:
    engine, family = load(folder, token_limit=10)
    family.write("abcdefghijklmnop")
    assert read(engine, page(tmp_path))[0].stop_reason is StopReason.LIMIT
    engine, family = load(folder, token_limit=3000)
    family.write("the same words again " * 200)
    reading, _ = read(engine, page(tmp_path))
    assert reading.stop_reason is StopReason.REPETITION
    assert reading.repeated
    assert reading.text.startswith("the same words again")


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_come_back_to_the_page_as_rendered(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rotation: int
) -> None:
    """The family marks where it sees ink; on the page that is where the ink was drawn."""
    image = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(image).rectangle((30, 50, 79, 69), fill="black")

    def find_ink(
        self: ScriptedFamily, answer: str, image: Image.Image, request: Request, prepared: Prepared
    ) -> Answer:
        ink = image.convert("L").point(lambda value: 255 - value).getbbox()
        assert ink is not None
        return Answer((Block(BlockKind.TEXT, answer, box=Box(*ink)),), repairs=("Mended.",))

    monkeypatch.setattr(ScriptedFamily, "parse", find_ink)
    engine, family = load(folder)
    family.write("ink")
    reading, _ = read(engine, page(tmp_path, image), rotation=rotation)
    assert reading.blocks[0].box == Box(30, 50, 80, 70)
    assert reading.rotation == rotation
    assert [warning.kind for warning in reading.warnings] == [WarningKind.REPAIRED]


def test_a_box_is_given_to_the_model_on_the_turned_page(folder: Path, tmp_path: Path) -> None:
    engine, family = load(folder)
    family.write("inside")
    box = Box(30, 50, 80, 70)
    reading, _ = read(engine, page(tmp_path), mode="box", box=box, rotation=90)
    assert family.prepared[-1].box == Box(130, 30, 150, 80)
    assert reading.blocks[0].box == box


def test_a_box_is_cut_to_the_page_and_refused_outside(folder: Path, tmp_path: Path) -> None:
    engine, family = load(folder)
    family.write("abc")
    reading, _ = read(engine, page(tmp_path), mode="box", box=Box(-20, 50, 5000, 90))
    assert family.prepared[-1].box == Box(0, 50, 300, 90)
    assert reading.blocks[0].box == Box(0, 50, 300, 90)
    with pytest.raises(EngineError, match=r"outside the page, which has 300 x 200 pixels"):
        read(engine, page(tmp_path), mode="box", box=Box(300, 50, 400, 90))


def test_a_mode_that_is_not_there_and_a_box_that_is_missing_are_said(
    folder: Path, tmp_path: Path
) -> None:
    engine, _ = load(folder)
    with pytest.raises(EngineError, match="it can in text, box"):
        read(engine, page(tmp_path), mode="poem")
    with pytest.raises(EngineError, match="reads inside a box"):
        read(engine, page(tmp_path), mode="box")


def test_transparent_is_paper(folder: Path, tmp_path: Path) -> None:
    engine, family = load(folder)
    family.write("x")
    seen = []
    prepare = family.prepare
    family.prepare = lambda image, request: (seen.append(image), prepare(image, request))[1]
    read(engine, page(tmp_path, Image.new("RGBA", (30, 20), (0, 0, 0, 0))))
    assert seen[0].getpixel((5, 5)) == (255, 255, 255)


def test_pixels_are_the_least_of_all_limits(folder: Path, tmp_path: Path) -> None:
    engine, family = load(folder, max_pixels=50_000)
    family.write("x")
    read(engine, page(tmp_path))
    read(engine, page(tmp_path), max_pixels=20_000)
    read(engine, page(tmp_path), variation=1)
    assert [request.max_pixels for request in family.prepared] == [50_000, 20_000, 45_000]
    engine, family = load(folder)
    family.write("x")
    read(engine, page(tmp_path))
    assert family.prepared[-1].max_pixels == ScriptedFamily.card.max_pixels


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("[enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: "
                     "can't allocate memory: you tried to allocate 8 bytes."),
        RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"),
        RuntimeError("Invalid buffer size: 9.02 GB"),
        MemoryError(),
    ],
)  # fmt: skip
def test_running_out_of_memory_is_told_as_such_and_the_next_page_is_read(
    folder: Path, tmp_path: Path, error: BaseException
) -> None:
    engine, family = load(folder)
    family.write("abc")

    def starve(step: int) -> None:
        if step == 1:
            raise error

    family.model.before_step = starve
    with pytest.raises(EngineError) as raised:
        read(engine, page(tmp_path, Image.new("RGB", (500, 400), "white")))
    assert raised.value.failure is FailureKind.OUT_OF_MEMORY
    assert "ran out of memory on the CPU with a page of 0.2 megapixels" in raised.value.sentence
    assert raised.value.__context__ is None, "the error would keep the tensors of its frames"
    family.model.before_step = lambda step: None
    assert read(engine, page(tmp_path))[0].text == "abc"


def test_what_was_done_and_what_was_missing_is_told_of_a_page_without_memory(
    folder: Path, tmp_path: Path
) -> None:
    engine, family = load(folder, token_limit=50)
    family.write("abcdef")
    message = (
        "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 23.69 GiB "
        "of which 512.00 MiB is free."
    )

    def starve(step: int) -> None:
        if step == 3:
            raise torch.OutOfMemoryError(message)

    family.model.before_step = starve
    progress: list[ReadProgress] = []
    with pytest.raises(EngineError) as raised:
        engine.read(
            page(tmp_path),
            ReadOptions(),
            on_progress=progress.append,
            cancellation=Cancellation(),
        )
    assert raised.value.lacking_memory == 2 << 30
    last = progress[-1]
    assert last.memory is not None
    assert last.memory.free > 0
    assert last.generation is not None
    assert (last.generation.tokens, last.generation.token_limit) == (3, 50)
    assert last.generation.tokens_per_second > 0
    assert last.generation.mode == family.prepared[-1].mode


def test_another_error_is_not_taken_for_a_lack_of_memory(folder: Path, tmp_path: Path) -> None:
    engine, family = load(folder)
    family.write("abc")

    def fail(step: int) -> None:
        raise RuntimeError("CUDA error: device-side assert triggered")

    family.model.before_step = fail
    with pytest.raises(RuntimeError, match="device-side assert"):
        read(engine, page(tmp_path))


def test_too_little_memory_for_any_page_is_said_before(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, family = load(folder)
    family.write("x")
    monkeypatch.setattr(
        "textlift.engines.vision_language.image_budget.free_memory", lambda device: 100_000_000
    )
    with pytest.raises(EngineError, match=r"Only 0\.1 GB of memory are free on the CPU"):
        read(engine, page(tmp_path))


@pytest.mark.parametrize(
    ("stored", "dtype", "needed"),
    [
        (torch.bfloat16, "bfloat16", 20),
        (torch.bfloat16, "float32", 40),
        (torch.float32, "float16", 20),
    ],
)
def test_weights_larger_than_the_memory_are_not_loaded(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    stored: torch.dtype,
    dtype: str,
    needed: int,
) -> None:
    """What counts is their size once loaded, however they are stored."""
    save_file({"weight": torch.zeros(1000, 10_000, dtype=stored)}, folder / "model.safetensors")
    free = needed * 10**6 - 1
    monkeypatch.setattr(page_work, "free_memory", lambda device: free)
    with pytest.raises(EngineError) as raised:
        load(folder, dtype=dtype)
    assert raised.value.failure is FailureKind.DOES_NOT_FIT
    assert "GB for its weights" in raised.value.sentence
    assert "are free on the CPU" in raised.value.sentence
    free += 1
    load(folder, dtype=dtype)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("unable to mmap 275145664 bytes from file <x>: Cannot allocate memory (12)"),
        OSError("Die Auslagerungsdatei ist zu klein. (os error 1455)"),
        SafetensorError("Error while opening: Cannot allocate memory (os error 12)"),
        MemoryError(),
    ],
)
def test_running_out_of_memory_while_loading_is_no_damage(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def starve(*_args: object, **_keywords: object) -> None:
        raise error

    def loads(_family: ScriptedFamily, folder: Path, placement: Placement) -> None:
        load_weights(ScriptedModel, folder, placement, config=Qwen2Config())

    monkeypatch.setattr(ScriptedModel, "from_pretrained", starve)
    monkeypatch.setattr(ScriptedFamily, "__init__", loads)
    with pytest.raises(EngineError) as raised:
        load(folder)
    assert raised.value.failure is FailureKind.DOES_NOT_FIT
    assert "not enough memory on the CPU to load Scripted One" in raised.value.sentence


def test_damaged_weights_are_named(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"no tensors in here")
    with pytest.raises(EngineError, match=r"model\.safetensors in .* is damaged"):
        load(folder)


def test_what_is_missing_on_disk_is_named(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EngineError, match=r"tokenizer\.json"):
        load(folder)
    with pytest.raises(EngineError, match="not on disk"):
        load(folder / "nowhere")


def test_a_family_that_is_not_known_is_named(folder: Path) -> None:
    entry = msgspec.structs.replace(ENTRY, folder=str(folder), family="unheard")
    with pytest.raises(EngineError, match="unheard"):
        VisionLanguageEngine(EngineOptions(device="cpu", model=entry))


def test_a_damaged_page_is_named(folder: Path, tmp_path: Path) -> None:
    engine, _ = load(folder)
    path = tmp_path / "page.png"
    path.write_bytes(b"not a picture")
    with pytest.raises(EngineError) as raised:
        read(engine, PageImage(path=str(path), width=3, height=3))
    assert raised.value.failure is FailureKind.DOCUMENT


def test_what_the_model_takes_is_told_when_loaded_and_with_a_page(
    folder: Path, tmp_path: Path
) -> None:
    engine, family = load(folder)
    assert engine.memory is not None
    assert engine.memory.weights == sum(weight.nbytes for weight in family.model.parameters())
    family.write("some words")
    reading, progress = read(engine, page(tmp_path))
    told = [item.memory for item in progress if item.memory is not None]
    assert progress[0].memory is not None, "with the first word of the page"
    assert progress[-1].memory is not None, "and with the last"
    assert all(memory.device == "cpu" and memory.total > 0 for memory in told)
    assert told[-1].peak >= told[0].peak > 0
    assert reading.generation is not None
    assert reading.generation.peak_memory >= told[-1].peak
