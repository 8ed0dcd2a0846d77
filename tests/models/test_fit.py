"""Whether a model fits, and what is offered where it does not."""

from __future__ import annotations

import msgspec
import pytest

from textlift.models.fit import Answer, Fit, Room, judge_fit, most_pixels, saved_work
from textlift.models.memory_need import Work, memory_need
from textlift.models.model_shape import ModelShape, TextShape, TowerShape
from textlift.settings import Saving

# A model of 3 billion parameters, most of them in its language model.
SHAPE = ModelShape(
    parameters=3_000_000_000,
    tower=TowerShape(width=1280, heads=16, patch=14, merge=2, rows=17.0),
    text=TextShape(
        layers=36, width=2048, inner=11008, queries=2048, keys=256, vocabulary=150_000,
        linear=2_500_000_000,
    ),
)  # fmt: skip
WORK = Work(shape=SHAPE, pixels=4_000_000, answer_tokens=4096, number_bytes=2)
NEED = memory_need(WORK, "cuda:0")
PLAIN = Saving()


def room(free: float, **changes: object) -> Room:
    fields = {"device": "cuda:0", "title": "the GPU Ada", "ram_free": 16_000_000_000,
              "quantizes": True, **changes}  # fmt: skip
    return Room(free=int(free), **fields)


def judged(where: Room, saving: Saving = PLAIN) -> Fit:
    return judge_fit(saved_work(WORK, saving), where, saving=saving)


def savings(fit: Fit) -> list[tuple[str, bool, bool]]:
    return [
        (way.saving.weights, bool(way.saving.max_pixels), way.saving.offload) for way in fit.ways
    ]


def test_what_has_room_fits() -> None:
    fit = judged(room(NEED.total))
    assert fit.answer is Answer.FITS
    assert fit.ways == ()
    assert fit.need == NEED
    assert fit.sentence == (
        f"Fits: needs {NEED.total / 1e9:.1f} GB, {NEED.total / 1e9:.1f} GB are free on the GPU Ada."
    )


def test_where_a_little_is_lacking_everything_helps_with_the_least_loss_first() -> None:
    fit = judged(room(NEED.total - 100_000_000))
    assert fit.answer is Answer.FITS_WITH
    assert savings(fit) == [
        ("int8", False, False), ("", True, False), ("int4", False, False), ("", False, True),
    ]  # fmt: skip
    assert "it fits with 8-bit weights" in fit.sentence


@pytest.mark.parametrize("free", [6.9e9, 5e9, 4.4e9, 3.9e9, 3.4e9, 3e9])
def test_what_is_offered_does_fit(free: float) -> None:
    fit = judged(room(free))
    assert fit.answer is Answer.FITS_WITH
    for way in fit.ways:
        assert way.need.total <= free
        if not way.saving.offload:
            assert way.need == memory_need(saved_work(WORK, way.saving), "cuda:0")
            assert judged(room(free), way.saving).answer is Answer.FITS


def test_two_losses_at_once_are_offered_where_one_is_not_enough() -> None:
    need = memory_need(saved_work(WORK, Saving(weights="int8")), "cuda:0")
    fit = judged(room(need.total - 50_000_000))
    assert savings(fit)[0] == ("int8", True, False)
    assert fit.ways[0].title.startswith("8-bit weights and pages of ")


def test_a_page_is_not_made_so_small_that_nothing_can_be_read() -> None:
    smallest = memory_need(msgspec.structs.replace(WORK, pixels=500_000), "cuda:0")
    fit = judged(room(smallest.total - 10_000_000, quantizes=False, ram_free=0))
    assert fit.answer is Answer.DOES_NOT_FIT
    assert fit.sentence.startswith("Does not fit: needs ")
    assert judged(room(smallest.total, quantizes=False, ram_free=0)).ways[0].saving == Saving(
        max_pixels=500_000
    )


def test_no_bits_are_saved_where_nothing_can_do_it() -> None:
    fit = judged(room(NEED.total - 100_000_000, quantizes=False))
    assert all(not way.saving.weights for way in fit.ways)


def test_layers_lie_beside_a_gpu_only_and_need_room_there() -> None:
    lacking = NEED.total - 100_000_000
    assert savings(judged(room(lacking)))[-1] == ("", False, True)
    on_cpu = memory_need(WORK, "cpu").total - 100_000_000
    assert all(not way.saving.offload for way in judged(room(on_cpu, device="cpu")).ways)
    assert all(not way.saving.offload for way in judged(room(lacking, ram_free=1000)).ways)


def test_a_saving_that_is_set_counts() -> None:
    need = memory_need(saved_work(WORK, Saving(weights="int4", max_pixels=1_000_000)), "cuda:0")
    set_already = Saving(weights="int4", max_pixels=1_000_000)
    fit = judged(room(need.total), set_already)
    assert fit.answer is Answer.FITS
    words = "Fits with 4-bit weights, pages of at most 1.0 megapixels: needs "
    assert fit.sentence.startswith(words)
    less = judged(room(need.total - 10_000_000), set_already)
    assert [way.saving.weights for way in less.ways if not way.saving.offload] == ["int4"]
    beside = judged(room(NEED.total - 1_000_000_000), Saving(offload=True))
    assert beside.answer is Answer.FITS
    assert beside.need.total <= NEED.total - 1_000_000_000


def test_the_most_pixels_are_just_as_many_as_fit() -> None:
    free = NEED.total - 200_000_000
    pixels = most_pixels(WORK, "cuda:0", room=free)
    assert 500_000 < pixels < WORK.pixels
    fitting = memory_need(msgspec.structs.replace(WORK, pixels=pixels), "cuda:0")
    more = memory_need(msgspec.structs.replace(WORK, pixels=pixels + 20_000), "cuda:0")
    assert fitting.total <= free < more.total
    assert most_pixels(WORK, "cuda:0", room=1000) == 0
    assert most_pixels(WORK, "cuda:0", room=NEED.total) == WORK.pixels
    loaded = most_pixels(
        WORK, "cuda:0", room=free - NEED.weights - NEED.overhead, weights_there=True
    )
    assert loaded == pytest.approx(pixels, rel=0.05)
