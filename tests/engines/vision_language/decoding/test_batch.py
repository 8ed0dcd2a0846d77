"""Answers written together are those written alone; each fails alone."""

from __future__ import annotations

import threading

import pytest
import torch

from doubles.answer_listener import Listening, write_all
from doubles.small_writer import CPU, library_answer, question, small_writer
from textlift.engines.vision_language.decoding.batch import Pace, pace_of
from textlift.engines.vision_language.decoding.decoder import Decoder
from textlift.engines.vision_language.decoding.job import Job

LENGTHS = (5, 40, 2, 17, 300, 8)
TOKENS = (30, 3, 40, 1, 9, 24)

OUT_OF_MEMORY = "CUDA out of memory. Tried to allocate 2.00 GiB."


@pytest.fixture(scope="module")
def expected() -> list[list[int]]:
    model = small_writer()
    return [
        library_answer(model, question(length), tokens)
        for length, tokens in zip(LENGTHS, TOKENS, strict=True)
    ]


@pytest.fixture
def model():
    return small_writer()


def jobs_and_listeners() -> tuple[list[Job], list[Listening]]:
    listeners = [Listening() for _ in LENGTHS]
    jobs = [
        Job(question(length), room=tokens, listener=listener)
        for length, tokens, listener in zip(LENGTHS, TOKENS, listeners, strict=True)
    ]
    return jobs, listeners


def test_the_answers_wander(expected) -> None:
    assert len(set(expected[2])) > 20
    assert len({tuple(answer) for answer in expected}) == len(expected)


@pytest.mark.parametrize("pace", [Pace(), Pace(stride=3, lag=1), Pace(stride=8, lag=2)])
@pytest.mark.parametrize("capacity", [2, 8])
def test_together_they_say_what_each_says_alone(model, expected, capacity, pace) -> None:
    """Six answers of all lengths share the rows; they join and leave while others are written."""
    decoder = Decoder(model, CPU, capacity=capacity, pace=pace)
    jobs, listeners = jobs_and_listeners()
    assert write_all(decoder, jobs) == [None] * len(jobs)
    assert [listener.tokens for listener in listeners] == expected
    assert decoder.cache_bytes() == 0, "the memory is given back when nothing is written"


def test_one_after_the_other_use_the_same_row(model, expected) -> None:
    decoder = Decoder(model, CPU, capacity=8)
    jobs, listeners = jobs_and_listeners()
    for job in jobs:
        decoder.write(job)
    assert [listener.tokens for listener in listeners] == expected


def test_one_that_comes_in_the_middle_joins(model, expected) -> None:
    decoder = Decoder(model, CPU, capacity=2)
    late = Listening()
    threads: list[threading.Thread] = []

    def join(count: int) -> None:
        if count == 10:
            job = Job(question(40), room=3, listener=late)
            threads.append(threading.Thread(target=decoder.write, args=(job,)))
            threads[0].start()
            while not decoder._waiting:
                """The other thread has only to put it down."""

    first = Listening(after=join)
    decoder.write(Job(question(5), room=30, listener=first))
    threads[0].join()
    assert first.tokens == expected[0]
    assert late.tokens == expected[1]


@pytest.mark.parametrize("pace", [Pace(), Pace(stride=4, lag=1)])
def test_what_comes_after_the_end_is_never_shown(model, expected, pace) -> None:
    end = expected[2][7]
    stop = expected[2].index(end) + 1
    listener = Listening(ends=(end,))
    other = Listening()
    decoder = Decoder(model, CPU, capacity=2, pace=pace)
    jobs = [
        Job(question(LENGTHS[2]), room=TOKENS[2], listener=listener),
        Job(question(LENGTHS[0]), room=TOKENS[0], listener=other),
    ]
    assert write_all(decoder, jobs) == [None, None]
    assert listener.tokens == expected[2][:stop]
    assert other.tokens == expected[0]


def test_a_listener_that_fails_fails_alone(model, expected) -> None:
    def fail(count: int) -> None:
        if count == 4:
            raise ValueError("no such box")

    jobs, listeners = jobs_and_listeners()
    listeners[5].after = fail
    raised = write_all(Decoder(model, CPU, capacity=8), jobs)
    assert [number for number, error in enumerate(raised) if error is not None] == [5]
    assert isinstance(raised[5], ValueError)
    for number, listener in enumerate(listeners):
        assert listener.tokens == (expected[5][:4] if number == 5 else expected[number])


def test_a_question_that_the_model_refuses_fails_alone(model, expected) -> None:
    jobs, listeners = jobs_and_listeners()
    jobs[4].inputs = {**jobs[4].inputs, "position_ids": torch.zeros(1, 3, dtype=torch.long)}
    raised = write_all(Decoder(model, CPU, capacity=8), jobs)
    assert [number for number, error in enumerate(raised) if error is not None] == [4]
    assert [listener.tokens for listener in listeners] == [
        [] if number == 4 else answer for number, answer in enumerate(expected)
    ]


class Starving:
    """Raises in place of the model when told so."""

    def __init__(self, model) -> None:
        self.forward = model.forward
        self.questions_that_starve: set[int] = set()
        self.rows_that_starve = 99
        self.message = OUT_OF_MEMORY
        model.forward = self

    def __call__(self, input_ids: torch.Tensor, **kwargs: object):
        rows, length = input_ids.shape
        starves = (
            rows >= self.rows_that_starve
            if length == 1 and rows > 1
            else (length in self.questions_that_starve)
        )
        if starves:
            self.questions_that_starve.discard(length)
            raise RuntimeError(self.message)
        return self.forward(input_ids=input_ids, **kwargs)


def test_one_that_finds_no_memory_beside_others_waits_for_them(model, expected) -> None:
    starving = Starving(model)
    starving.questions_that_starve = {300}
    jobs, listeners = jobs_and_listeners()
    assert write_all(Decoder(model, CPU, capacity=4), jobs) == [None] * len(jobs)
    assert [listener.tokens for listener in listeners] == expected
    assert not starving.questions_that_starve, "it was tried beside others"
    assert listeners[4].turns == ["waits", "begins", "waits", "begins"]


def test_one_that_finds_no_memory_alone_fails(model, expected) -> None:
    starving = Starving(model)
    starving.questions_that_starve = {300}
    decoder = Decoder(model, CPU, capacity=4)
    with pytest.raises(RuntimeError, match="out of memory") as raised:
        decoder.write(Job(question(300), room=9, listener=Listening()))
    frames = [entry.name for entry in raised.traceback]
    assert "forward" not in frames, "with the frames go the tensors that they hold"
    listener = Listening()
    decoder.write(Job(question(5), room=30, listener=listener))
    assert listener.tokens == expected[0]


@pytest.mark.parametrize("pace", [Pace(), Pace(stride=4, lag=1)])
def test_when_memory_runs_out_the_youngest_leaves_and_the_others_go_on(
    model, expected, pace
) -> None:
    """Three rows are one too many: whoever came third has to go."""
    starving = Starving(model)
    starving.rows_that_starve = 3
    jobs, listeners = jobs_and_listeners()
    raised = write_all(Decoder(model, CPU, capacity=3, pace=pace), jobs)
    lost = [number for number, error in enumerate(raised) if error is not None]
    assert 0 < len(lost) < len(jobs)
    for number, listener in enumerate(listeners):
        said = listener.tokens
        assert said == expected[number][: len(said)]
        assert number in lost or said == expected[number]


def test_another_error_of_a_step_ends_all_that_were_in_it_and_not_the_rest(model, expected) -> None:
    starving = Starving(model)
    starving.rows_that_starve = 2
    starving.message = "a kernel failed"
    decoder = Decoder(model, CPU, capacity=2)
    jobs, listeners = jobs_and_listeners()
    raised = write_all(decoder, jobs[:4])
    assert sum(error is not None for error in raised) in {2, 4}
    for number in range(4):
        if raised[number] is None:
            assert listeners[number].tokens == expected[number]
    starving.rows_that_starve = 99
    listener = Listening()
    decoder.write(Job(question(5), room=30, listener=listener))
    assert listener.tokens == expected[0]


def test_no_more_come_in_than_there_is_memory_for(model, expected) -> None:
    asked: list[tuple[int, int]] = []
    most = 0

    def has_room(cache: int, working: int) -> bool:
        asked.append((cache, working))
        return decoder.cache_bytes() + cache <= limit

    def look(count: int) -> None:
        nonlocal most
        most = max(most, decoder.cache_bytes())

    decoder = Decoder(model, CPU, capacity=8, has_room=has_room)
    # Two layers, keys and values, two heads of eight numbers in 32 bits; three rows of the
    # longest that comes, rounded up.
    limit = 3 * 512 * (2 * 2 * 2 * 8 * 4)
    jobs, listeners = jobs_and_listeners()
    for listener, job in zip(listeners, jobs, strict=True):
        listener.after = look
        job.working = 77
    assert write_all(decoder, jobs) == [None] * len(jobs)
    assert [listener.tokens for listener in listeners] == expected
    assert 0 < most <= limit
    assert {working for _, working in asked} == {77}


def test_one_that_is_not_wanted_any_more_need_not_wait(model, expected) -> None:
    decoder = Decoder(model, CPU, capacity=1)
    waiting = Listening()
    thread = threading.Thread(
        target=decoder.write, args=(Job(question(40), room=3, listener=waiting),)
    )

    def stop(count: int) -> None:
        if count == 1:
            thread.start()
            while not decoder._waiting:
                """The other thread has only to put it down."""
        if count == 5:
            waiting.unwanted = True
            decoder.wake()
            thread.join()

    first = Listening(after=stop)
    decoder.write(Job(question(5), room=30, listener=first))
    assert first.tokens == expected[0]
    assert waiting.tokens == []
    assert waiting.turns == ["waits"]
    assert waiting.told == ["Waiting for other pages"]


def test_one_that_is_stopped_does_not_wait_for_the_batch_to_see_it(model, expected) -> None:
    """Whoever drives the batch may be in the middle of another's question, which takes long."""
    decoder = Decoder(model, CPU, capacity=2)
    second = Listening()
    thread = threading.Thread(
        target=decoder.write, args=(Job(question(5), room=30, listener=second),)
    )

    def stop(count: int) -> None:
        if count == 1:
            thread.start()
            while not decoder._waiting:
                """The other thread has only to put it down."""
        if count == 6:
            second.unwanted = True
            decoder.wake()
            thread.join()

    first = Listening(after=stop)
    decoder.write(Job(question(2), room=40, listener=first))
    assert first.tokens == expected[2]
    assert 0 < len(second.tokens) < 6
    assert second.tokens == expected[0][: len(second.tokens)]
    listener = Listening()
    decoder.write(Job(question(5), room=30, listener=listener))
    assert listener.tokens == expected[0]


def test_an_interrupt_leaves_a_decoder_that_works(model, expected) -> None:
    def interrupt(count: int) -> None:
        if count == 4:
            raise KeyboardInterrupt

    decoder = Decoder(model, CPU, capacity=2)
    with pytest.raises(KeyboardInterrupt):
        decoder.write(Job(question(5), room=30, listener=Listening(after=interrupt)))
    listener = Listening()
    decoder.write(Job(question(5), room=30, listener=listener))
    assert listener.tokens == expected[0]


def test_only_a_gpu_runs_ahead_and_not_far_where_steps_take_long() -> None:
    cuda = torch.device("cuda", 0)
    assert pace_of(CPU, recorded=False) == Pace(stride=1, lag=0)
    assert pace_of(cuda, recorded=False) == Pace(stride=1, lag=1)
    assert pace_of(cuda, recorded=True).stride > 1
