"""Whether a model of the list fits, on machines with no GPU, one, two, and one that is lost."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import msgspec
import pytest

from textlift.engines.contract import EngineOptions
from textlift.engines.registry import EngineEntry, Registry, installed_engines
from textlift.engines.vision_language.entries import folder_engine
from textlift.engines.vision_language.fitting import model_fit
from textlift.models.fit import Answer, Fit
from textlift.models.memory import GpuMemory, MemorySample
from textlift.settings import Saving
from tiny_models.checkpoints import CHECKPOINTS

GB = 1_000_000_000


def gpu(total: float, *, used: float = 0.5, index: int = 0, **fields: object) -> GpuMemory:
    given = {"device": f"cuda:{index}", "name": f"Card {index}", "ours": 0, **fields}
    return GpuMemory(index=index, total=int(total * GB), used=int(used * GB), **given)


def machine(*gpus: GpuMemory, ram: float = 16, ram_used: float = 4) -> MemorySample:
    return MemorySample(ram_total=int(ram * GB), ram_used=int(ram_used * GB), ram_ours=0, gpus=gpus)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return installed_engines()


@pytest.fixture(autouse=True)
def nothing_on_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


@pytest.fixture
def ask(registry: Registry):
    def ask(name: str, sample: MemorySample, **arguments: object) -> Fit:
        options = EngineOptions(**arguments.pop("options", {}))
        return model_fit(registry.entry(name), options, sample, **arguments)

    return ask


def test_the_small_engines_fit_everywhere(ask) -> None:
    assert ask("pp-ocrv6", machine(ram=1, ram_used=0.9)).answer is Answer.FITS


def test_a_card_of_8_gb_is_told_what_runs_on_it(ask) -> None:
    sample = machine(gpu(8))
    assert ask("got-ocr2", sample).answer is Answer.FITS
    tight = ask("dots.ocr", sample)
    assert tight.answer is Answer.FITS_WITH
    assert tight.device == "cuda:0"
    assert tight.sentence.startswith("Needs ")
    assert "7.5 GB are free on the GPU Card 0" in tight.sentence


def test_what_does_not_fit_names_the_nearest_that_does(ask, registry) -> None:
    sample = machine(gpu(5))
    of_family = ask("qwen3-vl-8b", sample, others=[registry.entry("qwen3-vl-2b"), *registry])
    assert of_family.answer is Answer.DOES_NOT_FIT
    assert of_family.instead == "paddleocr-vl-1.6"
    assert of_family.sentence.endswith("PaddleOCR-VL 1.6 would fit.")
    larger = ask("qwen3-vl-8b", machine(gpu(7.2), ram=4), others=list(registry))
    assert larger.instead == "qwen3-vl-2b"
    assert ask("qwen3-vl-8b", sample).instead == ""


def test_automatic_means_the_emptiest_gpu_that_is_there(ask) -> None:
    first, second = gpu(24, used=20), gpu(16, used=1, index=1)
    assert ask("dots.ocr", machine(first, second)).device == "cuda:1"
    assert ask("dots.ocr", machine(first, second), options={"device": "cuda:0"}).free == 4 * GB
    lost = msgspec.structs.replace(second, lost=True)
    assert ask("dots.ocr", machine(first, lost)).device == "cuda:0"
    without_torch = msgspec.structs.replace(first, device="")
    assert ask("dots.ocr", machine(without_torch)).device == "cpu"


def test_a_device_that_is_not_there_is_not_judged(ask) -> None:
    fit = ask("dots.ocr", machine(gpu(24)), options={"device": "cuda:3"})
    assert fit.answer is Answer.UNKNOWN
    assert (fit.device, fit.free) == ("cuda:3", 0)
    assert fit.sentence == "How much memory is free there cannot be known from here."


def test_what_unloading_gives_back_counts_on_its_device_only(ask) -> None:
    sample = machine(gpu(12, used=9))
    assert ask("dots.ocr", sample).answer is not Answer.FITS
    assert ask("dots.ocr", sample, given_back={"cuda:0": 6 * GB}).answer is Answer.FITS
    assert ask("dots.ocr", sample, given_back={"cpu": 6 * GB}).answer is not Answer.FITS


def test_on_a_cpu_the_page_is_smaller_and_the_numbers_of_small_models_are_wider(ask) -> None:
    on_gpu, on_cpu = ask("dots.ocr", machine(gpu(24))), ask("dots.ocr", machine())
    assert on_cpu.device == "cpu"
    assert on_cpu.need.activations < on_gpu.need.activations
    assert on_cpu.need.weights == on_gpu.need.weights
    wide = ask("granite-docling-258m", machine())
    assert wide.need.weights == 2 * ask("granite-docling-258m", machine(gpu(24))).need.weights


def test_the_page_that_is_open_counts(ask) -> None:
    sample = machine(gpu(24))
    small = ask("dots.ocr", sample, page_pixels=500_000)
    large = ask("dots.ocr", sample, page_pixels=8_000_000)
    assert small.need.total + 500_000_000 < large.need.total
    limited = ask("dots.ocr", sample, page_pixels=8_000_000, options={"max_pixels": 500_000})
    assert limited.need == small.need


def test_a_saving_that_was_chosen_counts(ask) -> None:
    sample = machine(gpu(24))
    saved = ask("dots.ocr", sample, options={"savings": {"dots.ocr": Saving(weights="int4")}})
    others = ask("dots.ocr", sample, options={"savings": {"got-ocr2": Saving(weights="int4")}})
    assert saved.need.weights < others.need.weights == ask("dots.ocr", sample).need.weights


def test_fewer_bits_are_offered_only_where_the_package_is(ask, monkeypatch) -> None:
    sample = machine(gpu(8))
    assert ask("dots.ocr", sample).ways[0].saving.weights == "int8"
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: None if name == "bitsandbytes" else find_spec(name),
    )
    without = ask("dots.ocr", sample)
    assert without.ways
    assert all(not way.saving.weights for way in without.ways)


def test_fewer_bits_save_nothing_on_a_cpu_and_are_not_offered_there(ask) -> None:
    tight = ask("dots.ocr", machine(ram=8, ram_used=1.5))
    assert tight.answer is not Answer.FITS
    assert all(not way.saving.weights for way in tight.ways)
    plain = ask("dots.ocr", machine())
    saved = ask("dots.ocr", machine(), options={"savings": {"dots.ocr": Saving(weights="int4")}})
    assert saved.need.weights > plain.need.weights


def own(folder: Path) -> EngineEntry:
    return folder_engine(folder)


def test_a_checkpoint_on_disk_is_judged_by_its_own_sizes() -> None:
    fit = model_fit(own(CHECKPOINTS / "dots_ocr"), EngineOptions(), machine())
    assert fit.answer is Answer.FITS
    assert fit.need.weights < 10_000_000


def test_a_damaged_checkpoint_of_ones_own_is_not_judged(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(CHECKPOINTS / "dots_ocr", folder)
    entry = own(folder)
    (folder / "model.safetensors").write_bytes(b"cut")
    fit = model_fit(entry, EngineOptions(), machine())
    assert fit.answer is Answer.UNKNOWN
    assert fit.sentence == "How much memory it needs cannot be known before it is here."
