"""Comparing texts word by word: differences are found, and printing makes none."""

from __future__ import annotations

import itertools
import random

import pytest

from textlift.content import comparing, moved_words
from textlift.content.comparing import Difference, compare_words
from textlift.content.moved_words import find_moves
from textlift.content.word_keys import Tolerance
from textlift.content.word_tokens import word_tokens

READING = Tolerance.READING


def compare(first, second, tolerance=Tolerance.PRINT):
    """The differences as pairs of strings."""
    ours, theirs = first.split(), second.split()
    return [
        (
            " ".join(ours[one.first_start : one.first_end]),
            " ".join(theirs[one.second_start : one.second_end]),
        )
        for one in compare_words(ours, theirs, tolerance=tolerance)
    ]


@pytest.mark.parametrize(
    ("first", "second", "differences"),
    [
        ("a b c", "a b c", []),
        ("a b c", "a x c", [("b", "x")]),
        ("a b c", "a c", [("b", "")]),
        ("a c", "a b c", [("", "b")]),
        ("", "a b", [("", "a b")]),
        ("", "", []),
        ("The end.", "the end", []),
        ("• one • two", "one two", []),
        ("an exam- ple of it", "an example of it", []),
        ("Thisisgood now", "This is good now", []),
        ("time—and tide", "time and tide", []),
        ("costs 15 marks", "costs 16 marks", [("15", "16")]),
    ],
)
def test_differences(first, second, differences):
    assert compare(first, second) == differences
    assert compare(second, first) == [(b, a) for a, b in differences]


def test_words_that_both_texts_have_apart_are_not_put_together():
    assert compare("go in to it, into it", "go in to it, onto it") == [("into", "onto")]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("the mountain road", "the mountaln road", True),
        ("the mountain road", "the fountain road", True),
        ("an extraordinary thing", "an extraordimany thing", True),
        ("a cat sat", "a cut sat", False),
        ("number 123456 here", "number 123457 here", False),
        ("the house there", "the mouth there", False),
    ],
)
def test_a_wrong_letter_counts_in_short_words_and_numbers(first, second, same):
    assert (compare(first, second, READING) == []) is same


def test_exact_sees_case_and_punctuation_but_not_the_shape_of_quotes():
    assert compare("“The end”, he", '"the end" he', Tolerance.EXACT) == [
        ("“The end”,", '"the end"')
    ]
    assert compare("“So be it”", '"So be it"', Tolerance.EXACT) == []


def test_long_different_texts_are_one_difference_though_they_share_a_word():
    found = compare(
        "a b one two three the four five six c", "a b red blue pink the cyan ink gold c"
    )
    assert len(found) == 1


def test_what_stands_elsewhere_is_a_move():
    left = ["when", "in", "the", "course", "of", "human", "events", "it", "becomes", "necessary"]
    right = ["we", "hold", "these", "truths", "to", "be", "self", "evident", "that", "all", "men"]
    first, second = [*left, *right], [*right, *left]
    differences = compare_words(first, second)
    moves = find_moves(first, second, differences)
    assert len(moves) == 1
    move = moves[0]
    moved = first[move.first_start : move.first_end]
    assert moved == second[move.second_start : move.second_end]
    assert moved in (left, right)


def test_new_text_is_no_move():
    first = ["one", "two", "three", "four", "five", "six"]
    second = ["one", "two", "three", "four", "five", "six", "and", "something", "that", "is", "new"]
    assert find_moves(first, second, compare_words(first, second)) == ()


def test_every_word_is_in_common_or_in_a_difference():
    rng = random.Random(5)
    for _ in range(200):
        first = [rng.choice("abcdefgh") * rng.randint(1, 2) for _ in range(rng.randint(0, 30))]
        second = [rng.choice("abcdefgh") * rng.randint(1, 2) for _ in range(rng.randint(0, 30))]
        found = compare_words(first, second, tolerance=Tolerance.EXACT)
        assert equal_rest(first, [one.first for one in found]) == equal_rest(
            second, [one.second for one in found]
        )
        for one, following in itertools.pairwise(found):
            assert one.first_end <= following.first_start
            assert one.second_end <= following.second_start


def equal_rest(words, ranges):
    gone = {index for one in ranges for index in one}
    return [word for index, word in enumerate(words) if index not in gone]


@pytest.fixture
def tokenized(monkeypatch):
    """The texts that were made tokens of."""
    texts = []
    for module in (comparing, moved_words):

        def counting(first, second, tolerance, *, of=module.word_tokens):
            texts.append((len(first), len(second)))
            return of(first, second, tolerance)

        monkeypatch.setattr(module, "word_tokens", counting)
    return texts


def test_tokens_that_were_made_are_not_made_again(tokenized):
    first, second = ["one", "two", "three", "four", "five"], ["two", "three", "four", "five", "one"]
    tokens = word_tokens(first, second, READING)
    differences = compare_words(first, second, tolerance=READING, tokens=tokens)
    moves = find_moves(first, second, differences, tolerance=READING, tokens=tokens)
    assert tokenized == []
    assert differences == compare_words(first, second, tolerance=READING)
    assert moves == find_moves(first, second, differences, tolerance=READING)
    assert len(tokenized) == 2


@pytest.mark.parametrize("kind", ["unlike", "swapped", "repeated"])
def test_pages_of_two_thousand_words_are_compared(kind):
    rng = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    first = ["".join(rng.choices(letters, k=rng.randint(2, 11))) for _ in range(2000)]
    second = {
        "unlike": ["".join(rng.choices(letters, k=rng.randint(2, 11))) for _ in range(2000)],
        "swapped": first[1000:] + first[:1000],
        "repeated": first[:3] * 700,
    }[kind]
    differences = compare_words(first, second, tolerance=READING)
    moves = find_moves(first, second, differences, tolerance=READING)
    assert differences
    assert bool(moves) is (kind == "swapped")


def test_ranges_are_half_open():
    assert compare_words(["a", "b"], ["a"]) == (Difference(1, 2, 1, 1),)
