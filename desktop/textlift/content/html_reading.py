"""Reads HTML that a model wrote, which may be anything."""

from __future__ import annotations

from html.parser import HTMLParser


class LenientHtmlParser(HTMLParser):
    """The library's parser, which takes all there is but one beginning: it raises at “<![x”."""

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Takes the beginning of what is no section of characters as text."""
        if self.rawdata.startswith("<![CDATA[", i):
            return super().parse_marked_section(i, report)
        self.handle_data("<![")
        return i + len("<![")
