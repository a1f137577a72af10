"""Nets as versioned JSON: what is kept, exported, and carried by a QR code. Never pickle."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass as checked

from installation.carve.documents import checked_document
from installation.documents import parse_json
from installation.vocabulary import (
    Carve,
    Chisel,
    ChiselShape,
    Cut,
    Grain,
    Net,
    NoiseStep,
    Operation,
    Side,
    UglyError,
)

NET_VERSION = 1
_STRICT = ConfigDict(extra="forbid")
_Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
_Gain = Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)]
_Seed = Annotated[int, Field(ge=0, lt=2**63)]


@checked(frozen=True, config=_STRICT)
class _Chisel:
    shape: ChiselShape
    share: _Share = 0.4
    seed: _Seed = 0


@checked(frozen=True, config=_STRICT)
class _Grain:
    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
    seed: _Seed = 0


@checked(frozen=True, config=_STRICT)
class _Cut:
    site: Annotated[str, Field(pattern=r"^(flow|interp)/[a-z]+\d*$")]
    operation: Operation
    amount: _Share
    side: Side = Side.BOTH
    chisel: _Chisel | None = None
    grain: _Grain | None = None


@checked(frozen=True, config=_STRICT)
class _Step:
    tool: Annotated[str, Field(min_length=1, max_length=40)]
    amount: _Share


@checked(frozen=True, config=_STRICT)
class _Net:
    format: Literal["uglynet-net"]
    version: Literal[1]
    model: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    name: Annotated[str, Field(max_length=80)] = ""
    seed: _Seed = 0
    cuts: tuple[_Cut, ...] = ()
    tone: tuple[_Gain, _Gain, _Gain] = (1.0, 1.0, 1.0)
    rack: tuple[_Step, ...] = ()


def _rounded(value: float) -> float:
    return round(float(value), 4)


def net_document(net: Net, *, exact: bool = False) -> dict[str, Any]:
    """The net as a JSON document; what is at its default is left out.

    With `exact` nothing is rounded, and a seed that changes nothing stays: reading it gives
    the very net, not the settled one.
    """
    number = float if exact else _rounded
    cuts = []
    for cut in net.carve.cuts:
        row: dict[str, Any] = {
            "site": cut.site,
            "operation": cut.operation.value,
            "amount": number(cut.amount),
        }
        if cut.side is not Side.BOTH:
            row["side"] = cut.side.value
        if cut.chisel.shape is not ChiselShape.WHOLE or (exact and cut.chisel != Chisel()):
            row["chisel"] = {
                "shape": cut.chisel.shape.value,
                "share": number(cut.chisel.share),
                "seed": cut.chisel.seed,
            }
        if cut.grain.share < 1 or (exact and cut.grain != Grain()):
            row["grain"] = {"share": number(cut.grain.share), "seed": cut.grain.seed}
        cuts.append(row)
    return {
        "format": "uglynet-net",
        "version": NET_VERSION,
        "name": net.name,
        "model": net.model,
        "seed": net.seed,
        "cuts": cuts,
        "tone": [number(gain) for gain in net.tone],
        "rack": [{"tool": s.tool, "amount": number(s.amount)} for s in net.rack],
    }


def net_text(net: Net, *, exact: bool = False) -> str:
    """The net as JSON text, small and stable: equal nets give equal texts; `exact` as in
    `net_document`."""
    return json.dumps(net_document(net, exact=exact), ensure_ascii=False, indent=1) + "\n"


def settled(net: Net) -> Net:
    """The net exactly as reading its text gives it: amounts at four decimals, idle cuts gone.

    What is rendered and what is kept are then the same net.
    """
    return parse_net(net_text(net), "net")


def parse_net(text: str | bytes, where: str) -> Net:
    """Read a net's JSON.

    Raises:
        UglyError: one line naming `where` and the key that is wrong, also for a JSON from a
            newer version.
    """
    document = parse_json(text, where)
    if isinstance(document, dict):
        version = document.get("version")
        if document.get("format") == "uglynet-net" and isinstance(version, int) and version > 1:
            raise UglyError(
                f"{where}: made by a newer version (net {version}, this program reads "
                f"{NET_VERSION}); update the program"
            )
    found = checked_document(_Net, document, where, "net")
    sites = [cut.site for cut in found.cuts]
    if len(set(sites)) != len(sites):
        raise UglyError(f"{where}: a site is cut twice")
    return Net(
        model=found.model,
        carve=Carve.of(_cut(cut) for cut in found.cuts),
        tone=found.tone,
        rack=tuple(NoiseStep(step.tool, step.amount) for step in found.rack),
        name=found.name,
        seed=found.seed,
    )


def _cut(found: _Cut) -> Cut:
    chisel, grain = found.chisel, found.grain
    return Cut(
        site=found.site,
        operation=found.operation,
        amount=found.amount,
        side=found.side,
        chisel=Chisel(chisel.shape, chisel.share, chisel.seed) if chisel else Chisel(),
        grain=Grain(grain.share, grain.seed) if grain else Grain(),
    )
