"""What a model wrote, damaged in any way: read without an error, on the page, whole words kept."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doubles.answer_parsers import PARSERS, complaints
from fuzz.mutation import mutated

EXAMPLES = settings(deadline=None, max_examples=60)


@pytest.mark.parametrize("name", PARSERS)
@EXAMPLES
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 10))
def test_a_damaged_answer_is_read(name: str, seed: int, changes: int):
    parser = PARSERS[name]
    answer = mutated(random.Random(seed), parser.answers, parser.marks, changes=changes)
    found = [complaint for complaint in complaints(parser, answer) if "lost:" not in complaint]
    assert not found, answer


@pytest.mark.parametrize("name", PARSERS)
@EXAMPLES
@given(data=st.data())
def test_noise_is_read(name: str, data: st.DataObject):
    parser = PARSERS[name]
    pieces = st.one_of(st.sampled_from(parser.marks), st.text(max_size=5))
    answer = "".join(data.draw(st.lists(pieces, max_size=40)))
    found = [complaint for complaint in complaints(parser, answer) if "lost:" not in complaint]
    assert not found, answer


@pytest.mark.parametrize("name", PARSERS)
def test_an_answer_that_breaks_off_anywhere_loses_no_word(name: str):
    parser = PARSERS[name]
    for answer in parser.answers:
        for end in range(len(answer)):
            assert list(complaints(parser, answer[:end])) == [], answer[:end]
