"""The library's towers see the same by fewer calls: with spans, and with products for patches."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional
from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLVisionConfig
from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import (
    Qwen2_5_VisionTransformerPretrainedModel,
)

from textlift.engines.vision_language.patch_products import see_patches_by_products
from textlift.engines.vision_language.tower_attention import NAME, attend_in_spans

GRIDS = torch.tensor([[1, 26, 34], [1, 10, 18]])
"""Two images, with windows that are cut off at the right and at the bottom."""


@pytest.fixture
def tower() -> Qwen2_5_VisionTransformerPretrainedModel:
    torch.manual_seed(3)
    config = Qwen2_5_VLVisionConfig(
        depth=3, hidden_size=32, num_heads=2, intermediate_size=48, out_hidden_size=24,
        fullatt_block_indexes=[1],
    )  # fmt: skip
    config._attn_implementation = "sdpa"
    return Qwen2_5_VisionTransformerPretrainedModel(config).eval()


@pytest.fixture
def patches() -> torch.Tensor:
    generator = torch.Generator().manual_seed(4)
    return torch.randn(int(GRIDS.prod(-1).sum()), 1176, generator=generator)


def test_a_tower_sees_the_same(
    tower: Qwen2_5_VisionTransformerPretrainedModel,
    patches: torch.Tensor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[bool] = []
    attend = functional.scaled_dot_product_attention

    def counted(*parts: torch.Tensor, attn_mask: object = None, **options: object) -> torch.Tensor:
        calls.append(attn_mask is None)
        return attend(*parts, **options)

    monkeypatch.setattr(functional, "scaled_dot_product_attention", counted)
    with torch.inference_mode():
        expected = tower(patches, GRIDS).pooler_output
        before = len(calls)
        see_patches_by_products(tower)
        attend_in_spans(tower)
        seen = tower(patches, GRIDS).pooler_output

    torch.testing.assert_close(seen, expected, rtol=1e-4, atol=1e-5)
    assert tower.config._attn_implementation == NAME
    assert all(calls), "none of them with a mask"
    assert 2 < len(calls) - before < before / 2


def test_where_spans_begin_is_asked_for_once_a_run(
    tower: Qwen2_5_VisionTransformerPretrainedModel,
    patches: torch.Tensor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from textlift.engines.vision_language import tower_attention

    divided: list[int] = []

    class Counted(tower_attention.Spans):
        def __init__(self, lengths: list[int], device: torch.device) -> None:
            divided.append(len(lengths))
            super().__init__(lengths, device)

    monkeypatch.setattr(tower_attention, "Spans", Counted)
    attend_in_spans(tower)
    with torch.inference_mode():
        tower(patches, GRIDS)

    assert len(divided) == 2, "once for windows, once for images"
    assert min(divided) == len(GRIDS)
