"""A camera in the network, as a source."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from installation.login import Login
from installation.source.driver import Asked
from installation.source.live import LiveSource, Treatment
from installation.source.network_camera_settings import NetworkCameraSettings
from installation.video.network_stream import pictures
from installation.vocabulary import Frame, SourceKind, UglyError


def open_source(asked: Asked) -> LiveSource:
    """The settings' camera.

    Raises:
        UglyError: if it is not said where it is, or whose password is given.
    """
    own: NetworkCameraSettings = asked.own
    if not own.address:
        raise UglyError('[network_camera] address: where is it? such as "rtsp://10.0.0.20/stream1"')
    if own.password is not None and not own.user:
        raise UglyError("[network_camera] user: whose password is it?")

    def frames(stop: threading.Event) -> Iterator[Frame]:
        login = Login(own.user, own.password)  # one that was changed works without a new start
        return pictures(own.address, login, stop, asked.clock, ca=own.ca)

    treatment = Treatment(SourceKind.CAMERA, mirror=asked.settings.mirror, watched=True)
    return LiveSource(str(own), frames, asked.form, treatment, clock=asked.clock)
