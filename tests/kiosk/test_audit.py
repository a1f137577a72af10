"""The audit sees a library that was changed, one that is not locked, and a lock without hashes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from installation.settings import HOUSE


def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", HOUSE / "kiosk_config" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


AUDIT = audit()
HASH = "    --hash=sha256:" + "a" * 64


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed library of one module, as pip leaves it."""
    import base64
    import hashlib

    module = tmp_path / "leaven.py"
    module.write_text("RISES = True\n")
    digest = base64.urlsafe_b64encode(hashlib.sha256(module.read_bytes()).digest())
    info = tmp_path / "leaven-1.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Leaven\nVersion: 1.5\n")
    (info / "RECORD").write_text(
        f"leaven.py,sha256={digest.rstrip(b'=').decode()},13\n../bin/leaven,sha256=x,1\n"
        "leaven-1.5.dist-info/RECORD,,\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    return module


def told(text: str, *libraries: str) -> list[str]:
    return list(AUDIT.mistakes(text, set(libraries)))


def test_this_house_s_libraries_are_those_that_were_locked(capsys: pytest.CaptureFixture[str]):
    assert AUDIT.main() == 0, capsys.readouterr().err
    assert "each locked by its hashes and whole" in capsys.readouterr().out


def test_what_is_whole_is_well(library: Path):
    assert told(f"leaven==1.5 \\\n{HASH}\n", "leaven") == []


def test_a_changed_file_and_one_that_is_gone_are_told(library: Path):
    library.write_text("RISES = False\n")
    assert told(f"leaven==1.5 \\\n{HASH}\n", "leaven") == [
        "leaven: leaven.py was changed: install it anew"
    ]
    library.unlink()
    (line,) = told(f"leaven==1.5 \\\n{HASH}\n", "leaven")
    assert "leaven.py is gone" in line


def test_what_is_gone_is_told_by_a_python_that_lists_only_what_is_there(
    library: Path, monkeypatch: pytest.MonkeyPatch
):
    from importlib.metadata import Distribution

    monkeypatch.setattr(Distribution, "files", [])
    library.unlink()
    (line,) = told(f"leaven==1.5 \\\n{HASH}\n", "leaven")
    assert "leaven.py is gone" in line


def test_a_record_that_is_gone_is_told_and_bare_lines_in_it_are_read_over(library: Path):
    record = library.parent / "leaven-1.5.dist-info" / "RECORD"
    record.write_text(record.read_text() + "leaven.pyi\n\n")
    assert told(f"leaven==1.5 \\\n{HASH}\n", "leaven") == []
    record.unlink()
    (line,) = told(f"leaven==1.5 \\\n{HASH}\n", "leaven")
    assert "RECORD is gone" in line


def test_another_version_none_at_all_and_no_hash_are_told(library: Path):
    (line,) = told(f"leaven==1.6 \\\n{HASH}\n", "leaven")
    assert line == "leaven 1.5 is installed, 1.6 is locked"
    assert "not in the lock" in told(f"other==1 \\\n{HASH}\n", "leaven")[0]
    assert "without a hash" in told("leaven==1.5\n", "leaven")[0]
    assert "pins nothing" in told("", "leaven")[0]


def test_a_version_for_another_python_is_none_for_this_one(library: Path):
    old, new = "python_full_version < '3'", "python_full_version >= '3'"
    text = f"leaven==1.4 ; {old} \\\n{HASH}\nleaven==1.5 ; {new} \\\n{HASH}\n{HASH}\n"
    assert [line[3] for line in AUDIT.locked(text)] == [1, 2]
    assert told(text, "leaven") == []


def test_whatever_the_program_asks_for_is_looked_at():
    libraries = AUDIT.needed()
    assert {"numpy", "starlette", "h11"} <= libraries, "also what a library asks for"
    assert "pytest" not in libraries
