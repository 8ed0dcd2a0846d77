"""What a ``Verify`` found, in a sentence for a person."""

from __future__ import annotations

from textlift.downloads.messages import Verified


def damage_found(found: Verified) -> str:
    """Which files are damaged, and what to do; there must be one."""
    first, *others = found.damaged
    if not others:
        return f"The file {first} is damaged or missing. Get the model again: only this file comes."
    more = f" and {len(others)} more" if len(others) > 1 else f" and {others[0]}"
    return (
        f"The files {first}{more} are damaged or missing. "
        "Get the model again: only these files come."
    )


def soundness_found(found: Verified) -> str:
    """How much is known to be sound, where nothing is damaged."""
    if not found.checked:
        return "No checksum is known of its files on this computer."
    files = "The one file is" if found.checked == 1 else f"All {found.checked} files are"
    more = f" Of {len(found.unknown)} more no checksum is known." if found.unknown else ""
    return f"{files} as published.{more}"
