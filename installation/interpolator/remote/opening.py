"""The net on another machine, as the settings ask for it."""

from __future__ import annotations

from installation.interpolator.asked import Asked
from installation.interpolator.model import load_model
from installation.interpolator.remote.graphs import RemoteGraphs
from installation.interpolator.remote.server import Server
from installation.interpolator.sessions import Cancel
from installation.interpolator.trained import local_graphs
from installation.interpolator.unet import UnetInterpolator
from installation.vocabulary import UglyError

OPEN_WITHIN_S = 10.0
"""How long the server may take to be reached; then it is opened without, and goes on trying."""


def open_interpolator(asked: Asked) -> UnetInterpolator:
    """The U-Nets at the server that was asked for, and here where it does not answer in time.

    Raises:
        UglyError: if no server is set, or this machine could not step in.
        RunCancelledError: if it was broken off.
    """
    meant = asked.settings
    if not meant.server:
        raise UglyError('[model] driver = "remote" needs server, such as http://gpu:8000')
    cancel = asked.cancel or Cancel()
    model = load_model(meant.path)
    local = local_graphs(model, asked)
    server = Server(meant.server)
    graphs = RemoteGraphs(model, local, server, cancel, meant.deadline_ms / 1000, OPEN_WITHIN_S)
    return UnetInterpolator(model, graphs, cancel)
