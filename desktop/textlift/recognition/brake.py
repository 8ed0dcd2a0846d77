"""Stops a run in which page after page is lost."""

from __future__ import annotations

import threading

PAGES_IN_A_ROW = 3


class Brake:
    """Counts pages lost by all engines. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lost = 0
        self._sentence = ""

    @property
    def sentence(self) -> str:
        """Why the run must stop; empty while it may go on."""
        return self._sentence

    def page_read(self) -> None:
        """An engine has read a page: whatever went wrong before was about its pages."""
        with self._lock:
            self._lost = 0

    def page_lost(self, reason: str) -> bool:
        """Every engine failed on a page; True when this page is the one to stop at."""
        with self._lock:
            self._lost += 1
            if self._lost < PAGES_IN_A_ROW or self._sentence:
                return False
            self._sentence = (
                f"Reading stopped because {self._lost} pages in a row could not be read "
                f"by any model. The last one: {reason} The pages left wait; "
                "choose another model and go on."
            )
            return True

    def pull(self, sentence: str) -> bool:
        """Stops for another reason; True when nothing had stopped the run before."""
        with self._lock:
            if self._sentence:
                return False
            self._sentence = sentence
            return True
