"""How long a download waits, and how often it tries again."""

from __future__ import annotations

import os
import random

import msgspec

VARIABLE = "TEXTLIFT_DOWNLOAD_PATIENCE"
"""Of the environment: fields of ``Patience`` as JSON, for a line that is worse than most."""


class Patience(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a download puts up with. Times in seconds.

    Attributes:
        connect: For a connection to be made.
        read: Without a byte, while one is expected.
        tries: Of a request, in a row, that bring nothing.
        first_delay: Before the second try; each further one is twice as long.
        longest_delay: Between two tries.
        longest_wait: That a server may ask for; one that wants more is given up.
        slow_seconds: After which the speed is looked at.
        slow_rate: Bytes a second; a connection that brings fewer is made anew.
    """

    connect: float = 10.0
    read: float = 30.0
    tries: int = 8
    first_delay: float = 1.0
    longest_delay: float = 30.0
    longest_wait: float = 900.0
    slow_seconds: float = 30.0
    slow_rate: float = 1000.0

    def delay(self, failed: int) -> float:
        """Seconds to wait after so many failed tries.

        Differs from case to case, so that not all connections come back at the same moment.
        """
        doubled = self.first_delay * 2.0 ** min(failed - 1, 30)
        return min(doubled, self.longest_delay) * random.uniform(0.75, 1.25)


def patience_for_files() -> Patience:
    """Of a download, which may take as long as it takes."""
    given = os.environ.get(VARIABLE)
    return msgspec.json.decode(given, type=Patience) if given else Patience()


def patience_for_questions() -> Patience:
    """Of a request that somebody waits for."""
    files = patience_for_files()
    return msgspec.structs.replace(
        files,
        read=min(files.read, 15.0),
        tries=min(files.tries, 4),
        longest_wait=min(files.longest_wait, 20.0),
    )
