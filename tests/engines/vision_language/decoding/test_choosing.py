"""By chance, and yet the same at each try, and only among the likely."""

from __future__ import annotations

from collections import Counter

import torch

from doubles.answer_listener import Listening
from doubles.small_writer import CPU, library_answer, question, small_writer
from textlift.engines.vision_language.decoding.choosing import by_chance, likeliest, seeded
from textlift.engines.vision_language.decoding.decoder import Decoder
from textlift.engines.vision_language.decoding.job import Job


def test_tokens_come_up_as_often_as_they_are_likely() -> None:
    shares = torch.tensor([0.02, 0.5, 0.3, 0.1, 0.08])
    # Sharpened by the temperature of 0.2, which this undoes.
    logits = shares.log() * 0.2
    generator = seeded(CPU)
    drawn = Counter(int(by_chance(logits, generator)) for _ in range(4000))
    # Nine tenths are reached with the third; what is beyond never comes up.
    assert set(drawn) == {1, 2, 3}
    for token, share in ((1, 0.5), (2, 0.3), (3, 0.1)):
        assert abs(drawn[token] / 4000 - share / 0.9) < 0.03


def test_what_is_nearly_sure_is_taken() -> None:
    logits = torch.tensor([1.0, 9.0, 2.0])
    assert {int(by_chance(logits, seeded(CPU))) for _ in range(20)} == {1}
    assert likeliest(logits[None]).tolist() == [1]


def test_an_answer_by_chance_is_another_and_always_the_same() -> None:
    model = small_writer()
    greedy = library_answer(model, question(9), 60)
    said = []
    for _ in range(2):
        listener = Listening()
        job = Job(question(9), room=60, listener=listener, by_chance=True)
        Decoder(model, CPU).write(job)
        said.append(listener.tokens)
    assert said[0] == said[1]
    assert said[0] != greedy
    assert len(said[0]) == 60
