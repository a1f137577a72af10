"""Devices without threads or time of their own: they move on when a clock they are given does.

For pictures that must come out the same every time, such as the tour's. Each is asked for as
the real one is, and does its work within the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from installation.app.devices import Devices
from installation.experience import TakeKept
from installation.gallery.archive import Render
from installation.gallery.attract_order import Entry, Takes
from installation.gallery.baking import Baking
from installation.gallery.driver import Answer, Shown, TakeToKeep
from installation.interpolator.ablation import ranking
from installation.interpolator.driver import NO_XRAYS, Ablated, Interpolator, Played, Playing
from installation.interpolator.player import Finish, FrameMaker, filmed_at, scaled
from installation.interpolator.timeline import frame_count, playing_index, position_of
from installation.noise.rack import finished
from installation.panel.factory import open_panel
from installation.panel.layouts import load_layout
from installation.settings import Settings
from installation.source.driver import Filmed
from installation.vocabulary import Clip, DeviceHealth, Frame, Health, Net, SourceKind, Take

XRAY_EVERY = 1
RENDERED_A_TICK = 3
DAY_S = 86400.0


@dataclass
class SteppedClock:
    """Seconds that pass only when they are told to."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


def stepped_devices(
    settings: Settings, clip: Clip, net: Interpolator, archive: SteppedArchive, demo: Clip
) -> Devices:
    """Devices that move on by the archive's clock: the on-screen panel, `clip` as a camera, and
    `demo`, of the preview's size, for whoever walks past.

    Raises:
        UglyError: if the settings' layout is wrong.
    """
    clock, play, layout = archive.clock, settings.play, settings.panel.layout
    return Devices(
        open_panel("onscreen", layout, clock=clock),
        load_layout(layout).knowing(net.sites),
        SteppedSource(clip, settings.source.seconds, clock),
        net,
        SteppedPlayer(net, finished, play.fps, clock),
        archive,
        SteppedLoop(archive),
        demo,
        play.preview_px,
    )


class SteppedSource:
    """A clip as a camera: it loops by the clock, and films its own first seconds."""

    def __init__(self, clip: Clip, seconds: float, clock: Callable[[], float]) -> None:
        self._clip, self._seconds, self._clock = clip, seconds, clock
        self._visit, self._began_s = 0, -1.0

    @property
    def kind(self) -> SourceKind:
        return SourceKind.CAMERA

    def latest(self) -> Frame | None:
        began_s = max(0.0, self._began_s)
        number = int((self._clock() - began_s) * self._clip.fps) % len(self._clip.frames)
        return self._clip.frames[number]

    def film(self, visit: int) -> None:
        self._visit, self._began_s = visit, self._clock()

    def filmed(self) -> Filmed | None:
        if self._began_s < 0 or self._clock() - self._began_s < self._seconds:
            return None
        self._began_s = -1.0
        count = min(len(self._clip.frames), round(self._seconds * self._clip.fps))
        return Filmed(self._visit, Clip(self._clip.frames[:count], self._clip.fps))

    def progress(self) -> float:
        if self._began_s < 0:
            return 0.0
        return min(1.0, (self._clock() - self._began_s) / self._seconds)

    def steer(self, knobs: tuple[float, ...]) -> None:
        """A clip has nothing to steer."""

    def health(self) -> DeviceHealth:
        return DeviceHealth("camera", Health.FINE, "a clip")

    def close(self) -> None:
        """Nothing to let go of."""


class SteppedPlayer:
    """Plays as `Player` does; the frame that is due is made when it is asked for."""

    def __init__(
        self, interpolator: Interpolator, finish: Finish, fps: float, clock: Callable[[], float]
    ) -> None:
        self._interpolator, self._fps, self._clock = interpolator, fps, clock
        self._maker = FrameMaker(interpolator, finish, XRAY_EVERY)
        self._playing: Playing | None = None
        self._clip: Clip | None = None
        self._began_s = 0.0
        self._played: Played | None = None
        self._blamed: Ablated | None = None
        self._xrays: Mapping[str, Frame] = NO_XRAYS

    @property
    def made(self) -> int:
        return self._maker.made

    def play(self, playing: Playing | None) -> None:
        before, self._playing = self._playing, playing
        if playing is None:
            self._clip = self._played = None
            return
        if before is None or before.clip is not playing.clip or self._clip is None:
            self._clip, self._began_s = scaled(playing.clip, playing.size_px), self._clock()
        if playing.blame and (self._blamed is None or self._blamed.net != playing.net):
            found = [r for r in ranking(self._interpolator, self._clip, playing.net) if r]
            self._blamed = Ablated(playing.clip, playing.net, found[-1] if found else ())

    def latest(self) -> Played | None:
        playing, clip = self._playing, self._clip
        if playing is None or clip is None:
            return None
        count = frame_count(len(clip.frames), playing.slow)
        index = playing_index(self._clock() - self._began_s, self._fps, count)
        last = self._played
        if last is not None and last.index == index and last.playing.net == playing.net:
            return last
        position = position_of(index, playing.slow)
        frame, seen = self._maker.frame(clip, position, playing.net)
        self._xrays = self._xrays if seen is None else seen
        untouched = filmed_at(clip, position)
        self._played = Played(frame, untouched, playing, index, self._xrays)
        return self._played

    def blamed(self) -> Ablated | None:
        return self._blamed

    def close(self) -> None:
        self._interpolator.close()


@dataclass
class SteppedArchive:
    """Keeps takes in memory, a few rendered frames at each look."""

    render: Render
    fps: float
    clock: Callable[[], float]
    films: dict[str, tuple[Frame, ...]] = field(default_factory=dict)
    keep_days: float = 1.0
    most: int = 500
    kept: tuple[Take, ...] = ()
    _stored_so_far: int = 0
    _order: TakeToKeep | None = None
    _rendering: Iterator[tuple[float, Frame]] | None = None
    _frames: list[Frame] = field(default_factory=list)
    _progress: float | None = None

    def add(self, clip: Clip, net: Net) -> Take:
        """Keep a take at once."""
        return self._stored(net, [frame for _, frame in self.render(clip, net)])

    def keep(self, order: TakeToKeep) -> bool:
        if self._order is not None:
            return False
        self._order, self._rendering = order, self.render(order.clip, order.net)
        self._frames, self._progress = [], 0.0
        return True

    def keep_within(self, keep_days: float, most: int) -> None:
        self.keep_days, self.most = keep_days, most

    def answer(self) -> Answer | None:
        order, rendering = self._order, self._rendering
        if order is None or rendering is None:
            return None
        for _ in range(RENDERED_A_TICK):
            made = next(rendering, None)
            if made is None:
                take = self._stored(order.net, self._frames)
                self._order = self._rendering = self._progress = None
                if order.baking is not None:
                    order.baking.end()
                return TakeKept(order.visit, take)
            self._progress = made[0]
            self._frames.append(made[1])
            if order.baking is not None:
                order.baking.add(made[1])
        return None

    def _stored(self, net: Net, frames: list[Frame]) -> Take:
        self._stored_so_far += 1
        now_s = self.clock() + self._stored_so_far
        name = f"take-{self._stored_so_far}"
        take = Take(name, net, now_s, now_s + self.keep_days * DAY_S)
        self.films[name] = tuple(frames)
        self.kept = (take, *self.kept[: self.most - 1])
        self.films = {kept.id: self.films[kept.id] for kept in self.kept}
        return take

    def takes(self) -> Takes:
        return Takes(map(Entry.of, self.kept))

    def progress(self) -> float | None:
        return self._progress

    def health(self) -> DeviceHealth:
        return DeviceHealth("gallery", Health.FINE, f"{len(self.kept)} takes, in memory")

    def close(self, timeout_s: float = 0.0) -> bool:
        """Forget it all."""
        self.films.clear()
        return True


@dataclass
class SteppedLoop:
    """Shows the takes of a stepped archive, and what it makes, by the clock."""

    archive: SteppedArchive
    _what: Take | Baking | None = None
    _since_s: float = 0.0
    _revealed: Shown | None = None

    def show(self, what: Take | Baking | None) -> None:
        if what != self._what:
            self._what, self._since_s, self._revealed = what, self.archive.clock(), None

    def latest(self) -> Shown | None:
        if isinstance(self._what, Baking):
            return self._reveal(self._what)
        if self._what is None or not (frames := self.archive.films.get(self._what.id)):
            return None
        number = int((self.archive.clock() - self._since_s) * self.archive.fps) % len(frames)
        return Shown(frames[number], self._what.net, self._what.id)

    def _reveal(self, baking: Baking) -> Shown | None:
        if not baking.begins:
            self._since_s = self.archive.clock()
            return None
        number = int((self.archive.clock() - self._since_s) * baking.fps)
        if baking.is_past(number):
            baking.see()
        elif baking.has(number):
            self._revealed = Shown(baking.frame(number), baking.net)
        return self._revealed

    def close(self) -> None:
        self._what = None
