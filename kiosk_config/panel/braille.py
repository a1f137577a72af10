"""Words as braille, six dots a cell, uncontracted, in the four languages of the show.

English: Unified English Braille, grade 1. German: Basisschrift. French: the integral braille of
2008. Korean: the syllables' letters one by one, without the abbreviations that practised readers
expect (가, 을 and others). Letters alone, as a button has them: neither numbers nor capitals.
"""

from __future__ import annotations

Cell = frozenset[int]
"""The raised dots of a cell: 1 to 3 down the left, 4 to 6 down the right."""

_LATIN = (
    "1 12 14 145 15 124 1245 125 24 245 13 123 134 1345 135 1234 12345 1235 234 2345 136 1236 "
    "2456 1346 13456 1356"
)
_GERMAN = {"ä": "345", "ö": "246", "ü": "1256", "ß": "2346"}
_FRENCH = {
    "é": "123456", "è": "2346", "ê": "126", "ë": "1246", "à": "12356", "â": "16", "ç": "12346",
    "î": "146", "ï": "12456", "ô": "1456", "ù": "23456", "û": "156", "ü": "1256", "œ": "246",
    "’": "3", "'": "3",
}  # fmt: skip

_FIRST_SYLLABLE, _SYLLABLES = 0xAC00, 11172
_MEDIALS, _FINALS = 21, 28
"""Unicode writes every Korean syllable as ((initial * 21) + medial) * 28 + final."""

_INITIAL = (
    "4", "6 4", "14", "24", "6 24", "5", "15", "45", "6 45", "6", "6 6", "", "46", "6 46", "56",
    "124", "125", "145", "245",
)  # fmt: skip
_MEDIAL = (
    "126", "1235", "345", "345 1235", "234", "1345", "156", "34", "136", "1236", "1236 1235",
    "13456", "346", "134", "1234", "1234 1235", "134 1235", "146", "246", "2456", "135",
)  # fmt: skip
_FINAL = (
    "", "1", "1 1", "1 3", "25", "25 13", "25 356", "35", "2", "2 1", "2 26", "2 12", "2 3",
    "2 236", "2 256", "2 356", "26", "12", "12 3", "3", "34", "2356", "13", "23", "235", "236",
    "256", "356",
)  # fmt: skip


def braille(words: str, language: str) -> tuple[Cell, ...]:
    """The cells of words; a blank is an empty cell.

    Raises:
        ValueError: if a letter has no cell in that language.
    """
    more = {"de": _GERMAN, "fr": _FRENCH}.get(language, {})
    letters = {**dict(zip("abcdefghijklmnopqrstuvwxyz", _LATIN.split(), strict=True)), **more}
    cells: list[Cell] = []
    for letter in words.lower():
        syllable = ord(letter) - _FIRST_SYLLABLE
        if letter == " ":
            cells.append(frozenset())
        elif letter in letters:
            cells.append(_cell(letters[letter]))
        elif language == "ko" and 0 <= syllable < _SYLLABLES:
            initial, rest = divmod(syllable, _MEDIALS * _FINALS)
            medial, final = divmod(rest, _FINALS)
            dots = (_INITIAL[initial], _MEDIAL[medial], _FINAL[final])
            cells += [_cell(each) for part in dots for each in part.split()]
        else:
            raise ValueError(f"no braille for {letter!r} ({language})")
    return tuple(cells)


def _cell(dots: str) -> Cell:
    return frozenset(map(int, dots))


def as_text(cells: tuple[Cell, ...]) -> str:
    """The cells as Unicode's braille patterns."""
    return "".join(chr(0x2800 + sum(1 << (dot - 1) for dot in cell)) for cell in cells)
