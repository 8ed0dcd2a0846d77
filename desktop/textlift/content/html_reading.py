"""Reads HTML that a model wrote, which may be anything."""

from __future__ import annotations

from html.parser import HTMLParser


class LenientHtmlParser(HTMLParser):
    """The library's parser, without what makes it raise or lose words.

    It raises at “<![x”. It takes all that follows ``<script>`` for a program, and what is never
    closed it drops: the rest of the page, after a model's slip.
    """

    def set_cdata_mode(self, elem: str, **_: object) -> None:
        """Goes on as before: what stands in such an element is read as any other text."""

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Takes the beginning of what is no section of characters as text."""
        if self.rawdata.startswith("<![CDATA[", i):
            return super().parse_marked_section(i, report)
        self.handle_data("<![")
        return i + len("<![")
