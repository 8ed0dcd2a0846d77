"""PDFs written byte by byte, so that tests decide what is wrong with them."""

from __future__ import annotations

from pathlib import Path

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def pdf_bytes(objects: list[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
    )
    return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), entries, content)


def page_bytes(
    content: bytes,
    *,
    box: bytes = b"[0 0 500 100]",
    extra: bytes = b"",
    resources: bytes = b"",
    others: tuple[bytes, ...] = (),
) -> bytes:
    """A PDF of one page; the font is /F, further objects are numbered from 6."""
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 5 0 R"
        b"/Resources<</Font<</F 3 0 R>>%s>>%s>>" % (box, resources, extra)
    )
    return pdf_bytes(
        [
            CATALOG,
            b"<</Type/Pages/Kids[4 0 R]/Count 1>>",
            HELVETICA,
            page,
            stream(content),
            *others,
        ]
    )


def text_content(
    *lines: str, size: int = 24, top: int = 60, left: int = 40, mode: int = 0
) -> bytes:
    """Lines of text under each other; mode 3 is invisible."""
    out = b""
    for number, line in enumerate(lines):
        y = top - number * round(size * 1.2)
        text = line.encode("latin-1").replace(b"\\", b"\\\\").replace(b"(", b"\\(")
        text = text.replace(b")", b"\\)")
        out += b"BT %d Tr /F %d Tf %d %d Td (%s) Tj ET\n" % (mode, size, left, y, text)
    return out


def write_text_pdf(path: Path, *lines: str, **options: int) -> Path:
    """One page of 500 by 100 points with this text."""
    path.write_bytes(page_bytes(text_content(*lines, **options)))
    return path


def write_blank_pdf(path: Path, pages: int) -> Path:
    """Empty pages of 300 by 100 points."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(pages))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]>>"
    path.write_bytes(
        pdf_bytes([CATALOG, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages), *[page] * pages])
    )
    return path
