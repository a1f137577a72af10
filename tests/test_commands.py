"""The command line, as an operator types it: each a process of its own."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import av
import click
import cv2
import numpy as np
import pytest
from pictures import gradient

from installation.__main__ import main
from installation.__main__ import uglynet as main_group
from installation.commands.frame_folder import FrameFolder
from installation.commands.outputs import FiniteRange
from installation.interpolator.model import Model
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, VideoWriter, fitted
from installation.vocabulary import UglyError, as_frame

carve_module = importlib.import_module("installation.commands.carve")

VERBS = (
    "run",
    "carve",
    "net",
    "gallery",
    "source",
    "panel",
    "doctor",
    "bench",
    "check",
    "atlas",
    "curves",
    "play-page",
)
NET_VERBS = (
    "make",
    "show",
    "validate",
    "randomise",
    "portrait",
    "mix",
    "breed",
    "mutate",
    "who",
    "card",
    "read",
)
GALLERY_VERBS = ("list", "show", "export", "delete", "verify", "rebuild")


@dataclass(frozen=True)
class Ran:
    returncode: int
    stdout: str
    stderr: str


def uglynet(*words: object, ok: bool | None = True, cwd: Path | None = None) -> Ran:
    """Run the command line as its own entry point does, in this process (a start costs more
    than most commands); `test_the_command_itself` runs the real one."""
    out, err = io.StringIO(), io.StringIO()
    before, argv = Path.cwd(), sys.argv
    status: object = 0
    try:
        os.chdir(cwd or before)
        sys.argv = ["uglynet", *map(str, words)]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as leaving:
        status = leaving.code or 0
    finally:
        os.chdir(before)
        sys.argv = argv
    assert isinstance(status, int)
    ran = Ran(status, out.getvalue(), err.getvalue())
    if ok:
        assert ran.returncode == 0, ran.stderr
    elif ok is False:
        assert ran.returncode != 0
        assert ran.stderr.strip(), "it says what is wrong"
    return ran


def test_the_command_itself(tmp_path: Path):
    command = Path(sys.executable).with_name("uglynet")
    run = subprocess.run(
        [command, "carve", "absent.mp4", "-o", "o.mp4"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (1, "uglynet: absent.mp4: no such file\n")
    listed = subprocess.run([command, "source", "list", "--json"], capture_output=True, check=True)
    assert json.loads(listed.stdout), "nothing but JSON on stdout"


def refused(*words: object, says: str, cwd: Path) -> None:
    """Refused in one line, with nothing new left on the disk."""
    before = {p: p.stat().st_mtime_ns for p in cwd.rglob("*") if p.is_file()}
    run = uglynet(*words, ok=False, cwd=cwd)
    lines = [line for line in run.stderr.splitlines() if not line.startswith("rendering at")]
    assert len([line for line in lines if line.strip() not in ("", "carving")]) == 1, run.stderr
    assert says in run.stderr
    after = {p: p.stat().st_mtime_ns for p in cwd.rglob("*") if p.is_file()}
    assert after == before


def frames_of(path: Path) -> list[np.ndarray]:
    with VideoReader(path) as reader:
        return list(reader.frames())


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    with VideoWriter(path, 12, quality=8) as video:
        for k in range(5):
            video.add(gradient(96, 64, shift=3 * k))
    return path


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("net") / "net.json"
    uglynet("net", "randomise", "--seed", 11, "-o", path)
    return path


def test_every_verb_explains_itself():
    listed = uglynet("--help").stdout
    for verb in VERBS:
        assert verb in listed
        assert "Usage" in uglynet(verb, "--help").stdout
    for group, verbs in (("net", NET_VERBS), ("gallery", GALLERY_VERBS), ("source", ("list",))):
        for verb in verbs:
            assert "Usage" in uglynet(group, verb, "--help").stdout


def test_a_wrong_command_line_is_status_2():
    assert uglynet("paint", ok=False).returncode == 2
    assert uglynet("carve", ok=False).returncode == 2
    assert uglynet("carve", "x.mp4", "-o", "y.mp4", "--size", "big", ok=False).returncode == 2


@pytest.mark.parametrize("slow", [1, 2, 5])
def test_clean_slow_motion_has_every_source_frame(clip: Path, tmp_path: Path, slow: int):
    uglynet("carve", clip, "-o", tmp_path / "out", "--slow", slow, "--ungoverned", ok=False)
    uglynet("carve", clip, "-o", f"{tmp_path}/out/", "--slow", slow, "--ungoverned")
    files = sorted((tmp_path / "out").iterdir())
    source = frames_of(clip)
    assert len(files) == (len(source) - 1) * slow + 1
    assert files[0].name == "frame_000001.png"
    for index, frame in enumerate(source):
        written = cv2.cvtColor(cv2.imread(str(files[index * slow])), cv2.COLOR_BGR2RGB)
        assert (written == frame).all()


def test_a_carved_video(clip: Path, net: Path, tmp_path: Path):
    out = tmp_path / "out.mp4"
    run = uglynet("carve", clip, "--net", net, "-o", out, "--slow", 3, "--size", "80x48")
    assert "13 frames" in run.stdout
    found = frames_of(out)
    assert len(found) == 13
    assert found[0].shape == (48, 80, 3)
    with VideoReader(out) as reader:
        assert reader.fps == pytest.approx(12)
    source = [fitted(as_frame(f), (80, 48)) for f in frames_of(clip)]
    change = np.mean([np.abs(found[3 * k].astype(int) - s).mean() for k, s in enumerate(source)])
    assert change > 3, "the source frames pass through the carved net too"
    assert [p.name for p in tmp_path.iterdir()] == ["out.mp4"]


def test_the_same_twice(clip: Path, net: Path, tmp_path: Path):
    sums = set()
    for name, threads in (("a.mp4", 1), ("b.mp4", 2), ("c.mp4", 2)):
        uglynet("carve", clip, "--net", net, "-o", tmp_path / name, "--threads", threads)
        sums.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(sums) == 1


def test_max_seconds_reads_only_that_much(clip: Path, tmp_path: Path):
    uglynet("carve", clip, "-o", tmp_path / "out.mp4", "--max-seconds", 0.25)
    assert len(frames_of(tmp_path / "out.mp4")) == (3 - 1) * 4 + 1


@pytest.mark.parametrize("size", [(97, 63), (64, 128), (2, 2)])
def test_odd_portrait_and_tiny_videos(tmp_path: Path, size: tuple[int, int]):
    path = tmp_path / "in.mkv"
    with av.open(str(path), "w") as container:  # lossless RGB keeps odd sizes
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "bgr0"
        for k in range(3):
            picture = av.VideoFrame.from_ndarray(np.array(gradient(*size, shift=k)), "rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    uglynet("carve", path, "-o", tmp_path / "out.mp4", "--slow", 2)
    found = frames_of(tmp_path / "out.mp4")
    assert len(found) == 5
    width, height = (max(16, side) for side in size)
    assert found[0].shape == (height + height % 2, width + width % 2, 3)


def test_a_4k_video_is_rendered_at_a_size_that_fits(tmp_path: Path):
    with VideoWriter(tmp_path / "in.mp4", 10) as video:
        for k in range(2):
            video.add(fitted(gradient(320, 180, shift=k), (3840, 2160)))
    run = uglynet("carve", tmp_path / "in.mp4", "-o", tmp_path / "out.mp4", "--slow", 2)
    assert "1280x720" in run.stderr
    assert frames_of(tmp_path / "out.mp4")[0].shape == (720, 1280, 3)


def test_bad_input_gets_one_line_and_leaves_nothing(
    clip: Path, net: Path, tmp_path: Path, model: Model
):
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "noise.mp4").write_bytes(os.urandom(5000))
    with VideoWriter(tmp_path / "one.mp4", 10) as video:
        video.add(gradient(64, 64))
    document = json.loads(net.read_text())
    (tmp_path / "other.json").write_text(json.dumps({**document, "model": "0" * 64}))
    (tmp_path / "newer.json").write_text(json.dumps({**document, "version": 7}))
    (tmp_path / "broken.json").write_text("{")
    site = {**document, "cuts": [{"site": "flow/enc9", "operation": "add", "amount": 1}]}
    (tmp_path / "site.json").write_text(json.dumps(site))
    tool = {**document, "rack": [{"tool": "melt", "amount": 1}]}
    (tmp_path / "tool.json").write_text(json.dumps(tool))
    (tmp_path / "broken.toml").write_text("[screen")
    (tmp_path / "key.toml").write_text("[screen]\nfsp = 1\n")
    (tmp_path / "model.toml").write_text('[model]\npath = "nowhere"\n')
    for name, says in (
        ("absent.mp4", "no such file"),
        ("empty.mp4", "not a readable video"),
        ("noise.mp4", "not a readable video"),
        ("one.mp4", "one frame"),
        (".", "a folder"),
    ):
        refused("carve", name, "-o", "out.mp4", says=says, cwd=tmp_path)
    for name, says in (
        ("absent.json", "cannot be read"),
        ("other.json", "another model"),
        ("newer.json", "newer version"),
        ("broken.json", "not JSON"),
        ("site.json", "no site"),
        ("tool.json", "noise tool"),
    ):
        refused("carve", clip, "--net", name, "-o", "out.mp4", says=says, cwd=tmp_path)
        refused("net", "validate", name, says=says, cwd=tmp_path)
    for name, says in (
        ("broken.toml", "line 1"),
        ("key.toml", "screen.fsp"),
        ("model.toml", "no model"),
        ("absent.toml", "cannot be read"),
    ):
        refused("--config", name, "carve", clip, "-o", "o.mp4", says=says, cwd=tmp_path)
    refused("carve", clip, "-o", "out.avi", says=".mp4", cwd=tmp_path)
    refused("carve", clip, "-o", "no/out.mp4", says="no such folder", cwd=tmp_path)


def test_a_full_disk_while_carving_leaves_nothing(clip: Path, tmp_path: Path):
    """A file system of 64 KiB: it fills while the frames are written."""
    full = tmp_path / "full"
    full.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(full)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        # No right to mount: a limit on file sizes gives the same write error.
        script = (
            "import resource, runpy, signal, sys;"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000));"
            "sys.argv = ['uglynet', *sys.argv[1:]];"
            "runpy.run_module('installation', run_name='__main__')"
        )
        run = subprocess.run(
            [sys.executable, "-c", script, "carve", str(clip), "-o", f"{full}/o/", "--slow", "2"],
            capture_output=True,
            text=True,
            check=False,
        )
    else:
        try:
            run = uglynet("carve", clip, "-o", f"{full}/o/", "--slow", 9, ok=False)
            assert "No space left" in run.stderr
            assert not list((full / "o").iterdir())
        finally:
            subprocess.run(["umount", str(full)], check=True)
    assert run.returncode == 1
    assert "Traceback" not in run.stderr


def test_nets_by_command(tmp_path: Path, net: Path):
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    uglynet("net", "randomise", "--seed", 4, "--extreme", "-o", one)
    uglynet("net", "randomise", "--seed", 4, "--extreme", "-o", two)
    assert one.read_bytes() == two.read_bytes()
    assert len(json.loads(one.read_text())["cuts"]) >= 16
    made = tmp_path / "made.json"
    cut = "interp/skip2 cut off 0.75 side=a chisel=rows:0.3:7 grain=0.5:2"
    uglynet("net", "make", "--cut", cut, "--noise", "rgb split 0.4", "--name", "Otto", "-o", made)
    shown = uglynet("net", "show", made).stdout
    for word in ("Otto", "interp/skip2", "cut off", "75%", "side A", "rows over 30%", "rgb split"):
        assert word in shown
    document = json.loads(uglynet("net", "show", made, "--json").stdout)
    assert document == json.loads(made.read_text())
    assert json.loads(uglynet("net", "validate", made, "--json").stdout)["valid"] is True
    refused("net", "make", "--cut", "flow/enc1 melt 1", "-o", "x.json", says="melt", cwd=tmp_path)
    refused("net", "make", "--cut", "flow/x1 add 1", "-o", "x.json", says="flow/x1", cwd=tmp_path)
    uglynet("net", "portrait", made)
    assert (tmp_path / "made.svg").read_text().rstrip().endswith("</svg>")
    assert cv2.imread(str(tmp_path / "made.png")).shape[:2] == (720, 720)


def test_source_list_and_doctor_tell_what_is_here(tmp_path: Path):
    config = tmp_path / "my.toml"
    config.write_text(f'[gallery]\nfolder = "{tmp_path}/g"\n')
    listed = json.loads(uglynet("--config", config, "source", "list", "--json").stdout)
    assert any("bundled clip" in row["name"] and row["there"] for row in listed["sources"])
    told = json.loads(uglynet("--config", config, "doctor", "--json").stdout)
    assert told["well"] is True
    assert {"model", "onnxruntime", "screen", "gallery", "panel"} <= {
        finding["what"] for finding in told["findings"]
    }
    assert "CPUExecutionProvider" in uglynet("--config", config, "doctor").stdout


def test_doctor_s_status_says_when_something_is_missing(tmp_path: Path):
    config = tmp_path / "my.toml"
    config.write_text(f'[model]\npath = "nowhere"\n[gallery]\nfolder = "{tmp_path}/g"\n')
    run = uglynet("--config", config, "doctor", ok=None)
    assert run.returncode == 1
    assert "MISS  model" in run.stdout
    assert "no model there" in run.stdout


def test_an_empty_gallery(tmp_path: Path):
    config = tmp_path / "my.toml"
    config.write_text(f'[gallery]\nfolder = "{tmp_path}/g"\n')
    assert json.loads(uglynet("--config", config, "gallery", "list", "--json").stdout) == []
    assert "no takes" in uglynet("--config", config, "gallery", "list").stdout
    run = uglynet("--config", config, "gallery", "delete", "abc", "--yes", ok=False)
    assert "no take with an id" in run.stderr


def test_frames_that_cannot_all_be_named_leave_none(tmp_path: Path):
    (tmp_path / "frame_000002.png").mkdir()  # in the way
    black = as_frame(np.zeros((32, 32, 3), np.uint8))
    folder = FrameFolder(tmp_path)
    folder.add(black)
    folder.add(black)
    with pytest.raises(UglyError, match="cannot be written"):
        folder.__exit__(None, None, None)
    assert [path.name for path in tmp_path.iterdir()] == ["frame_000002.png"]


def test_nothing_that_is_there_is_replaced_unasked(clip: Path, net: Path, tmp_path: Path):
    for name in ("a.mp4", "a.json", "a.svg", "a.png", "a.jsonl"):
        (tmp_path / name).write_text("mine")
    (tmp_path / "link.mp4").symlink_to("a.mp4")
    (tmp_path / "frame_000001.png").write_text("mine")
    for words in (
        ("carve", clip, "-o", "a.mp4"),
        ("carve", clip, "-o", "link.mp4"),
        ("carve", clip, "-o", "./"),
        ("net", "randomise", "--seed", 1, "-o", "a.json"),
        ("net", "mutate", net, "--seed", 1, "-o", "a.json"),
        ("net", "portrait", net, "-o", "a"),
        ("curves", "-o", "a.svg"),
        ("check", clip, "--plot", "a.png"),
        ("tour", "-o", "a.mp4"),
        ("panel", "record", "a.jsonl", "--panel", "simulated"),
    ):
        refused(*words, says="is there already", cwd=tmp_path)
    film = tmp_path / "film.mp4"
    film.write_bytes(clip.read_bytes())
    refused("carve", film, "-o", film, "--force", says="is what is read", cwd=tmp_path)
    assert uglynet("carve", clip, "-o", "", ok=False, cwd=tmp_path).returncode == 1
    assert uglynet("curves", "-o", "", ok=False, cwd=tmp_path).returncode == 2
    uglynet("net", "randomise", "--seed", 1, "-o", "a.json", "--force", cwd=tmp_path)
    assert (tmp_path / "a.json").read_text() != "mine"


def test_numbers_are_numbers(clip: Path, tmp_path: Path):
    carve = ("carve", clip, "-o", "a.mp4", "--max-seconds")
    for words in (carve, ("panel", "monitor", "--seconds")):
        for number in ("nan", "inf", "-inf"):
            assert uglynet(*words, number, ok=False, cwd=tmp_path).returncode == 2
    todo: list[click.Command] = [main_group]
    while todo:
        command = todo.pop()
        todo.extend(getattr(command, "commands", {}).values())
        for parameter in command.params:
            assert not isinstance(parameter.type, click.FloatRange) or isinstance(
                parameter.type, FiniteRange
            ), (command.name, parameter.name)


def test_no_more_is_made_at_a_time_than_cores_help(clip: Path, tmp_path: Path, monkeypatch):
    opened = []
    real = carve_module.open_interpolator
    monkeypatch.setattr(
        carve_module, "open_interpolator", lambda *a, **k: opened.append(a) or real(*a, **k)
    )
    uglynet("carve", clip, "-o", tmp_path / "a.mp4", "--threads", 64, "--max-seconds", 0.2)
    assert len(opened) <= carve_module.usable_cores()


@pytest.mark.parametrize("to", ["out.mp4", "out/"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_stopped_by_a_signal_nothing_half_done_stays(
    tmp_path: Path, to: str, number: signal.Signals
):
    words = ["carve", str(BUNDLED_CLIP), "-o", to, "--size", "64x48", "--slow", "64"]
    program = subprocess.Popen(
        [Path(sys.executable).with_name("uglynet"), *words],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        # Under `nohup`, or in a script's background, some signals are ignored from the start.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    assert program.stderr is not None
    while not any(tmp_path.rglob("*.partial")):
        assert program.poll() is None
        time.sleep(0.02)
    program.send_signal(number)
    said = program.communicate()[1].decode()
    assert program.returncode == 128 + number
    assert "Traceback" not in said
    assert [path for path in tmp_path.rglob("*") if path.is_file() or "partial" in path.name] == []


def test_what_was_cut_off_is_said_and_not_passed(tmp_path: Path):
    with VideoWriter(tmp_path / "whole.mp4", 12) as video:
        for k in range(60):
            video.add(gradient(96, 64, shift=3 * k))
    data = (tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) * 2 // 3])
    ran = uglynet("check", tmp_path / "cut.mp4", ok=None)
    assert ran.returncode == 4
    assert "not judged" in ran.stdout
    assert "passes" not in ran.stdout
    told = json.loads(uglynet("check", tmp_path / "cut.mp4", "--json", ok=None).stdout)
    assert told["passes"] is False
    assert told["not_judged"]
    run = uglynet("carve", tmp_path / "cut.mp4", "-o", tmp_path / "out.mp4", "--slow", 1)
    assert "left out" in run.stderr


def test_a_strobe_is_found_whatever_its_film_is_like():
    for name in ("02-strobe-then-hold-vfr.mp4", "03-strobe-behind-cover.mp4"):
        assert uglynet("check", Path(__file__).with_name("cases") / name, ok=None).returncode == 3
