"""The inside of a JSON string, decoded while it is written, and decoded where it is not valid."""

from __future__ import annotations

import re

_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_PLAIN = re.compile(r'[^"\\]+')
_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_CODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_NOT_YET = re.compile(
    r"\\(?:u[0-9a-fA-F]{0,3})?\Z"
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}(?:\\(?:u[0-9a-fA-F]{0,3})?)?\Z"
)
"""The beginning of an escape, or the first half of a pair whose second half may follow."""


def whole_characters(text: str) -> str:
    """The text with halves of surrogate pairs joined, and lone halves replaced: valid Unicode."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class StringDecoder:
    """Decodes the inside of a JSON string piece by piece.

    What is no valid escape is taken as it stands: a model that writes LaTeX forgets to double a
    backslash now and then.

    Attributes:
        closed: The closing quotation mark was met.
    """

    def __init__(self) -> None:
        self.closed = False
        self._held = ""

    def feed(self, text: str) -> tuple[str, str]:
        """Takes more of the string.

        Args:
            text: What follows the last text that was fed.

        Returns:
            The characters decoded; and, once it is closed, what stands after the string.
        """
        text, self._held = self._held + text, ""
        parts: list[str] = []
        at = 0
        while at < len(text):
            if plain := _PLAIN.match(text, at):
                parts.append(plain.group())
                at = plain.end()
            elif text[at] == '"':
                self.closed = True
                return "".join(parts), text[at + 1 :]
            elif _NOT_YET.match(text, at):
                self._held = text[at:]
                break
            else:
                decoded, at = _escape(text, at)
                parts.append(decoded)
        return "".join(parts), ""


def _escape(text: str, at: int) -> tuple[str, int]:
    """What the escape at ``at`` stands for, and where it ends."""
    if pair := _PAIR.match(text, at):
        halves = chr(int(pair[1], 16)) + chr(int(pair[2], 16))
        return whole_characters(halves), pair.end()
    if code := _CODE.match(text, at):
        return whole_characters(chr(int(code[1], 16))), code.end()
    sign = text[at + 1]
    return _SIMPLE.get(sign, sign if sign in '"\\/' else "\\" + sign), at + 2


def decoded_leniently(text: str) -> str:
    """The inside of a string that may hold bare quotation marks and bad escapes.

    The beginning of an escape at its very end is left out.
    """
    parts: list[str] = []
    decoder = StringDecoder()
    while True:
        head, text = decoder.feed(text)
        parts.append(head)
        if not decoder.closed:
            return "".join(parts)
        parts.append('"')
        decoder.closed = False
