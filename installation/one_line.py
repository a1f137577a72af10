"""A text as one line, whatever it quotes: a damaged file's bytes end no line, steer no terminal,
and are not told at length; an address without the password in it. Pure."""

from __future__ import annotations

import re

LONGEST = 1000
"""Letters of a line."""


def one_line(text: str) -> str:
    """The text without what would end its line or steer a terminal, cut in the middle if it is
    long: what is wrong stands at its head, what to do at its end."""
    line = "".join(map(_plain, text))
    if len(line) <= LONGEST:
        return line
    tail = LONGEST // 4
    return f"{line[: LONGEST - tail - 3]} … {line[-tail:]}"


def _plain(letter: str) -> str:
    if letter.isprintable():
        return letter
    return " " if letter in "\n\r\t" else ascii(letter)[1:-1]


def address_told(address: str) -> str:
    """An address as it may be told: some devices want their password in it."""
    return re.sub(r"(?i)(pass\w*|pwd)=.*", r"\1=…", address)
