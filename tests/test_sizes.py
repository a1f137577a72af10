"""How long modules and functions may be, and how much a function may be given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from installation.settings import HOUSE

MODULE_LINES, FUNCTION_LINES, PARAMETERS = 400, 60, 7


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


def parameters() -> Iterator[tuple[str, int]]:
    """Every function, and how many parameters it has beside itself."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
                count = sum(each.arg not in ("self", "cls") for each in given)
                yield f"{path.relative_to(HOUSE)}:{node.name}", count


def test_no_function_is_given_too_much():
    much = {name: count for name, count in parameters() if count > PARAMETERS}
    assert not much, "group what belongs together in a dataclass"
