"""An error is one line that can be read, whatever it quotes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installation.one_line import LONGEST, one_line
from installation.vocabulary import UglyError


@given(st.text(max_size=3 * LONGEST))
def test_an_error_is_one_line_that_steers_no_terminal(quoted: str):
    line = str(UglyError(f"panel.toml: {quoted}: expected a name"))
    assert line.startswith("panel.toml: ")
    assert line.endswith(": expected a name"), "what to do is not cut off"
    assert line.isprintable()
    assert len(line) <= LONGEST


def test_what_is_plain_stays_as_it_is():
    for text in ("", "Größe 간직 – “so”", "a" * LONGEST):
        assert one_line(text) == text
    assert one_line("a\nb\tc") == "a b c"
    assert one_line("\x1b[2J\u202e") == "\\x1b[2J\\u202e"
