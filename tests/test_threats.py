"""The page of threats names tests that are there, one for each row."""

from __future__ import annotations

import ast
import re

from installation.settings import HOUSE

PAGE = (HOUSE / "docs" / "threats.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and "| test |" not in line]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_threat_has_what_stops_it_and_its_test():
    assert len(ROWS) > 20
    for row in ROWS:
        who, stops, test = (cell.strip() for cell in row.strip("|").split(" | "))
        assert who, row
        assert stops, row
        assert NAMED.search(test), row


def test_every_test_it_names_is_there():
    named = NAMED.findall(PAGE)
    assert len(named) >= len(ROWS)
    for file, test in named:
        path = HOUSE / file
        assert path.is_file(), file
        functions = {
            node.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef)
        }
        tests = {name for name in functions if name.startswith("test_")}
        assert test in tests if test else tests, f"{file}::{test}"
