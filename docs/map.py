"""Draws docs/map.md from the imports there are, so that the map can't lie.

python docs/map.py          writes it
python docs/map.py --check  only says whether it is out of date
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import grimp

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).resolve().parent
MAP = HERE / "map.md"
PACKAGE = "installation"
FOR_ALL = ("vocabulary", "settings", "worker", "files")
"""What nearly everybody imports: an arrow from each would hide the rest."""


def rooms(contract: dict[str, list[str]]) -> list[list[str]]:
    """The rows of the layers contract, top first, each a list of rooms."""
    return [[room.strip() for room in layer.split("|")] for layer in contract["layers"]]


def purpose(room: str) -> str:
    """The first sentence of a room's docstring."""
    path = HERE.parent / PACKAGE / room
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = file.read_text(encoding="utf-8").split('"""')[1]
    return " ".join(text.split("\n\n")[0].split()).split(". ")[0].rstrip(".")


def arrows(graph: grimp.ImportGraph) -> set[tuple[str, str]]:
    """Which room imports which, by the shortest set: none that another way round tells already."""
    reached: dict[str, set[str]] = defaultdict(set)
    for module in graph.modules - {PACKAGE}:
        room = module.split(".")[1]
        for other in graph.find_modules_directly_imported_by(module) - {PACKAGE}:
            reached[room].add(other.split(".")[1])
    for room, others in reached.items():
        others -= {room, *FOR_ALL}
    return {
        (room, other)
        for room, others in reached.items()
        if room not in FOR_ALL
        for other in others
        if not any(_leads(reached, between, other) for between in others - {other})
    }


def _leads(reached: dict[str, set[str]], room: str, there: str) -> bool:
    others = reached.get(room, set())
    return there in others or any(_leads(reached, other, there) for other in others)


def drawn() -> str:
    """The page: a Mermaid flowchart and a table."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    rows = rooms(next(c for c in contracts if c["type"] == "layers"))
    lines = [
        "# The map",
        "",
        "Made by `python docs/map.py` from the imports; `make check` refuses a stale one. Rooms",
        "higher up may import those below, never the other way round. An arrow is left out where",
        f"others lead there already; {', '.join(FOR_ALL)} serve all and have none.",
        "",
        "```mermaid",
        "flowchart TD",
    ]
    for number, row in enumerate(rows):
        lines += [f"  subgraph row{number} [ ]", "    direction LR"]
        lines += [f'    {_id(room)}["{room}"]' for room in row]
        lines.append("  end")
    found = arrows(grimp.build_graph(PACKAGE))
    lines += [f"  {_id(room)} --> {_id(other)}" for room, other in sorted(found)]
    lines += ["```", "", "| room | what it is for |", "|---|---|"]
    for room in (room for row in rows for room in row):
        lines.append(f"| `{room}` | {purpose(room)} |")
        inside = sorted((HERE.parent / PACKAGE / room).glob("*/__init__.py"))
        for name in (f"{room}/{path.parent.name}" for path in inside):
            lines.append(f"| `{name}/` | {purpose(name)} |")
    return "\n".join(lines) + "\n"


def _id(room: str) -> str:
    return room.strip("_") or room


def main() -> None:
    text = drawn()
    if "--check" in sys.argv:
        if not MAP.exists() or MAP.read_text(encoding="utf-8") != text:
            sys.exit("docs/map.md is out of date: run python docs/map.py")
        return
    MAP.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
