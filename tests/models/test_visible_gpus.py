"""What CUDA shows of the GPUs under the environment variable."""

from __future__ import annotations

import pytest

from textlift.models.visible_gpus import visible_order

UUIDS = ["GPU-aa11", "GPU-aa22", "GPU-bb33"]


@pytest.mark.parametrize(
    ("setting", "order"),
    [
        (None, (0, 1, 2)),
        ("", ()),
        ("0", (0,)),
        ("2,0", (2, 0)),
        (" 1 , 2 ", (1, 2)),
        # The list ends before what names no GPU.
        ("1,-1,0", (1,)),
        ("-1", ()),
        ("0,7,1", (0,)),
        ("none", ()),
        # As CUDA reads numbers.
        ("1gpu", (1,)),
        # To name one twice hides all.
        ("0,0", ()),
        ("0,GPU-aa11", ()),
        ("GPU-bb33,GPU-aa11", (2, 0)),
        ("GPU-bb", (2,)),
        ("gpu-bb", ()),
        ("GPU-BB33", (2,)),
        # A beginning that two share names none.
        ("GPU-aa", ()),
        ("MIG-aa11", ()),
    ],
)
def test_order(setting, order):
    assert visible_order(setting, UUIDS) == order


def test_parts_of_divided_gpus_have_names_of_their_own():
    parts = ["", "MIG-aa22", "MIG-bb33"]
    assert visible_order("MIG-aa22", UUIDS, parts=parts) == (1,)
    assert visible_order("MIG-bb", UUIDS, parts=parts) == (2,)
    assert visible_order("MIG-cc", UUIDS, parts=parts) == ()
