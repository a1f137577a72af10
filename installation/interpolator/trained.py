"""The trained U-Nets, as the settings ask for them."""

from __future__ import annotations

from installation.interpolator.asked import Asked
from installation.interpolator.local_graphs import LocalGraphs
from installation.interpolator.model import Model, load_model
from installation.interpolator.sessions import Cancel, choose_provider
from installation.interpolator.unet import UnetInterpolator


def open_interpolator(asked: Asked) -> UnetInterpolator:
    """The carved U-Nets that were asked for.

    Raises:
        UglyError: if the model is absent, damaged, or cannot run where it is asked to.
        RunCancelledError: if it was broken off.
    """
    model = load_model(asked.settings.path)
    return UnetInterpolator(model, local_graphs(model, asked), asked.cancel)


def local_graphs(model: Model, asked: Asked) -> LocalGraphs:
    """The model's graphs on this machine, as was asked.

    Raises:
        UglyError: if they cannot run where they are asked to.
        RunCancelledError: if it was broken off.
    """
    meant = asked.settings
    threads = asked.threads or meant.threads
    captured = meant.cuda_graph and choose_provider(meant.provider) == "cuda"
    return LocalGraphs(model, meant.provider, threads, fixed=captured, cancel=asked.cancel)


def unet_of(
    model: Model,
    provider: str = "auto",
    threads: int = 1,
    memory: str = "",
    fixed: bool = False,
    cancel: Cancel | None = None,
) -> UnetInterpolator:
    """A model's U-Nets on this machine: what `LocalGraphs` is asked for, and what it raises."""
    cancel = cancel or Cancel()
    graphs = LocalGraphs(model, provider, threads, memory, fixed, cancel)
    return UnetInterpolator(model, graphs, cancel)
