"""What is to be rendered anew, and what already is: beside every video lies what it was made of.

    OUT/<take>.mp4    the video
    OUT/<take>.json   {"take": ..., "of": SHA-256, "video": {"bytes": ..., "sha256": ...}, ...}

`of` is the sum of film, net, model and look: the same order finds its own work done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from installation.files import write_whole
from installation.gallery.faults import told
from installation.gallery.reading import GalleryReader
from installation.gallery.record import CLIP, Record
from installation.gallery.take_folder import TAKES, sum_of
from installation.interpolator.model import load_model
from installation.rerender.task import Look, Made, ModelFiles, Task
from installation.vocabulary import UglyError


def model_files(folder: Path) -> ModelFiles:
    """The files of the model in a folder, or beside a manifest.

    Raises:
        UglyError: if it is damaged or not there.
    """
    model = load_model(folder)
    manifest = folder / "manifest.json" if folder.is_dir() else folder
    graphs = {name: model.graphs[graph] for graph, (name, _) in model.manifest.files.items()}
    return {"manifest.json": manifest.read_bytes(), **graphs}


@dataclass(frozen=True, slots=True)
class Plan:
    """Which takes of a gallery are rendered how, into which folder."""

    gallery: Path
    out: Path
    look: Look
    model_sha256: str

    def qualifying(
        self, only: tuple[str, ...] = (), private: bool = False
    ) -> tuple[list[Record], int, list[str]]:
        """The takes whose visitors said yes to their film being kept and, unless `private`, to
        being shown (of those named, if any are), how many others there are, and a line for each
        that cannot be read or isn't there.

        Raises:
            UglyError: if the gallery cannot be read.
        """
        reader = GalleryReader(self.gallery)
        try:
            records = list(reader.records())
            problems = list(reader.problems)
        finally:
            reader.close()
        known = {record.id for record in records}
        problems += [f"{name}: no such take" for name in only if name not in known]
        asked = [record for record in records if not only or record.id in only]
        found = [
            record
            for record in asked
            if record.clip and CLIP in record.files and (record.shown or private)
        ]
        return found, len(asked) - len(found), problems

    def is_done(self, record: Record) -> bool:
        """Whether its video is there, whole, and of just this."""
        try:
            noted = json.loads(self._note(record.id).read_bytes())
            there = asdict(sum_of(self.video(record.id)))
            return bool(noted["of"] == self._sum(record) and noted["video"] == there)
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def task(self, record: Record) -> Task:
        """The take's task.

        Raises:
            UglyError: one line, if its film cannot be read or is not what was kept.
        """
        path = self.gallery / TAKES / record.id / CLIP
        with told(f"take {record.id}: its film cannot be read"):
            clip = path.read_bytes()
        if hashlib.sha256(clip).hexdigest() != record.files[CLIP].sha256:
            raise UglyError(f"take {record.id}: its film is damaged; see `uglynet gallery verify`")
        return Task(record.id, clip, json.dumps(dict(record.net)), self.look)

    def keep(self, record: Record, made: Made) -> None:
        """Write what was made: the video first, what it was made of when that is there. Nothing is
        left of a take that was taken back meanwhile.

        Raises:
            UglyError: one line, if it cannot be written, or did not arrive as it was made.
        """
        if hashlib.sha256(made.video).hexdigest() != made.sha256:
            raise UglyError(f"take {record.id}: its video did not arrive whole")
        note = {
            "take": record.id,
            "of": self._sum(record),
            "name": record.name,
            "shown": record.shown,
            "model": self.model_sha256,
            "look": asdict(self.look),
            "frames": made.frames,
            "video": {"bytes": len(made.video), "sha256": made.sha256},
            "took_s": round(made.took_s, 1),
            "where": made.where,
        }
        with told(f"{self.out}: cannot be written to"):
            write_whole(self.video(record.id), made.video)
            text = json.dumps(note, indent=1, ensure_ascii=False) + "\n"
            write_whole(self._note(record.id), text.encode())
            if not self.is_there(record):
                self.video(record.id).unlink(missing_ok=True)
                self._note(record.id).unlink(missing_ok=True)

    def is_there(self, record: Record) -> bool:
        """Whether the take and its film are in the gallery still."""
        return (self.gallery / TAKES / record.id / CLIP).exists()

    def left_over(self, records: list[Record]) -> Iterator[Path]:
        """Videos of takes that are gone from the gallery, or whose film is, and what is noted of
        them."""
        known = {record.id for record in records}
        for note in sorted(self.out.glob("*.json")):
            if note.stem not in known and self._is_note(note):
                yield note.with_suffix(".mp4")
                yield note

    def video(self, take_id: str) -> Path:
        """Where a take's video lies."""
        return self.out / f"{take_id}.mp4"

    def _note(self, take_id: str) -> Path:
        return self.out / f"{take_id}.json"

    def _is_note(self, path: Path) -> bool:
        try:
            noted = json.loads(path.read_bytes())
            return str(noted["take"]) == path.stem and "of" in noted
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def _sum(self, record: Record) -> str:
        parts = {
            "clip": record.files[CLIP].sha256,
            "net": dict(record.net),
            "model": self.model_sha256,
            "look": asdict(self.look),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
