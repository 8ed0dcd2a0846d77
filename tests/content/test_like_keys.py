"""Words that differ by a letter or two are found without comparing each with each."""

from __future__ import annotations

import itertools
import random

import pytest
from rapidfuzz.distance import Levenshtein

from textlift.content import like_keys as module
from textlift.content.like_keys import like_keys


def drawn(rng, letters, *, count, shortest=3, longest=14):
    return {"".join(rng.choices(letters, k=rng.randint(shortest, longest))) for _ in range(count)}


def spoiled(rng, key):
    """With one to three letters lost, added or exchanged."""
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(key) + 1)
        gone = rng.choice((0, 1))
        key = key[:place] + rng.choice(("", "a", "b")) + key[place + gone :]
    return key


def allowed(one, other):
    return 2 if min(len(one), len(other)) >= 9 else 1


@pytest.mark.parametrize("letters", ["ab", "abcde", "abcdefghijklmnopqrstuvwxyz"])
@pytest.mark.parametrize("seed", range(5))
def test_all_of_them_are_found_and_no_other(letters, seed):
    rng = random.Random(seed)
    some = drawn(rng, letters, count=60)
    others = drawn(rng, letters, count=30) | {spoiled(rng, key) for key in some}
    expected = {
        (Levenshtein.distance(one, other), one, other)
        for one, other in itertools.product(some, others)
        if min(len(one), len(other)) >= 5
        and Levenshtein.distance(one, other) <= allowed(one, other)
    }
    found = list(like_keys(some, others))
    assert len(expected) >= 10
    assert set(found) == expected
    assert len(found) == len(expected)


def test_numbers_and_short_words_are_like_no_other():
    assert not list(like_keys({"cost15", "word", "12345"}, {"cost16", "wort", "12346"}))


@pytest.fixture
def looked_at(monkeypatch):
    """How many pairs were compared."""
    counted = [0]
    distance = Levenshtein.distance

    def counting(*words, **options):
        counted[0] += 1
        return distance(*words, **options)

    monkeypatch.setattr(Levenshtein, "distance", counting)
    return counted


def test_few_pairs_are_looked_at_of_words_that_are_unlike(looked_at):
    rng = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    some = drawn(rng, letters, count=1000, shortest=5)
    others = drawn(rng, letters, count=1000, shortest=5)
    list(like_keys(some, others))
    assert looked_at[0] < 0.01 * len(some) * len(others)


def test_words_made_to_be_compared_with_each_other_are_not_compared_for_ever(
    looked_at, monkeypatch
):
    monkeypatch.setattr(module, "_MOST_PAIRS", 500)
    keys = {"same" + "".join(letters) for letters in itertools.product("abcd", repeat=4)}
    list(like_keys(keys, keys))
    assert 0 < looked_at[0] <= 500
