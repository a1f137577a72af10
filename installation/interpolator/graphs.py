"""Where the graphs of a model run: the seam between what a frame asks for and who computes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from installation.interpolator.sessions import Cancel
from installation.vocabulary import DeviceHealth

FloatArray = npt.NDArray[np.float32]
Feeds = Mapping[str, npt.NDArray[Any]]
"""A graph's inputs by name. An array given again, the very same object, was not written into."""


class Graphs(Protocol):
    """The four graphs of a model by name (`carve.sites.GRAPHS`), two of each net, plain and full.

    One thread at a time; but where they run `side_by_side`, another may `run` meanwhile what is
    open.
    """

    @property
    def side_by_side(self) -> bool:
        """Whether two may run at a time, and both are done sooner for it."""

    def open(self, graph: str) -> None:
        """Make it ready to run, which may take long the first time.

        Raises:
            RunCancelledError: if it was broken off.
            UglyError: if it cannot be loaded.
        """

    def whole(self, graph: str) -> bool:
        """Whether it is fed at shapes that never change: every site carved, those at rest too."""

    def run(
        self,
        graph: str,
        feeds: Feeds,
        size_px: tuple[int, int],
        every: bool,
        cancel: Cancel | None = None,
    ) -> list[FloatArray]:
        """Its outputs for frames of `size_px` (width, height): the first, or with `every` all.
        `cancel` breaks off this run alone, where two are side by side.

        Raises whatever goes wrong, also where it was broken off: the caller knows whether it was.
        """

    def health(self, model: str) -> DeviceHealth:
        """What runs the model of that name, in one plain line."""

    def forget(self) -> None:
        """Let go of what is held of the clip."""

    def close(self) -> None:
        """Let go of everything; may be called twice."""
