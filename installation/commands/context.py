"""What every verb is given: the settings of --config, read when first asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import click

from installation.carve.nets import parse_net
from installation.carve.stills import is_png, net_of_png
from installation.files import write_whole
from installation.noise.rack import check_rack
from installation.settings import Settings, load_settings
from installation.vocabulary import Net, Site, UglyError


@dataclass
class Context:
    """The command line's own state."""

    config: Path | None = None
    _settings: list[Settings] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The settings; raises UglyError if the file is wrong."""
        if not self._settings:
            self._settings.append(load_settings(self.config))
        return self._settings[0]


pass_context: Callable[..., Any] = click.make_pass_decorator(Context, ensure=True)


class SizePx(click.ParamType[tuple[int, int]]):
    """WIDTHxHEIGHT in pixels, each 16 to 7680."""

    name = "WxH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"(\d{1,5})[xX×](\d{1,5})", str(value))
        if not found:
            self.fail(f"{value!r} is not a size such as 640x360", param, ctx)
        width, height = int(found[1]), int(found[2])
        if not (16 <= width <= 7680 and 16 <= height <= 7680):
            self.fail(f"{value}: each side is 16 to 7680 pixels", param, ctx)
        return width, height


def read_net(path: Path) -> Net:
    """Read a net's JSON file, or the net that a still (a PNG) carries.

    Raises:
        UglyError: one line if it cannot be read or is no net.
    """
    try:
        data = path.read_bytes()
        return net_of_png(data, str(path)) if is_png(data) else parse_net(data, str(path))
    except OSError as error:
        raise UglyError(f"{path}: cannot be read ({error.strerror})") from None


class Carvable(Protocol):
    """A model that nets are for: an interpolator's, or a manifest alone."""

    @property
    def model(self) -> str: ...

    @property
    def sites(self) -> tuple[Site, ...]: ...


def check_net(net: Net, carvable: Carvable, where: str) -> None:
    """Raise UglyError unless this net is for that model and its tools exist."""
    if net.model != carvable.model:
        raise UglyError(
            f"{where}: made for another model ({net.model[:12]}…, here is "
            f"{carvable.model[:12]}…); make it anew, or set [model] path to that model"
        )
    known = {site.name for site in carvable.sites}
    for cut in net.carve.cuts:
        if cut.site not in known:
            raise UglyError(f'{where}: the model has no site "{cut.site}"')
    check_rack(net, where)


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        UglyError: one line if it cannot be written; nothing is left then.
    """
    try:
        write_whole(path, data)
    except (OSError, ValueError) as error:
        raise UglyError(
            f"{path}: cannot be written ({getattr(error, 'strerror', error)})"
        ) from None


def make_folder(path: Path) -> None:
    """Make the folder that files are to be written into, unless it is there.

    Raises:
        UglyError: one line, if it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UglyError(f"{path}: cannot be written ({error.strerror})") from None


def told(document: object) -> None:
    """Print a document as JSON."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))


def fail(lines: list[str]) -> None:
    """Say what went wrong, a line each, and end with status 1, if anything did."""
    for line in lines:
        click.echo(f"uglynet: {line}", err=True)
    if lines:
        raise SystemExit(1)
