"""The film itself is kept only on a yes of its own, is shown to nobody, and goes with its take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pictures import gradient
from waiting import eventually

from installation.experience import TakeKept
from installation.gallery.archive import Archive, Making
from installation.gallery.deletion import delete_take
from installation.gallery.driver import TakeToKeep
from installation.gallery.export import export_take
from installation.gallery.reading import GalleryReader
from installation.gallery.record import CLIP, VIDEO, Record
from installation.gallery.take_folder import read_record
from installation.gallery.verify import disagreements
from installation.video import VideoReader
from installation.vocabulary import Clip, Net

FILM = Clip(tuple(gradient(64, 48, shift=3 * k) for k in range(4)), 10)


def kept(folder: Path, with_clip: bool, film: Clip = FILM) -> Record:
    making = Making(lambda clip, net: ((1.0, f) for f in clip.frames), lambda net: ("<svg/>", b"p"))
    archive = Archive(folder, making, keep_days=1, most=10)
    archive.keep(TakeToKeep(1, film, Net("e" * 64), True, with_clip=with_clip))
    answer = eventually(archive.answer)
    archive.close()
    assert isinstance(answer, TakeKept)
    return read_record(folder / "takes" / answer.take.id)


@pytest.mark.parametrize("said", [True, False])
def test_it_is_there_if_its_visitor_said_so(tmp_path: Path, said: bool):
    record = kept(tmp_path, said)
    assert record.clip is said
    assert (CLIP in record.files) is said
    assert (tmp_path / "takes" / record.id / CLIP).exists() is said
    reader = GalleryReader(tmp_path)
    assert list(disagreements(reader)) == []
    reader.close()


def test_it_is_next_to_what_was_filmed(tmp_path: Path, hello: Clip):
    record = kept(tmp_path, True, hello)
    with VideoReader(tmp_path / "takes" / record.id / CLIP) as reader:
        found = list(reader.frames())
        assert reader.fps == hello.fps
    assert len(found) == len(hello.frames)
    for ours, filmed in zip(found, hello.frames, strict=True):
        assert np.abs(ours.astype(int) - filmed.astype(int)).mean() < 2


def test_an_export_holds_it_only_when_asked_for(tmp_path: Path):
    record = kept(tmp_path / "gallery", True)
    for asked in (False, True):
        folder, problems = export_take(tmp_path / "gallery", record, tmp_path / str(asked), asked)
        assert problems == ()
        assert (folder / VIDEO).exists()
        assert (folder / CLIP).exists() is asked
        assert (CLIP in (folder / "take.json").read_text()) is asked


def test_it_goes_when_its_take_goes(tmp_path: Path):
    record = kept(tmp_path, True)
    delete_take(tmp_path, record.id)
    assert list(tmp_path.rglob(CLIP)) == []
