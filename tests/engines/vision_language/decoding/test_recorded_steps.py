"""Recorded steps: the right record is played, believed when it is right, and done without else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from doubles.answer_listener import Listening, write_all
from doubles.small_writer import CPU, library_answer, question, small_writer
from doubles.varlen_by_rows import VarlenByRows
from textlift.engines.vision_language.decoding import row_attention
from textlift.engines.vision_language.decoding.batch import Pace
from textlift.engines.vision_language.decoding.decoder import Decoder
from textlift.engines.vision_language.decoding.job import Job
from textlift.engines.vision_language.decoding.recorded_steps import WARMING_UP
from textlift.engines.vision_language.decoding.row_attention import Way

PACE = Pace(stride=4, lag=1)


class PlayedAgain:
    """Stands for a graph of kernels: does the recorded work again when it is played."""

    def __init__(self) -> None:
        self.made = 0
        self.played = 0
        self.spoil: Callable[[torch.Tensor], torch.Tensor] = lambda scores: scores
        self.times: list[float] = []

    def record(self, work, *, before):
        for _ in range(2):
            before()
            work()
        self.made += 1

        def play() -> torch.Tensor:
            self.played += 1
            return self.spoil(work())

        return play

    def seconds(self, play) -> float:
        play()
        play()
        return self.times.pop(0)


class Refusing(PlayedAgain):
    """The device cannot record this."""

    def record(self, work, *, before):
        self.made += 1
        before()
        work()
        raise RuntimeError("operation not permitted when stream is capturing")


@pytest.fixture(scope="module")
def expected() -> list[list[int]]:
    model = small_writer()
    return [library_answer(model, question(5, seed=seed), 40) for seed in range(4)]


def write(
    recorder: PlayedAgain, *, capacity: int, ways: tuple[Way, ...] = (Way.MASKED,)
) -> tuple[list[list[int]], list[str]]:
    decoder = Decoder(
        small_writer(), CPU, capacity=capacity, pace=PACE, recorder=recorder, ways=ways
    )
    listeners = [Listening() for _ in range(4)]
    jobs = [
        Job(question(5, seed=seed), room=40, listener=listener)
        for seed, listener in enumerate(listeners)
    ]
    assert write_all(decoder, jobs) == [None] * 4
    return [listener.tokens for listener in listeners], [
        stage for listener in listeners for stage in listener.told
    ]


@pytest.mark.parametrize("capacity", [1, 3, 4])
def test_records_write_the_same(expected, capacity) -> None:
    recorder = PlayedAgain()
    said, told = write(recorder, capacity=capacity)
    assert said == expected
    assert 0 < recorder.made <= 2 * capacity
    assert recorder.played > 35
    assert WARMING_UP in told


def test_a_record_that_cannot_be_made_is_done_without(expected, caplog) -> None:
    recorder = Refusing()
    said, _ = write(recorder, capacity=3)
    assert said == expected
    assert recorder.made == 1, "it is tried once"
    assert "not permitted" in caplog.text


@pytest.mark.parametrize(
    "spoil",
    [lambda scores: scores.roll(1, -1), lambda scores: scores * float("nan")],
    ids=["others", "none"],
)
def test_a_record_that_gives_other_scores_is_not_believed(expected, caplog, spoil) -> None:
    recorder = PlayedAgain()
    recorder.spoil = spoil
    said, _ = write(recorder, capacity=3)
    assert said == expected
    assert (recorder.made, recorder.played) == (1, 1)
    assert "scores differ" in caplog.text


def test_of_the_ways_to_attend_the_quickest_is_taken(expected, monkeypatch, caplog) -> None:
    kernel = VarlenByRows()
    monkeypatch.setattr(row_attention.varlen, "varlen_attn", kernel)
    caplog.set_level("INFO")
    recorder = PlayedAgain()
    recorder.times = [3e-3, 1e-3, 2e-3]
    ways = (Way.FLASH, Way.FLASH_PAGES, Way.MASKED)
    said, _ = write(recorder, capacity=2, ways=ways)
    assert said == expected
    assert recorder.times == []
    assert caplog.messages
    recorded = [text for text in caplog.messages if text.startswith("recorded")]
    assert recorded
    assert all(text.endswith("flash pages") for text in recorded)


def test_a_way_that_a_device_does_not_have_is_left_out(expected, monkeypatch, caplog) -> None:
    def missing(*_args: object, **_keywords: object) -> None:
        raise RuntimeError("FlashAttention only supports Ampere GPUs or newer.")

    monkeypatch.setattr(row_attention.varlen, "varlen_attn", missing)
    recorder = PlayedAgain()
    recorder.times = [1e-3]
    said, _ = write(recorder, capacity=2, ways=(Way.FLASH, Way.FLASH_PAGES, Way.MASKED))
    assert said == expected
    assert caplog.text.count("Ampere GPUs") == 2
    assert recorder.played > 20


def test_a_longer_answer_has_a_record_of_its_own() -> None:
    model = small_writer()
    inputs = question(1015)
    expected = library_answer(model, inputs, 20)
    recorder = PlayedAgain()
    listener = Listening()
    decoder = Decoder(model, CPU, pace=PACE, recorder=recorder)
    decoder.write(Job(inputs, room=20, listener=listener))
    assert listener.tokens == expected
    assert recorder.made == 2, "for up to 1,024 positions, and for more"
    assert decoder.cache_bytes() > 0, "kept for the next page: the records are for this memory"
    again = Listening()
    decoder.write(Job(inputs, room=20, listener=again))
    assert again.tokens == expected
    assert recorder.made == 2


def test_what_is_kept_is_given_back_to_a_page_that_lacks_it(expected) -> None:
    recorder = PlayedAgain()
    room = 10**9

    def has_room(cache: int, working: int) -> bool:
        return decoder.cache_bytes() + cache + working <= room

    decoder = Decoder(
        small_writer(), CPU, capacity=4, pace=PACE, recorder=recorder, has_room=has_room
    )
    jobs = [Job(question(5, seed=seed), room=40, listener=Listening()) for seed in range(4)]
    write_all(decoder, jobs)
    four = decoder.cache_bytes()
    room = four + 1000
    listener = Listening()
    decoder.write(Job(question(5), room=40, listener=listener, working=1000))
    assert decoder.cache_bytes() == four, "there is enough"
    decoder.write(Job(question(5), room=40, listener=listener, working=2000))
    assert decoder.cache_bytes() == four / 4
    assert listener.tokens == 2 * expected[0]
