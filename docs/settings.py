"""The table of all settings, from their schema.

python docs/settings.py          writes docs/settings.md
python docs/settings.py --check  says whether it is out of date, and writes nothing
"""

from __future__ import annotations

import sys
from pathlib import Path

from installation.drivers import INTERPOLATORS, PANELS, PRINTERS, SOURCES
from installation.live_settings.rows import Row, rows

PAGE = Path(__file__).resolve().parent / "settings.md"


def page() -> str:
    """The page: a table for every section."""
    lines = [
        "# Every setting",
        "",
        "Made by `python docs/settings.py` from `installation/settings.py`; `make check` refuses",
        "a stale one. What is live takes effect while the show runs, a few seconds after the",
        "settings file was saved; the rest at the next start. An example with comments:",
        "[kiosk_config/uglynet.toml](../kiosk_config/uglynet.toml).",
    ]
    section = ""
    for row in rows():
        if not row.key.startswith(f"{section}.") or not section:
            section = row.key.split(".")[0]
            lines += ["", f"## [{section}]", ""]
            lines += ["| setting | default | allowed | what it is | takes effect |"]
            lines += ["|---|---|---|---|---|"]
        lines.append(_line(row))
    for key, drivers in (
        ("[panel] driver", PANELS),
        ("[source] driver", SOURCES),
        ("[model] driver", INTERPOLATORS),
        ("[printer] driver", PRINTERS),
    ):
        lines += ["", f"## {key}", "", "| driver | what it is |", "|---|---|"]
        lines += [f"| `{driver.name}` | {driver.what} |" for driver in drivers]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    default = f"`{row.default}`" if row.default else "none"
    when = "live" if row.live else "at the next start"
    cells = (f"`{row.key.split('.')[1]}`", default, row.allowed, row.means, when)
    return f"| {' | '.join(cell.replace('|', 'or') for cell in cells)} |"


def main() -> None:
    text = page()
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            sys.exit("docs/settings.md is out of date: run python docs/settings.py")
        return
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
