"""Pages that share the cores: whose turn it is, and how many have one."""

from __future__ import annotations

import itertools
import threading

import pytest

from textlift.engines.pp_ocr.cores import Cores

PATIENCE = 20.0
"""Seconds for another thread to come; a test that waits so long has failed."""


class GivenUpError(Exception):
    """Raised by a page that nobody wants any more."""


def test_results_come_in_the_order_of_the_items():
    with Cores(3).page() as work:
        assert list(work.each(lambda item: item * item, range(20))) == [n * n for n in range(20)]


def test_one_page_has_its_work_done_on_all_cores():
    together = threading.Barrier(3)
    with Cores(3).page() as work:
        places = list(work.each(lambda _: together.wait(PATIENCE), range(3)))
    assert sorted(places) == [0, 1, 2]


def test_no_more_is_done_at_once_than_there_are_cores():
    cores = Cores(2)
    lock, running, most = threading.Lock(), 0, 0

    def work_on(_: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        with lock:
            running -= 1

    with cores.page() as first, cores.page() as second:
        for _ in zip(first.each(work_on, range(50)), second.each(work_on, range(50)), strict=True):
            pass
    assert 1 <= most <= 2


def test_the_page_that_came_first_goes_first():
    cores = Cores(1)
    done: list[str] = []
    waiting = itertools.count(1)
    with cores.page() as first, cores.page() as second:
        threads = [
            threading.Thread(target=work.one, args=(lambda name=name: done.append(name),))
            for name, work in (("second", second), ("second", second), ("first", first))
        ]
        with cores.turn(0):
            for thread in threads:
                thread.start()
                _wait_until_waiting(cores, next(waiting))
        for thread in threads:
            thread.join()
    assert done == ["first", "second", "second"]


def test_what_fails_ends_the_rest_of_a_page_and_no_other():
    cores = Cores(2)
    begun: list[int] = []
    given_up = threading.Event()

    def work_on(item: int) -> int:
        begun.append(item)
        if item == 0:
            raise GivenUpError
        # A quick piece could otherwise be followed by all others before the failure is seen.
        assert given_up.wait(PATIENCE)
        return item

    with cores.page() as failing, cores.page() as other:
        with pytest.raises(GivenUpError):
            list(failing.each(work_on, range(1000)))
        given_up.set()
        assert list(other.each(lambda item: item, range(5))) == [0, 1, 2, 3, 4]
    assert len(begun) <= 1 + cores.count


def test_a_page_that_is_given_up_does_nothing_more():
    wanted = True

    def check() -> None:
        if not wanted:
            raise GivenUpError

    with Cores(2).page(check) as work:
        assert work.one(lambda: 1) == 1
        wanted = False
        with pytest.raises(GivenUpError):
            work.one(lambda: pytest.fail("It was done."))
        with pytest.raises(GivenUpError):
            list(work.each(lambda _: pytest.fail("It was done."), range(3)))


def _wait_until_waiting(cores: Cores, count: int) -> None:
    with cores._changed:
        assert cores._changed.wait_for(lambda: len(cores._waiting) >= count, PATIENCE)
