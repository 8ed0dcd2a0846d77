"""Models stay with the memory that they were loaded into."""

from __future__ import annotations

import msgspec

from textlift.recognition.engine_pool import LoadedEngine
from textlift.ui.memory_use import RAM, DeviceUse
from textlift.ui.model_homes import ModelHomes

FIRST = DeviceUse(
    key="first", devices=("cuda:0",), short="GPU 0", title="A", total=8, used=6, ours=5
)
SECOND = msgspec.structs.replace(FIRST, key="second", devices=("cuda:1",), short="GPU 1")
COMPUTER = msgspec.structs.replace(FIRST, key=RAM, devices=("cpu",), short="RAM")
BEFORE = (FIRST, SECOND, COMPUTER)

LOST = msgspec.structs.replace(FIRST, devices=(), lost=True)
AFTER = (LOST, msgspec.structs.replace(SECOND, devices=("cuda:0",)), COMPUTER)
"""The first GPU is gone, and the driver's new count begins with the second."""


def engine(pid: int, device: str) -> LoadedEngine:
    return LoadedEngine(
        name=f"engine {pid}", title="", pid=pid, device=device, used_at=0.0, leaving=False
    )


def test_a_model_stays_where_it_was_when_the_gpus_are_counted_anew():
    homes = ModelHomes()
    loaded = [engine(1, "cuda:0"), engine(2, "cuda:1"), engine(3, "cpu")]
    homes.look(loaded, BEFORE)
    homes.look(loaded, AFTER)
    assert [homes.key_of(one, AFTER) for one in loaded] == ["first", "second", RAM]


def test_a_model_loaded_afterwards_is_where_the_name_says_now():
    homes = ModelHomes()
    homes.look([engine(1, "cuda:0")], BEFORE)
    homes.look([engine(4, "cuda:0")], AFTER)
    assert homes.key_of(engine(4, "cuda:0"), AFTER) == "second"
    assert homes.key_of(engine(1, "cuda:0"), AFTER) == "second", "it has ended and is forgotten"


def test_a_model_that_is_being_loaded_is_not_taken_down():
    homes = ModelHomes()
    homes.look([engine(1, "")], BEFORE)
    assert homes.key_of(engine(1, ""), BEFORE) == RAM
    homes.look([engine(1, "cuda:1")], BEFORE)
    assert homes.key_of(engine(1, "cuda:1"), BEFORE) == "second"


def test_before_anything_was_measured_no_memory_is_named():
    assert ModelHomes().key_of(engine(1, "cuda:0"), ()) == ""
