"""Numbered PNG frames in a folder."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType

from installation.files import folder_on_its_way
from installation.video import png_bytes
from installation.vocabulary import Frame, UglyError

NUMBERED = "frame_[0-9][0-9][0-9][0-9][0-9][0-9].png"


class FrameFolder:
    """Numbered PNG frames in a folder: all of them, or none if anything fails. They take the place
    of all numbered frames that were there before.

    Raises:
        UglyError: one line, if they cannot be written; what was there before is there then.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = contextlib.ExitStack()
        self.count = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._partial = self._stack.enter_context(folder_on_its_way(folder))
        except OSError as error:
            raise UglyError(f"{folder}: cannot be written ({error.strerror})") from None

    def add(self, frame: Frame) -> None:
        self.count += 1
        try:
            (self._partial / f"frame_{self.count:06d}.png").write_bytes(png_bytes(frame))
        except OSError as error:
            raise UglyError(f"{self._folder}: cannot be written ({error.strerror})") from None

    def __enter__(self) -> FrameFolder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            if kind is None:
                self._name()

    def _name(self) -> None:
        made = sorted(self._partial.iterdir())
        moved: list[tuple[Path, Path]] = []  # from, to
        try:
            before = self._stack.enter_context(folder_on_its_way(self._folder))
            for file in sorted(filter(Path.is_file, self._folder.glob(NUMBERED))):
                file.replace(before / file.name)
                moved.append((file, before / file.name))
            for file in made:
                file.replace(self._folder / file.name)
                moved.append((file, self._folder / file.name))
        except BaseException as failed:
            for origin, now in reversed(moved):
                with contextlib.suppress(OSError):
                    now.replace(origin)
            if isinstance(failed, OSError):
                raise UglyError(f"{self._folder}: cannot be written ({failed.strerror})") from None
            raise
