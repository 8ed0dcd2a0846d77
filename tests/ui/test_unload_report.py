"""What is said of the memory that a model gave back."""

from __future__ import annotations

import msgspec

from textlift.ui.memory_use import RAM, DeviceUse
from textlift.ui.unload_report import UnloadReport

GB = 10**9
BEFORE = DeviceUse(
    key="card",
    devices=("cuda:0",),
    short="GPU",
    title="A card",
    total=8 * GB,
    used=6 * GB,
    ours=5 * GB,
)


def now(ours: float, **fields: object) -> DeviceUse:
    size = round(ours * GB)
    return msgspec.structs.replace(BEFORE, ours=size, used=size + GB, **fields)


def report(before: DeviceUse = BEFORE) -> UnloadReport:
    return UnloadReport(["GOT-OCR2"], before, at="14:05")


def test_all_of_it_is_back():
    one = report()
    assert one.sentence == ""
    one.look(now(0), still_loaded=[])
    assert one.sentence == (
        "14:05: GOT-OCR2 was unloaded and gave 5.0 GB back; Textlift holds nothing here now."
    )
    assert one.short == "GOT-OCR2 was unloaded and gave 5.0 GB back."
    assert not one.held


def test_a_driver_may_take_a_moment():
    one = report()
    one.look(now(5), still_loaded=[])
    assert one.held
    assert "no memory has come back" in one.sentence
    one.look(now(0), still_loaded=[])
    assert not one.held
    assert "gave 5.0 GB back" in one.sentence


def test_what_no_model_explains_is_said():
    one = report()
    one.look(now(0.4), still_loaded=[])
    assert one.held
    assert one.sentence == (
        "14:05: GOT-OCR2 was unloaded and gave 4.6 GB back; Textlift still holds 0.4 GB here, "
        "which no model explains; if it stays so, close Textlift and start it again."
    )


def test_another_model_explains_what_is_held():
    one = report()
    one.look(now(2), still_loaded=["dots.ocr"])
    assert not one.held
    assert one.sentence.endswith("gave 3.0 GB back; Textlift holds 2.0 GB for dots.ocr still.")


def test_the_ram_is_never_empty_of_the_window():
    before = msgspec.structs.replace(BEFORE, key=RAM, devices=("cpu",))
    one = report(before)
    one.look(msgspec.structs.replace(before, ours=GB), still_loaded=[])
    assert not one.held
    assert one.sentence.endswith("gave 4.0 GB back; the window itself takes 1.0 GB.")


def test_where_the_driver_does_not_tell_all_use_is_compared():
    before = msgspec.structs.replace(BEFORE, ours_told=False)
    one = report(before)
    one.look(now(0, ours_told=False), still_loaded=[])
    assert "gave 5.0 GB back" in one.sentence
    other = report(before)
    other.look(msgspec.structs.replace(before, ours=0), still_loaded=[])
    assert "no memory has come back" in other.sentence


def test_it_settles():
    one = report()
    for _ in range(4):
        one.look(now(0), still_loaded=[])
    assert one.settled
    before = one.sentence
    one.look(now(3), still_loaded=[])
    assert one.sentence == before


def test_several_models():
    one = UnloadReport(["GOT-OCR2", "PP-OCRv6"], BEFORE, at="14:05")
    one.look(now(0), still_loaded=[])
    assert one.short == "GOT-OCR2 and PP-OCRv6 were unloaded and gave 5.0 GB back."
