"""Tables that a model wrote as HTML."""

from __future__ import annotations

from textlift.content.html_reading import LenientHtmlParser
from textlift.content.tables import MAX_SPAN, Cell, Rows


def html_rows(text: str) -> Rows:
    """The rows that have cells; cells without a row make one."""
    parser = _TableParser()
    parser.feed(text)
    parser.close()
    return [row for row in parser.rows if row]


class _TableParser(LenientHtmlParser):
    """Takes rows, cells, spans and text out of HTML; everything else is left behind."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: Rows = []
        self._cell: Cell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
            self._cell = None
        elif tag in {"td", "th"}:
            if not self.rows:
                self.rows.append([])
            spans = dict(attrs)
            self._cell = Cell(
                columns=_span(spans.get("colspan")),
                rows=_span(spans.get("rowspan")),
                head=tag == "th",
            )
            self.rows[-1].append(self._cell)
        elif tag == "br" and self._cell is not None:
            self._cell.text += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr"}:
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.text += data
        elif data.strip():
            # Text between cells is no cell's, but it was on the page.
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append(Cell(text=data.strip()))


def _span(value: str | None) -> int:
    return min(max(int(value), 1), MAX_SPAN) if value and value.isascii() and value.isdigit() else 1
