"""The trained U-Nets, as the settings ask for them."""

from __future__ import annotations

from installation.interpolator.asked import Asked
from installation.interpolator.model import load_model
from installation.interpolator.sessions import choose_provider
from installation.interpolator.unet import UnetInterpolator


def open_interpolator(asked: Asked) -> UnetInterpolator:
    """The carved U-Nets that were asked for.

    Raises:
        UglyError: if the model is absent, damaged, or cannot run where it is asked to.
        RunCancelledError: if it was broken off.
    """
    meant = asked.settings
    model = load_model(meant.path)
    threads = asked.threads or meant.threads
    captured = meant.cuda_graph and choose_provider(meant.provider) == "cuda"
    return UnetInterpolator(model, meant.provider, threads, fixed=captured, cancel=asked.cancel)
