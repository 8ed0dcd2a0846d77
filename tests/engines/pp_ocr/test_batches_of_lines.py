"""Which lines are read in one go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from textlift.engines.pp_ocr.recognition import LINE_HEIGHT, batches

ASPECTS = st.lists(st.floats(min_value=0.05, max_value=40.0), max_size=60)
SHORTEST, WIDEST = 320, 4800


@given(ASPECTS)
def test_each_line_is_in_one_batch_of_bounded_size(aspects: list[float]):
    found = list(batches(aspects))
    assert sorted(index for batch in found for index in batch) == list(range(len(aspects)))
    for batch in found:
        width = max(SHORTEST, *(aspects[index] * LINE_HEIGHT for index in batch), 0)
        assert len(batch) <= 8
        assert len(batch) == 1 or len(batch) * width <= WIDEST
