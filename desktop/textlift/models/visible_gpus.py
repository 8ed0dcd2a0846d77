"""Which GPUs CUDA shows to a process, and in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBER = re.compile(r"[+-]?\d+")


def visible_order(
    setting: str | None, uuids: Sequence[str], *, parts: Sequence[str] = ()
) -> tuple[int, ...]:
    """Places in ``uuids`` of the GPUs that are shown: the first is ``cuda:0``.

    As the CUDA C++ Programming Guide has it ("CUDA Environment Variables"): the list ends before
    the first entry that names no GPU, a UUID may be shortened, and to name a GPU twice hides all.

    Args:
        setting: Value of ``CUDA_VISIBLE_DEVICES``, or its like; None when it is not set.
        uuids: Of all GPUs, in the order of the PCI bus.
        parts: UUIDs of their parts, empty for those that are not divided; in the same order.
    """
    if setting is None:
        return tuple(range(len(uuids)))
    order: list[int] = []
    for entry in setting.split(","):
        place = _place(entry.strip(), uuids, parts)
        if place is None:
            break
        if place in order:
            return ()
        order.append(place)
    return tuple(order)


def _place(entry: str, uuids: Sequence[str], parts: Sequence[str]) -> int | None:
    if entry.startswith(("GPU-", "MIG-")):
        begun = [
            place
            for place, uuid in enumerate(uuids if entry.startswith("GPU-") else parts)
            if uuid.lower().startswith(entry.lower())
        ]
        return begun[0] if len(begun) == 1 else None
    found = _NUMBER.match(entry)
    if found is None:
        return None
    place = int(found[0])
    return place if 0 <= place < len(uuids) else None
