"""Keeps what people read out of what explains a failure: only what is known to be harmless stays.

What a child process wrote before it died, and the message of an exception, may quote the page.
Nobody can tell text of a page from other text by looking at it, so lines are kept by what they
are (frames of a stack, kinds of exceptions, the last words of the C library and of CUDA) and the
others are counted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from textlift.content.attempt import Attempt, FailureKind
from textlift.downloads.redaction import without_secrets

_FRAME = re.compile(r'^\s*File "[^"]*", line \d+(?:,? in [\w.<>]+)?$')
_MARKERS = re.compile(r"^\s+[~^ ]+$")
_EXCEPTION = re.compile(
    r"^(?P<kind>(?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning|Died|Failed"
    r"|TimedOut))(?:: (?P<message>.*))?$"
)
_HARMLESS = re.compile(
    r"^(?:exit code: (?:-?\d+|None)"
    r"|resident: \d+ bytes"
    r"|Traceback \(most recent call last\):"
    r"|During handling of the above exception, another exception occurred:"
    r"|The above exception was the direct cause of the following exception:"
    r"|(?:Current t|T)hread 0x[0-9a-f]+(?: \[[\w. -]*\])? \(most recent call first\):"
    r"|Fatal Python error: [\w .:-]+"
    r"|Windows fatal exception: [\w -]+"
    r"|Extension modules: [\w., ()]+"
    r"|(?:Aborted|Killed|Segmentation fault|Bus error|Illegal instruction)(?: \(core dumped\))?"
    r"|terminate called [\w ':]+"
    r"|\s*what\(\):\s+std::\w+"
    r"|(?:double free or corruption|corrupted size vs\. prev_size|stack smashing detected).{0,20}"
    r"|(?:malloc|free|realloc|munmap_chunk)\(\): [a-z ()-]+"
    r"|CUDA (?:error|kernel errors)\b.*)$"
)
_ABOUT_CODE = frozenset({
    "ImportError", "ModuleNotFoundError", "NotImplementedError", "AttributeError",
    "SafetensorError",
})  # fmt: skip
"""Exceptions whose messages quote names of the program."""
_ABOUT_THE_MACHINE = _ABOUT_CODE | {"OutOfMemoryError", "MemoryError", "AcceleratorError"}
"""Exceptions whose messages are about code or memory, once quotations are gone."""

_OF_THE_SYSTEM = re.compile(r"\[(?:Errno|WinError) -?\d+\] ")
"""How messages of the operating system begin, which quote names of files.

Without it a message is some library's own, and may be a file's name with no mark around it.
"""

_OF_LIBRARIES = re.compile(
    r"(?:CUDA|cuDNN|CUBLAS|HIP|MPS|NCCL|Expected|The size of tensor|mat1|Tensors|Sizes of tensors"
    r"|Error\(s\) in loading)\b"
)
"""How messages begin that PyTorch gives to a plain RuntimeError."""

_NAME_OR_OPENING = re.compile(
    r"(?<!\w)(?P<quote>['\"`])(?P<name>[A-Za-z_][\w.]*)(?P=quote)(?!\w)|(?<!\w)[\"'`“„«]"
)
_CLOSING = re.compile(r"[\"'`”“»](?!\w)")

_TELLING = frozenset({
    FailureKind.NOT_AVAILABLE, FailureKind.DOES_NOT_FIT, FailureKind.OUT_OF_MEMORY,
    FailureKind.TIMED_OUT, FailureKind.CANCELLED,
})  # fmt: skip
"""Failures whose sentences are about the model and the machine, never about the page."""


def without_person(text: str) -> str:
    """The text with the home folder, which holds the user's name, as ``~``; without secrets."""
    home = str(Path.home()).rstrip(os.sep)
    if home:
        text = re.sub(rf"{re.escape(home)}(?![\w.-])", "~", text)
    return without_secrets(text)


def harmless_lines(output: str) -> str:
    """What of a traceback, or of a process's last words, cannot hold text of a page."""
    return "\n".join(_harmless_lines(output.splitlines()))


def _harmless_lines(lines: list[str]) -> Iterator[str]:
    left_out = 0
    after_frame = False
    for line in lines:
        if not line.strip():
            continue
        # Below a frame stands the line of the program, not of the page.
        kept = line if after_frame and line.startswith("    ") else _harmless(line)
        after_frame = _FRAME.match(line) is not None
        if kept is None:
            left_out += 1
            continue
        yield without_person(kept)
    if left_out:
        lines_were = "1 line is" if left_out == 1 else f"{left_out} lines are"
        yield f"({lines_were} left out: text of the page might be in there.)"


def _harmless(line: str) -> str | None:
    if _FRAME.match(line) or _MARKERS.match(line) or _HARMLESS.match(line):
        return line
    exception = _EXCEPTION.match(line)
    if exception is None:
        return None
    kind, message = exception["kind"], exception["message"]
    name = kind.rpartition(".")[2]
    known = name in _ABOUT_THE_MACHINE or any(
        beginning.match(message or "") for beginning in (_OF_LIBRARIES, _OF_THE_SYSTEM)
    )
    if not message or not known:
        return kind
    return f"{kind}: {without_quotations(message, keep_names=name in _ABOUT_CODE)}"


def without_quotations(text: str, *, keep_names: bool = False) -> str:
    """The text with an ellipsis from its first quotation mark to its last.

    What is quoted may hold quotation marks itself, so nothing in between is looked at.

    Args:
        text: Any.
        keep_names: Let names of a program stay in front of that: ``'NoneType' has no 'shape'``.
    """
    start = next(
        (
            one.start()
            for one in _NAME_OR_OPENING.finditer(text)
            if one["name"] is None or not keep_names
        ),
        None,
    )
    if start is None:
        return text
    ends = [one.end() for one in _CLOSING.finditer(text, start + 1)]
    return f"{text[:start]}“…”{text[ends[-1] :] if ends else ''}"


def harmless_sentence(attempt: Attempt) -> str:
    """The sentence of a failure where it cannot quote the page; else empty."""
    if attempt.failure not in _TELLING:
        return ""
    return without_person(without_quotations(attempt.sentence))
