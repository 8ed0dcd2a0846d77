"""What a model takes of the memory: weights, the cache of the page that is read, the rest."""

from __future__ import annotations

import gc
import weakref

import psutil
import pytest
import torch
from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM
from transformers.cache_utils import DynamicCache, EncoderDecoderCache, StaticCache

from textlift.engines.vision_language import memory as memory_module
from textlift.engines.vision_language.memory import free_memory
from textlift.engines.vision_language.model_memory import ModelMemory, PageMemory, tensor_bytes
from textlift.models.ram import Ram

CPU = torch.device("cpu")
CONFIG = Qwen2Config(
    vocab_size=100, hidden_size=32, intermediate_size=64, num_hidden_layers=3,
    num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=512,
    tie_word_embeddings=True,
)  # fmt: skip
PER_TOKEN = 2 * 3 * 2 * 8 * 4
"""Keys and values, layers, heads, their width, bytes of float32."""


@pytest.fixture(scope="module")
def model() -> Qwen2ForCausalLM:
    return Qwen2ForCausalLM(CONFIG).eval()


def filled(cache, tokens: int = 10):
    for layer in range(3):
        states = torch.zeros(1, 2, tokens, 8)
        cache.update(states, states.clone(), layer)
    return cache


def test_weights_are_those_of_the_model_and_tied_ones_count_once(model):
    told = ModelMemory(model, CPU).now()
    assert model.lm_head.weight is model.model.embed_tokens.weight
    # Parameters are given once each; what else there is are the angles of the positions.
    parameters = sum(weight.nbytes for weight in model.parameters())
    assert parameters <= told.weights < parameters + 200
    resident = psutil.Process().memory_info().rss
    assert told.weights + told.rest == pytest.approx(resident, rel=0.1)
    assert (told.device, told.cache) == ("cpu", 0)
    assert 0 < told.free < told.total


def test_what_lies_elsewhere_does_not_count():
    model = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.Linear(8, 8, device="meta"))
    assert ModelMemory(model, CPU).now().weights == (8 * 8 + 8) * 4


def test_the_cache_is_counted_by_its_bytes():
    assert tensor_bytes(filled(DynamicCache(config=CONFIG)), CPU) == 10 * PER_TOKEN
    assert tensor_bytes(filled(DynamicCache()), CPU) == 10 * PER_TOKEN
    static = filled(StaticCache(config=CONFIG, max_cache_len=64))
    assert 64 * PER_TOKEN <= tensor_bytes(static, CPU) < 64 * PER_TOKEN + 100
    both = EncoderDecoderCache(filled(DynamicCache()), filled(DynamicCache(), 5))
    assert tensor_bytes(both, CPU) == 15 * PER_TOKEN
    assert tensor_bytes(filled(DynamicCache()), torch.device("cuda", 0)) == 0
    assert tensor_bytes(None, CPU) == 0


def test_the_cache_is_seen_while_it_grows_and_is_let_go(model):
    page = PageMemory(ModelMemory(model, CPU), clock=iter(range(1000)).__next__)
    told, caches = [], []

    def look(_module, _arguments, output):
        caches.append(weakref.ref(output.past_key_values))
        told.append(page.due())

    with page.watching_cache():
        hook = model.register_forward_hook(look)
        model.generate(
            torch.ones(1, 20, dtype=torch.long),
            generation_config=GenerationConfig(max_new_tokens=5, pad_token_id=0),
        )
        hook.remove()
    assert [memory.cache for memory in told] == [tokens * PER_TOKEN for tokens in range(20, 25)]
    assert page.now().cache == 0
    gc.collect()
    assert caches[0]() is None, "what an answer held is free before the next"


def test_an_error_lets_the_cache_go_too(model):
    measured = ModelMemory(model, CPU)

    def fail():
        with measured.watching_cache():
            model(torch.ones(1, 20, dtype=torch.long))
            assert measured.now().cache == 20 * PER_TOKEN
            raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        fail()
    assert measured.now().cache == 0
    model(torch.ones(1, 20, dtype=torch.long))
    assert measured.now().cache == 0, "outside of a page nothing is held"


def test_it_is_told_at_most_twice_a_second_and_the_peak_with_it(model):
    moments = iter([0.0, 0.3, 0.6, 0.9, 1.2])
    page = PageMemory(ModelMemory(model, CPU), clock=lambda: next(moments))
    told = [page.due() for _ in range(5)]
    assert [memory is not None for memory in told] == [True, False, True, False, True]
    assert told[0].peak > told[0].weights


def test_the_cpu_has_what_the_container_leaves(monkeypatch):
    monkeypatch.setattr(memory_module, "system_ram", lambda: Ram(total=8_000, available=5_000))
    assert free_memory(CPU) == 5_000


@pytest.mark.parametrize(
    ("available", "free"),
    [(20_000, 9_000), (3_000, 4_000), (0, 1_000)],
)
def test_an_apple_gpu_has_no_more_than_other_programs_leave(monkeypatch, available, free):
    monkeypatch.setattr(memory_module, "system_ram", lambda: Ram(16_000, available))
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 12_000)
    monkeypatch.setattr(torch.mps, "current_allocated_memory", lambda: 3_000)
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: 4_000)
    assert free_memory(torch.device("mps")) == free
