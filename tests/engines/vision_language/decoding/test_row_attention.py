"""Rows attend each to its own positions, whichever way, and only inside our loop."""

from __future__ import annotations

import pytest
import torch

from doubles.small_writer import CPU, library_answer, question, small_writer
from doubles.varlen_by_rows import VarlenByRows
from textlift.engines.vision_language.decoding import row_attention
from textlift.engines.vision_language.decoding.row_attention import (
    NAME,
    RowAttention,
    Way,
    ways_of,
)
from textlift.engines.vision_language.decoding.row_cache import RowCache
from textlift.engines.vision_language.decoding.row_model import RowModel


def test_only_the_language_model_attends_so_and_only_inside() -> None:
    model = small_writer()
    configs = [model.model.config, *(layer.self_attn.config for layer in model.model.layers)]

    def names() -> set[str]:
        return {config._attn_implementation for config in configs}

    with RowAttention(model).used():
        assert names() == {NAME}
    assert names() == {"sdpa"}


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("token_by_token", [False, True])
def test_each_way_writes_what_the_library_writes(
    monkeypatch: pytest.MonkeyPatch, way: Way, token_by_token: bool
) -> None:
    """Three questions of other lengths, the longest over more than one page of the kernel."""
    kernel = VarlenByRows()
    monkeypatch.setattr(row_attention.varlen, "varlen_attn", kernel)
    writer = small_writer()
    questions = [question(length) for length in (5, 300, 40)]
    expected = [library_answer(writer, one, 8) for one in questions]
    model = RowModel(writer, CPU)
    with model.at_work():
        model.cache = RowCache(rows=1, positions=256, token_by_token=token_by_token)
        model.resize(rows=4, positions=512)
        for row, one in enumerate(questions):
            model.ask(row, one)
        written = [model.tokens[:3].tolist()]
        for _ in range(7):
            model.step(4, span=400, way=way, lean=way is not Way.MASKED)
            written.append(model.tokens[:3].tolist())
    assert [list(row) for row in zip(*written, strict=True)] == expected
    assert kernel.calls == (0 if way is Way.MASKED else 7 * 2)


def test_kernels_are_tried_where_they_may_be() -> None:
    assert ways_of(CPU, torch.bfloat16) == (Way.MASKED,)
    assert ways_of(torch.device("cuda", 0), torch.float32) == (Way.MASKED,)
    assert ways_of(torch.device("cuda", 0), torch.bfloat16)[-1] is Way.MASKED
