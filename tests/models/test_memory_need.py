"""The estimate of memory: each part of it against what can be counted by hand."""

from __future__ import annotations

import msgspec
import pytest

from textlift.models.memory_need import (
    Work,
    cache_bytes_per_token,
    image_tokens,
    least_on_gpu,
    memory_need,
    reading_bytes,
    weight_need,
)
from textlift.models.model_shape import ModelShape, TextShape, TowerShape

TOWER = TowerShape(width=100, heads=2, patch=10, merge=2, rows=5.0)
TEXT = TextShape(
    layers=4, width=64, inner=128, queries=64, keys=32, vocabulary=1000, linear=500_000
)
SHAPE = ModelShape(parameters=1_000_000, tower=TOWER, text=TEXT)
WORK = Work(shape=SHAPE, pixels=1_000_000, answer_tokens=1000, number_bytes=2)


def with_tower(**changes: object) -> Work:
    tower = msgspec.structs.replace(TOWER, **changes)
    return msgspec.structs.replace(WORK, shape=msgspec.structs.replace(SHAPE, tower=tower))


def activations(work: Work) -> int:
    need = memory_need(work, "cpu")
    return need.activations + need.cache


@pytest.mark.parametrize(
    ("weights", "size", "needed"),
    [
        ("", 2, 2_000_000),
        ("", 4, 4_000_000),
        ("int8", 2, 2 * 500_000 + 500_000),
        ("int4", 2, 2 * 500_000 + 281_250),
    ],
)
def test_weights_count_by_their_number_format(weights: str, size: int, needed: int) -> None:
    assert weight_need(SHAPE, number_bytes=size, weights=weights) == needed


def test_keys_and_values_are_those_that_are_published() -> None:
    """dots.ocr: 28 layers, two heads of 128 for keys: 28,672 bytes a token in 16 bits."""
    text = msgspec.structs.replace(TEXT, layers=28, keys=2 * 128)
    assert cache_bytes_per_token(text, 2) == 28_672


def test_an_image_becomes_tokens_by_its_patches_or_by_a_fixed_number() -> None:
    assert image_tokens(TOWER, 40_000) == 100
    assert image_tokens(msgspec.structs.replace(TOWER, tokens=7), 40_000) == 7


def test_a_page_in_tiles_is_seen_as_a_whole_too() -> None:
    tiled = msgspec.structs.replace(TOWER, tile=100, whole=200, least_tiles=2)
    whole = 400 // 4
    assert image_tokens(tiled, 40_000 + 10_000) == whole
    assert image_tokens(tiled, 40_000 + 30_000) == whole + 3 * 100 // 4


def test_the_worst_moment_counts() -> None:
    """The tower for a large page, and the full cache for a long answer."""
    looking = memory_need(WORK, "cpu")
    assert looking.activations > 10_000 * 5 * 100 * 2 - looking.cache > 0
    writing = memory_need(msgspec.structs.replace(WORK, answer_tokens=10**6), "cpu")
    assert writing.cache > 10**6 * cache_bytes_per_token(TEXT, 2)
    assert writing.activations < looking.activations + writing.cache // 2


def test_scores_that_are_held_grow_with_the_square_of_the_image() -> None:
    fused = activations(WORK)
    held = activations(with_tower(scores=2))
    exact = activations(with_tower(scores=2, exact_scores=True))
    assert held - fused == 10_000**2 * 2 * 2 * 2
    assert exact - held == 10_000**2 * 2 * 4
    twice = msgspec.structs.replace(with_tower(scores=2), pixels=2_000_000)
    assert activations(twice) > 3.9 * held


def test_squares_that_are_seen_one_by_one_need_the_memory_of_one() -> None:
    together = with_tower(scores=1, tile=500, whole=500)
    apart = with_tower(scores=1, tile=500, whole=500, one_by_one=True)
    assert activations(together) > 2 * activations(apart)


def test_each_kind_of_device_has_its_own_overhead() -> None:
    cpu, cuda = memory_need(WORK, "cpu"), memory_need(WORK, "cuda:1")
    assert cuda.overhead > cpu.overhead > 0
    assert (cpu.weights, cpu.cache, cpu.activations) == (
        cuda.weights,
        cuda.cache,
        cuda.activations,
    )


def test_beside_the_gpu_lie_the_layers_of_the_language_model() -> None:
    all_of_it, least = memory_need(WORK, "cuda:0"), least_on_gpu(WORK, "cuda:0")
    assert all_of_it.weights == 2_000_000
    assert least.weights == 1_000_000 + 2 * 250_000
    assert least.activations == all_of_it.activations


def test_until_its_question_is_read_a_page_takes_what_the_greedier_part_takes() -> None:
    """The tower is done when the language model begins, whose keys and values are not counted."""
    large_tower = with_tower(rows=90.0)
    assert reading_bytes(large_tower) == activations(large_tower)
    small_tower = with_tower(rows=0.1)
    question = (image_tokens(TOWER, WORK.pixels) + 400) * cache_bytes_per_token(TEXT, 2)
    without_answer = msgspec.structs.replace(small_tower, answer_tokens=0)
    assert reading_bytes(small_tower) + question == activations(without_answer)
