"""How long modules and functions may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from installation.settings import HOUSE

MODULE_LINES, FUNCTION_LINES = 400, 60


def sources() -> Iterator[Path]:
    for folder in ("installation", "models", "docs", "kiosk_config"):
        yield from (HOUSE / folder).rglob("*.py")


def lengths() -> Iterator[tuple[str, int, int]]:
    """Every module and function, its lines, and how many it may have."""
    for path in sources():
        text = path.read_text(encoding="utf-8")
        name = str(path.relative_to(HOUSE))
        yield name, len(text.splitlines()), MODULE_LINES
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield f"{name}:{node.name}", lines, FUNCTION_LINES


def test_no_module_and_no_function_is_too_long():
    long = {name: lines for name, lines, most in lengths() if lines > most}
    assert not long, "split it: one idea each"
