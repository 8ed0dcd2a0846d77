"""Saving what was read: one module a format, and writing a file whole or not at all."""

from __future__ import annotations

from textlift.exports.contract import Exporter
from textlift.exports.json_format import JsonExporter
from textlift.exports.markdown import MarkdownExporter
from textlift.exports.plain_text import PlainTextExporter

EXPORTERS: dict[str, Exporter] = {
    exporter.name: exporter
    for exporter in (PlainTextExporter(), MarkdownExporter(), JsonExporter())
}
"""The formats by name, in the order they are offered."""
