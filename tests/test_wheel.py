"""The wheel alone: what it holds is enough to run, far from any checkout."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

from installation.app.play_page import PAGE
from installation.settings import HOUSE

SMALL = """
[play]
preview_px = [64, 48]
grow = false
slow = 2
[source]
size_px = [64, 48]
seconds = 0.5
[gallery]
video_px = [64, 48]
"""


def run(folder: Path, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY",)}
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=folder,
        env={**kept, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which nothing is installed but the wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check")
    source = folder / "source"  # a copy: setuptools leaves its build folder beside what it builds
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "installation", "models", "kiosk_config", "LICENSE", "README.md"],
        cwd=HOUSE, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    made = [str(f.relative_to(HOUSE)) for f in (PAGE / "made").rglob("*") if f.is_file()]
    for name in filter(None, (*tracked, *made, "pyproject.toml", "setup.py")):
        if (HOUSE / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((HOUSE / name).read_bytes())
    words = ("wheel", "--no-deps", "--no-build-isolation", "-w", folder / "wheels", source)
    run(folder, *pip, *words)
    (wheel,) = (folder / "wheels").glob("*.whl")
    run(folder, *pip, "install", "--no-deps", "--target", folder / "site", wheel)
    return folder / "site"


def test_a_simulated_visit_runs_from_the_wheel(installed: Path, tmp_path: Path):
    (tmp_path / "small.toml").write_text(SMALL)
    where = run(
        tmp_path, "-c", "from installation.settings import HOUSE; print(HOUSE)",
        PYTHONPATH=str(installed),
    ).stdout.strip()  # fmt: skip
    assert Path(where) == installed / "installation" / "house"
    words = ("-m", "installation", "--config", "small.toml", "run", "--headless", "--json")
    done = run(tmp_path, *words, "--out", tmp_path / "out", PYTHONPATH=str(installed))
    told = json.loads(done.stdout)
    (take,) = map(Path, told["takes"])
    assert {"video.mp4", "portrait.png", "net.json"} <= {path.name for path in take.iterdir()}
    net = json.loads((take / "net.json").read_text())
    manifest = json.loads((HOUSE / "models" / "small" / "manifest.json").read_text())
    assert net["model"] == manifest["model"]


def test_the_wheel_dreams(installed: Path, tmp_path: Path):
    words = ("-m", "installation", "carve", "--source", "books", "--max-seconds", 0.2)
    words += ("--size", "64x48", "-o", tmp_path / "dream.mp4")
    run(tmp_path, *words, PYTHONPATH=str(installed))
    assert (tmp_path / "dream.mp4").stat().st_size > 500


def test_the_wheel_holds_every_layout_and_word(installed: Path):
    house = installed / "installation" / "house"
    for folder in ("kiosk_config/panels", "models/small", "models/dreams"):
        ours = {
            path.relative_to(HOUSE / folder)
            for path in (HOUSE / folder).rglob("*")
            if path.suffix in (".toml", ".onnx", ".npy", ".json")
        }
        assert ours
        assert all((house / folder / name).is_file() for name in ours), folder
    words = installed / "installation" / "show" / "words"
    assert {path.stem for path in words.glob("*.toml")} >= {"en", "de", "fr", "ko"}


def test_the_wheel_holds_the_page_to_play_at_home(installed: Path, tmp_path: Path):
    """As `make play` made it; and it makes another from that, without npm."""
    there = installed / "installation" / "door" / "play"
    assert (there / "index.html").is_file()
    assert (there / "made" / "ort" / "ort-wasm-simd-threaded.wasm.gz").is_file()
    words = ("-m", "installation", "play-page", "-o", tmp_path / "page")
    run(tmp_path, *words, PYTHONPATH=str(installed))
    ours = {f.relative_to(there) for f in there.rglob("*") if f.is_file()}
    assert {f.relative_to(tmp_path / "page") for f in (tmp_path / "page").rglob("*.*")} == ours


def test_whatever_is_imported_is_asked_for():
    """Every third-party package that `installation` imports is among its dependencies."""
    asked = {re.split(r"[ <>=;\[!~]", line)[0].lower() for line in requires("uglynet") or ()}
    found: set[str] = set()
    for path in (HOUSE / "installation").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            found |= {name.split(".")[0] for name in names}
    found -= {*sys.stdlib_module_names, "installation", "tomli", "models"}
    owners = packages_distributions()
    lacking = {
        name for name in found if not asked & {dist.lower() for dist in owners.get(name, [name])}
    }
    assert not lacking
