"""Where a model runs and in which number format, and what is said when it cannot."""

from __future__ import annotations

import contextlib

import pytest
import torch

from doubles.scripted_nvml import (
    CPU_ONLY,
    CUDA_13,
    GB,
    ScriptedGpu,
    ScriptedNvml,
    install_torch,
    without_nvml,
)
from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError, EngineOptions
from textlift.engines.vision_language.devices import choose_placement
from textlift.models.devices import best_device
from textlift.models.memory import sample_memory

LARGE = 6_000_000_000
no_gpu = pytest.mark.skipif(
    torch.cuda.is_available() or torch.backends.mps.is_available(), reason="this machine has a GPU"
)


@no_gpu
def test_without_a_gpu_it_is_the_cpu() -> None:
    placement = choose_placement(EngineOptions(), weight_bytes=LARGE)
    assert (placement.device.type, placement.dtype) == ("cpu", torch.bfloat16)


def test_a_small_model_on_the_cpu_is_exact() -> None:
    placement = choose_placement(EngineOptions(device="cpu"), weight_bytes=3_000_000)
    assert placement.dtype is torch.float32


@pytest.mark.parametrize("name", ["bfloat16", "float16", "float32"])
def test_the_number_format_can_be_set(name: str) -> None:
    options = EngineOptions(device="cpu", dtype=name)
    assert choose_placement(options, weight_bytes=LARGE).dtype is getattr(torch, name)


@pytest.fixture
def three_cards(monkeypatch: pytest.MonkeyPatch) -> list[ScriptedGpu]:
    """Three GPUs that torch can use, the second the emptiest."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    cards = [ScriptedGpu(used=used * GB) for used in (5, 1, 3)]
    ScriptedNvml(*cards).install(monkeypatch)
    install_torch(monkeypatch, CUDA_13)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device", lambda device: contextlib.nullcontext())
    monkeypatch.setattr(torch.cuda, "device_count", lambda: len(cards))
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: True)
    return cards


@pytest.mark.parametrize(("capability", "dtype"), [(True, torch.bfloat16), (False, torch.float16)])
def test_the_emptiest_card_is_taken_and_an_old_one_gets_float16(
    monkeypatch: pytest.MonkeyPatch,
    three_cards: list[ScriptedGpu],
    capability: bool,
    dtype: torch.dtype,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: capability)
    placement = choose_placement(EngineOptions(), weight_bytes=LARGE)
    assert (str(placement.device), placement.dtype) == ("cuda:1", dtype)


def test_automatic_is_in_the_engine_what_it_is_in_the_window(
    three_cards: list[ScriptedGpu],
) -> None:
    for emptiest in range(3):
        for card in three_cards:
            card.used = 6 * GB
        three_cards[emptiest].used = GB
        placement = choose_placement(EngineOptions(), weight_bytes=LARGE)
        assert str(placement.device) == best_device(sample_memory(())) == f"cuda:{emptiest}"


def test_a_card_that_torch_cannot_use_is_not_taken(three_cards: list[ScriptedGpu]) -> None:
    three_cards[1].capability = (6, 1)
    placement = choose_placement(EngineOptions(), weight_bytes=LARGE)
    assert str(placement.device) == "cuda:2"


def test_a_driver_that_does_not_answer_leaves_the_first_card(
    monkeypatch: pytest.MonkeyPatch, three_cards: list[ScriptedGpu]
) -> None:
    without_nvml(monkeypatch)
    placement = choose_placement(EngineOptions(), weight_bytes=LARGE)
    assert str(placement.device) == "cuda:0"


@no_gpu
def test_a_card_that_cannot_be_used_says_why_and_what_to_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    ScriptedNvml(ScriptedGpu(name="NVIDIA GeForce RTX 3070")).install(monkeypatch)
    install_torch(monkeypatch, CPU_ONLY)
    with pytest.raises(EngineError, match="RTX 3070, which cannot be used") as raised:
        choose_placement(EngineOptions(device="cuda:0"), weight_bytes=LARGE)
    assert raised.value.failure is FailureKind.NOT_AVAILABLE
    assert "built for the CPU only" in raised.value.sentence
    assert "torch==2.13.0+cu130" in raised.value.sentence


@pytest.mark.parametrize("macos_14", [True, False])
def test_an_apple_gpu(monkeypatch: pytest.MonkeyPatch, macos_14: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_macos_or_newer", lambda *_: macos_14)
    placement = choose_placement(EngineOptions(), weight_bytes=LARGE)
    assert placement.device.type == "mps"
    assert placement.dtype is (torch.bfloat16 if macos_14 else torch.float16)


@no_gpu
@pytest.mark.parametrize(
    ("device", "words"),
    [
        ("cuda:0", "CUDA build of PyTorch|there is none"),
        ("mps", "no Apple GPU"),
        ("toaster", "no device called “toaster”"),
        ("meta", "do not run on “meta”"),
    ],
)
def test_a_device_that_is_not_there_is_said_with_what_to_do(device: str, words: str) -> None:
    with pytest.raises(EngineError, match=words) as raised:
        choose_placement(EngineOptions(device=device), weight_bytes=LARGE)
    assert raised.value.failure is FailureKind.NOT_AVAILABLE
    assert "auto" in raised.value.sentence


def test_an_unknown_number_format_is_said() -> None:
    with pytest.raises(EngineError, match="int3"):
        choose_placement(EngineOptions(device="cpu", dtype="int3"), weight_bytes=LARGE)
