"""The wheel alone: what it holds is enough to run, far from any checkout."""

from __future__ import annotations

import ast
import json
import os
import re
import stat
import subprocess
import sys
import tarfile
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

from installation.settings import HOUSE

SMALL = """
[screen]
size_px = [640, 360]
fps = 15
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


def release(out: Path, **environment: str) -> Path:
    """A release made from this checkout, as it stands, in `out`."""
    run(HOUSE, HOUSE / "kiosk_config" / "make_release.py", "--dirty", "-o", out, **environment)
    return out


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release, made from this checkout."""
    return release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def installed(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which nothing is installed but the wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    (wheel,) = released.glob("*.whl")
    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check")
    run(folder, *pip, "install", "--no-deps", "--no-index", "--target", folder / "site", wheel)
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
    assert (there.parent / "static" / "made" / "uPlot.esm.js").is_file(), "the operators' plots"
    words = ("-m", "installation", "play-page", "-o", tmp_path / "page")
    run(tmp_path, *words, PYTHONPATH=str(installed))
    ours = {f.relative_to(there) for f in there.rglob("*") if f.is_file()}
    assert {f.relative_to(tmp_path / "page") for f in (tmp_path / "page").rglob("*.*")} == ours


def test_a_second_release_of_the_same_commit_has_the_same_bytes(released: Path, tmp_path: Path):
    """Whoever makes it, wherever and whenever."""
    before = os.umask(0o077)
    try:
        again = release(tmp_path / "again", TZ="Asia/Seoul", LC_ALL="C", PYTHONHASHSEED="7")
    finally:
        os.umask(before)
    names = {path.name for path in released.iterdir()}
    assert names == {path.name for path in again.iterdir()}
    for name in names:
        assert (released / name).read_bytes() == (again / name).read_bytes(), name
    assert stat.S_IMODE((again / "install").stat().st_mode) == 0o755


def test_a_release_says_what_it_is_of(released: Path):
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=released, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    told = json.loads((released / "release.json").read_text())
    (tar,) = released.glob("*.tar")
    with tarfile.open(tar) as archive:
        within = {Path(name).name for name in archive.getnames()}
    assert tar.name == f"uglynet-{told['name']}.tar"
    assert within == {path.name for path in released.iterdir()} - {tar.name}


def test_a_releases_bill_of_materials_names_every_library_model_and_font(released: Path):
    bill = json.loads((released / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    named = {part["name"] for part in bill["components"]}
    asked = {re.split(r"[ <>=;\[!~]", line)[0].lower() for line in requires("uglynet") or ()
             if "extra ==" not in line}  # fmt: skip
    assert asked <= {name.replace("_", "-") for name in named} | {"pydantic_core"}
    assert {"models/small/flow.onnx", "installation/show/fonts/BMJUA.ttf"} <= named
    assert "onnxruntime-web" in named
    (program,) = [each for each in bill["dependencies"] if each["ref"] == "uglynet"]
    assert set(program["dependsOn"]) == {part["bom-ref"] for part in bill["components"]}


def test_the_locked_libraries_are_those_the_tests_ran_with(released: Path):
    tested = set(re.findall(r"^([\w.-]+==[^\s;]+)", (HOUSE / "constraints.txt").read_text(), re.M))
    for name in ("wheelhouse.txt", "runtime-cpu.txt", "runtime-cuda.txt", "midi.txt"):
        text = (released / name).read_text()
        locked = re.findall(r"^([\w.-]+==[^\s;]+)", text, re.M)
        assert locked
        assert {each for each in locked if not each.startswith("pip==")} <= tested, "make lock"
        assert text.count("--hash=sha256:") >= len(locked)
        assert ("onnxruntime" in text) == name.startswith("runtime")


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
