"""A gallery rendered anew: only what may be, once, whole, whoever is lost on the way."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import psutil
import pytest
from click.testing import CliRunner
from waiting import eventually

from installation.__main__ import uglynet
from installation.carve.nets import net_text
from installation.carve.random_nets import roll
from installation.commands import render as render_command
from installation.experience import TakeKept
from installation.gallery.archive import Archive, Making
from installation.gallery.changes import change_take
from installation.gallery.deletion import delete_take
from installation.gallery.driver import TakeToKeep
from installation.gallery.record import CLIP
from installation.interpolator.model import Model
from installation.rerender.farm import Failed, dask_farm
from installation.rerender.plan import Plan, model_files
from installation.rerender.task import Look, Made, Task, render_take
from installation.settings import HOUSE
from installation.video import VideoReader, VideoWriter
from installation.vocabulary import Carve, Clip, Cut, Net, Operation, UglyError

MODEL = HOUSE / "models" / "small"
LOOK = Look((64, 48), 2)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return dict(model_files(MODEL))


@pytest.fixture
def gallery(tmp_path: Path, model: Model, hello: Clip) -> Path:
    """Three takes with their films, and one whose visitor said no to that."""
    film = Clip(hello.frames[:3], hello.fps)
    making = Making(lambda clip, net: ((1.0, f) for f in clip.frames), lambda net: ("<svg/>", b"p"))
    archive = Archive(tmp_path / "gallery", making, keep_days=1, most=10)
    for number in range(4):
        net = roll(model.manifest.sites, model.manifest.model, number)
        archive.keep(TakeToKeep(number, film, net, True, with_clip=number != 2))
        assert isinstance(eventually(archive.answer), TakeKept)
    archive.close()
    (tmp_path / "settings.toml").write_text('[gallery]\nfolder = "gallery"\n')
    return tmp_path / "gallery"


def plan_of(gallery: Path, out: Path, look: Look = LOOK) -> Plan:
    out.mkdir(exist_ok=True)
    return Plan(gallery, out, look, "model")


class Inline:
    """A farm of this very process, that is lost after so many takes."""

    workers = 1

    def __init__(self, model: dict[str, bytes], lost_after: int = 99) -> None:
        self._model, self._left = model, lost_after
        self.rendered_ids: list[str] = []

    def rendered(self, tasks: Iterable[Task]) -> Iterator[Made | Failed]:
        for task in tasks:
            if not self._left:
                raise KeyboardInterrupt
            self._left -= 1
            self.rendered_ids.append(task.take_id)
            try:
                yield render_take(task, self._model)
            except UglyError as error:
                yield Failed(task.take_id, str(error))


@pytest.fixture
def run(gallery: Path, monkeypatch: pytest.MonkeyPatch, files):
    """Runs the command over a farm of this process."""

    def ran(*words: str, farm: Inline | None = None):
        used = farm or Inline(files)

        @contextlib.contextmanager
        def farming(*given: object) -> Iterator[Inline]:
            yield used

        monkeypatch.setattr(render_command, "dask_farm", farming)
        config = str(gallery.parent / "settings.toml")
        out = str(gallery.parent / "out")
        line = ["--config", config, "render", "-o", out, "--size", "64x48", "--slow", "2", *words]
        return CliRunner().invoke(uglynet, line), used

    return ran


def ids_with_film(gallery: Path) -> set[str]:
    return {path.parent.name for path in gallery.glob(f"takes/*/{CLIP}")}


def test_only_takes_whose_visitors_agreed_are_rendered_and_each_once(gallery: Path, run):
    done, farm = run()
    assert done.exit_code == 0, done.output
    assert set(farm.rendered_ids) == ids_with_film(gallery)
    assert len(farm.rendered_ids) == 3
    assert "3 of 3 takes rendered" in done.output
    assert "1 have no film" in done.output
    videos = sorted((gallery.parent / "out").glob("*.mp4"))
    assert {path.stem for path in videos} == ids_with_film(gallery)
    with VideoReader(videos[0]) as reader:
        frames = list(reader.frames())
    assert len(frames) == 5
    assert frames[0].shape == (48, 64, 3)
    again, idle = run()
    assert idle.rendered_ids == []
    assert "3 were there before" in again.output


def test_what_was_stopped_goes_on_where_it_was(gallery: Path, run, files):
    stopped, first = run(farm=Inline(files, lost_after=1))
    assert stopped.exit_code != 0
    done, second = run()
    assert done.exit_code == 0, done.output
    assert len(first.rendered_ids) == 1
    assert set(second.rendered_ids) == ids_with_film(gallery) - set(first.rendered_ids)


@pytest.mark.parametrize("damage", ["cut", "gone", "changed", "note"])
def test_a_damaged_video_is_made_again(gallery: Path, run, damage: str):
    run()
    video = min((gallery.parent / "out").glob("*.mp4"))
    data = video.read_bytes()
    if damage == "gone":
        video.unlink()
    elif damage == "note":
        video.with_suffix(".json").write_text("{")
    else:
        video.write_bytes(data[:-9] if damage == "cut" else data[:-9] + bytes(9))
    _, farm = run()
    assert farm.rendered_ids == [video.stem]
    assert video.read_bytes() == data, "the same task gives the same video"


def test_another_look_is_another_video(gallery: Path, run):
    run()
    _, farm = run("--slow", "3")
    assert len(farm.rendered_ids) == 3


def test_a_damaged_film_is_told_and_the_others_are_rendered(gallery: Path, run):
    film = min(gallery.glob(f"takes/*/{CLIP}"))
    film.write_bytes(film.read_bytes()[:-1])
    done, farm = run()
    assert done.exit_code == 1
    assert len(farm.rendered_ids) == 2
    assert f"take {film.parent.name}: its film is damaged" in done.output


def test_a_take_that_was_taken_back_is_told_of_and_goes_when_asked(gallery: Path, run):
    run()
    gone = min(ids_with_film(gallery))
    delete_take(gallery, gone)
    out = gallery.parent / "out"
    done, _ = run()
    assert "1 videos are of takes that have left" in done.output
    assert (out / f"{gone}.mp4").exists()
    run("--prune")
    assert not list(out.glob(f"{gone}.*"))
    assert len(list(out.glob("*.mp4"))) == 2


def test_what_was_not_to_be_shown_is_rendered_only_when_asked_for(gallery: Path, run):
    private = min(ids_with_film(gallery))
    change_take(gallery, private, lambda held: replace(held, show=False))
    _, farm = run()
    assert private not in farm.rendered_ids
    assert len(farm.rendered_ids) == 2
    _, farm = run("--private")
    assert farm.rendered_ids == [private]


def test_what_is_taken_back_while_it_is_rendered_leaves_no_video(gallery: Path, run, files):
    class Slow(Inline):
        def rendered(self, tasks: Iterable[Task]) -> Iterator[Made | Failed]:
            for made in super().rendered(tasks):
                if len(self.rendered_ids) == 1:
                    delete_take(gallery, self.rendered_ids[0])
                yield made

    done, farm = run(farm=Slow(files))
    assert done.exit_code == 0, done.output
    out = gallery.parent / "out"
    assert {path.stem for path in out.iterdir()} == set(farm.rendered_ids[1:])


def test_nothing_else_in_the_folder_is_pruned(gallery: Path, run):
    out = gallery.parent / "out"
    out.mkdir()
    for name, text in (("mine.json", "{}"), ("mine.mp4", ""), ("other.json", "[1]")):
        (out / name).write_text(text)
    run("--prune")
    assert (out / "mine.json").exists()
    assert (out / "mine.mp4").exists()
    assert (out / "other.json").exists()


def test_it_is_said_beforehand_what_would_be_rendered(gallery: Path, run):
    done, farm = run("--dry-run")
    assert "3 of 3 takes would be rendered" in done.output
    assert farm.rendered_ids == []
    assert not (gallery.parent / "out").exists()


def test_a_take_by_name_and_one_that_is_not_there(gallery: Path, run):
    wanted = min(ids_with_film(gallery))
    done, farm = run(wanted, "nobody")
    assert farm.rendered_ids == [wanted]
    assert done.exit_code == 1
    assert "nobody: no such take" in done.output


def test_a_gallery_without_films_says_how_to_ask_for_them(tmp_path: Path, run, gallery: Path):
    (gallery.parent / "settings.toml").write_text('[gallery]\nfolder = "empty"\n')
    done, _ = run()
    assert done.exit_code == 0
    assert "asks_for_clip" in done.output


def test_a_folder_that_cannot_be_written_is_one_line(gallery: Path, run):
    (gallery.parent / "out").write_text("a file")
    done, _ = run()
    assert done.exit_code != 0
    assert "Traceback" not in done.output


def test_a_net_of_another_model_is_carved_where_its_layers_are(gallery: Path, files, model: Model):
    film = min(gallery.glob(f"takes/*/{CLIP}")).read_bytes()
    cut = Cut("interp/dec2", Operation.INVERT, 0.7)
    net = Net("f" * 64, Carve.of([cut]))
    ours = replace(net, model=model.manifest.model)
    one, other = (render_take(Task("x", film, net_text(each), LOOK), files) for each in (net, ours))
    assert one.sha256 == other.sha256
    strange = Net("f" * 64, Carve.of([replace(cut, site="interp/dec9")]))
    with pytest.raises(UglyError, match='take x: this model has no layer "interp/dec9"'):
        render_take(Task("x", film, net_text(strange), LOOK), files)


def test_a_video_that_changed_on_the_way_is_not_kept(gallery: Path, files):
    plan = plan_of(gallery, gallery.parent / "out")
    record = plan.qualifying()[0][0]
    made = render_take(plan.task(record), files)
    with pytest.raises(UglyError, match="did not arrive whole"):
        plan.keep(record, replace(made, video=made.video[:-1]))
    assert not plan.is_done(record)
    plan.keep(record, made)
    assert plan.is_done(record)
    assert json.loads((plan.out / f"{record.id}.json").read_bytes())["frames"] == 5


def test_real_workers_are_killed_and_nothing_is_lost_or_left(
    gallery: Path, files, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Two processes of Dask's own; one is killed while it has a task."""
    passing = tmp_path / "passing"
    passing.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(passing))
    monkeypatch.setenv("TMPDIR", str(passing))
    monkeypatch.chdir(passing)
    plan = plan_of(gallery, gallery.parent / "out")
    records, _, _ = plan.qualifying()
    tasks = [plan.task(record) for record in records for _ in range(2)]
    here = {task.take_id: render_take(task, files).sha256 for task in tasks}
    with dask_farm("", 2, files) as farm:
        assert farm.workers == 2
        pids = farm.processes()
        assert os.getpid() not in pids
        family = (psutil.Process(), *psutil.Process().children(recursive=True))
        open_at = {c.laddr.ip for p in family for c in p.net_connections("inet")}
        assert open_at <= {"127.0.0.1"}, "nobody beyond this machine reaches them"
        found = []
        for made in farm.rendered(tasks):
            assert isinstance(made, Made), made
            found.append(made)
            if len(found) == 1:
                os.kill(pids[0], signal.SIGKILL)
    assert list(passing.iterdir()) == [], "no film of a visitor's is left behind"
    assert len(found) == len(tasks)
    for made in found:
        assert sha256(made.video).hexdigest() == made.sha256 == here[made.take_id]


def test_nobody_at_the_address_is_one_line(files, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("installation.rerender.farm.REACH_S", 0.5)
    for address in ("tcp://127.0.0.1:9", "nonsense"):
        with (
            pytest.raises(UglyError, match=f"{address}: no workers to be had") as caught,
            dask_farm(address, 1, files),
        ):
            pass
        assert "\n" not in str(caught.value)


def test_videos_are_governed(gallery: Path, files, model: Model, tmp_path: Path):
    """A film that flashes is eased; ungoverned it would not be."""
    flashing = [np.full((48, 64, 3), 255 * (k // 2 % 2), np.uint8) for k in range(24)]
    film = tmp_path / "film.mp4"
    with VideoWriter(film, 12) as writer:
        for frame in flashing:
            frame.flags.writeable = False
            writer.add(frame)
    net = net_text(Net(model.manifest.model))
    swings = {}
    for flash in ("on", "off"):
        made = render_take(Task("x", film.read_bytes(), net, Look((64, 48), 1, flash)), files)
        video = tmp_path / f"{flash}.mp4"
        video.write_bytes(made.video)
        with VideoReader(video) as reader:
            means = [float(frame.mean()) for frame in reader.frames()]
        swings[flash] = float(np.abs(np.diff(means)).sum())
    assert swings["on"] < 0.7 * swings["off"]
