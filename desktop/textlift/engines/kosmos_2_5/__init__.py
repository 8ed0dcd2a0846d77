"""Kosmos-2.5: a page to lines with their places, or to Markdown."""
