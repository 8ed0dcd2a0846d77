"""A failure that a child process tells its parent."""

from __future__ import annotations


class ServedError(Exception):
    """A failure that travels to the parent as such. Subclass it for each protocol.

    Attributes:
        kind: Value of the protocol's enum of failures.
        sentence: For a person.
        details: For a bug report.
        codes: What else of it a program can act on, as the protocol says.
        amount: Likewise, a number.
    """

    def __init__(
        self,
        kind: str,
        sentence: str,
        *,
        details: str = "",
        codes: tuple[str, ...] = (),
        amount: int = 0,
    ) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence
        self.details = details
        self.codes = codes
        self.amount = amount
