"""A trained model's manifest: which sites there are and how its graphs take a carve.

Pure: reading the file is `interpolator.model`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked

from installation.carve.documents import checked_document
from installation.vocabulary import Site, UglyError

MANIFEST_VERSION = 4
GRAPHS = ("flow", "interp", "flow_full", "interp_full")
_LAX = ConfigDict(extra="ignore")
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Strength = Annotated[float, Field(ge=0, le=1)]
_Curve = Annotated[tuple[_Strength, ...], Field(min_length=2)]


@checked(frozen=True, config=_LAX)
class _Graph:
    file: str
    sha256: Sha256


@checked(frozen=True, config=_LAX)
class _Graphs:
    flow: _Graph
    interp: _Graph
    flow_full: _Graph
    interp_full: _Graph


@checked(frozen=True, config=_LAX)
class _Site:
    name: Annotated[str, Field(pattern=r"^(flow|interp)/[a-z]+\d*$")]
    sides: Annotated[str, Field(pattern=r"^[AB-]+$")]
    sigmas: tuple[float, ...]
    scale: Annotated[int, Field(ge=1)]
    curves: dict[str, _Curve] = Field(default_factory=dict)
    changes: dict[str, float] = Field(default_factory=dict)
    copies: Annotated[int, Field(ge=1, le=2)] = 1
    fine: Annotated[str, Field(pattern=r"^[+-]*$")] = ""


@checked(frozen=True, config=_LAX)
class _Manifest:
    format: Literal["uglynet-model"]
    version: Literal[4]
    name: str
    model: Sha256
    graphs: _Graphs
    multiple_of_px: Annotated[int, Field(ge=1)]
    chisel_grid: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]
    sites: tuple[_Site, ...]
    training: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the files of a model are and which sites they have, in graph order.

    `files` are (file name, sha256) by graph, as in `GRAPHS`. `chisel_grid` is (rows, columns)
    of the masks; sizes fed to the graphs are multiples of `multiple_of_px`.
    """

    name: str
    model: str
    files: Mapping[str, tuple[str, str]]
    multiple_of_px: int
    chisel_grid: tuple[int, int]
    sites: tuple[Site, ...]
    training: tuple[tuple[str, str], ...] = ()

    def part(self, part: str) -> tuple[Site, ...]:
        """The sites of "flow" or of "interp"."""
        return tuple(site for site in self.sites if site.part == part)


def parse_manifest(document: object, where: str) -> Manifest:
    """Check a manifest's JSON document.

    Raises:
        UglyError: one line naming `where` and the key that is wrong.
    """
    if isinstance(document, dict):
        version = document.get("version")
        if isinstance(version, int) and version > MANIFEST_VERSION:
            raise UglyError(
                f"{where}: made by a newer version (manifest {version}, this program reads "
                f"{MANIFEST_VERSION}); update the program"
            )
        if isinstance(version, int) and version < MANIFEST_VERSION:
            raise UglyError(
                f"{where}: made by an older version (manifest {version}, this program reads "
                f"{MANIFEST_VERSION}); export the model again, or use the one that ships"
            )
    found = checked_document(_Manifest, document, where, "model manifest")
    sites = tuple(
        Site(s.name, s.sides, s.sigmas, s.scale, s.curves, s.changes, s.copies, s.fine)
        for s in found.sites
    )
    for site in sites:
        if len(site.sigmas) != site.channels:
            raise UglyError(f"{where}: {site.name}: as many sigmas as sides are needed")
        if site.fine and len(site.fine) != site.channels:
            raise UglyError(f"{where}: {site.name}: fine has to mark as many values as sides")
    if len({site.name for site in sites}) != len(sites):
        raise UglyError(f"{where}: a site is named twice")
    return Manifest(
        name=found.name,
        model=found.model,
        files={
            name: (graph.file, graph.sha256)
            for name in GRAPHS
            for graph in [getattr(found.graphs, name)]
        },
        multiple_of_px=found.multiple_of_px,
        chisel_grid=found.chisel_grid,
        sites=sites,
        training=tuple((key, str(value)) for key, value in found.training.items()),
    )
