"""The phone's engine against the booth's: the same bytes mean the same net, the same net asks the
graphs for the same, the same clip becomes the same picture, and the same films are held back."""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64encode
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from films import FILMS, FPS, SIZE_PX, film
from playwright.sync_api import Page

from installation.carve import packing
from installation.carve.inputs import graph_inputs
from installation.carve.nets import parse_net, settled
from installation.carve.packing import OPERATIONS, packed, unpacked
from installation.carve.packing import TOOLS as PACKED_TOOLS
from installation.carve.random_nets import roll
from installation.interpolator.model import Model
from installation.interpolator.trained import unet_of
from installation.noise.plain import toned
from installation.noise.tools import TOOLS
from installation.show.flash_safety.flash_meter import judge
from installation.show.flash_safety.governor import FLASHES, Governor
from installation.source.choice import BUNDLED_CLIP
from installation.video import VideoReader, fitted
from installation.vocabulary import (
    Carve,
    Clip,
    Cut,
    Frame,
    FrameContext,
    Net,
    Operation,
    Side,
    as_frame,
)

GOLDEN = Path(__file__).parent.parent / "golden" / "packed" / "nets.json"
WORST = 2
"""Levels of 255 by which a value may differ."""


def text_of(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    return b64decode(text)


TEXT = """(a) => {
  const bytes = new Uint8Array(a.buffer, a.byteOffset, a.byteLength), parts = [];
  for (let n = 0; n < bytes.length; n += 8192) {
    parts.push(String.fromCharCode(...bytes.subarray(n, n + 8192)));
  }
  return btoa(parts.join(""));
}"""
"""What carries bytes from the page to here: as digits, or number by number, they take minutes."""


def ask(page: Page, body: str, given: Any) -> Any:
    """What an async function of the page's modules returns; `here(name)` loads one of them."""
    return page.evaluate(
        "async (given) => { const here = (name) => import(new URL(name, location.href).href);"
        f"const text = {TEXT}; {body} }}",
        given,
    )


def test_packed_nets_mean_the_same_to_a_phone(page: Page):
    cases = json.loads(GOLDEN.read_text())
    body = """
    const { packed, unpacked, bytesOf, fragmentOf } = await here("packing.js");
    return given.map(({ bytes, model }) => {
      const net = unpacked(bytesOf(bytes), model);
      const told = JSON.stringify(net, (_, v) => typeof v === "bigint" ? `#${v}` : v);
      return [told, fragmentOf(packed(net, model))];
    });"""
    asked = [
        {"bytes": text_of(bytes.fromhex(case["packed"])), "model": case["model"]} for case in cases
    ]
    for case, given, (told, again) in zip(cases, asked, ask(page, body, asked), strict=True):
        assert again == given["bytes"]
        net, found = parse_net(json.dumps(case["net"]), "golden"), json.loads(told)
        assert (found["model"], found["name"]) == (net.model, net.name)
        assert found["seed"] == f"#{net.seed}"
        assert found["tone"] == list(net.tone)
        assert [(s["tool"], s["amount"]) for s in found["rack"]] == [
            (s.tool, s.amount) for s in net.rack
        ]
        assert [
            (c["site"], c["operation"], c["amount"], c["side"], c["chisel"]["shape"],
             c["chisel"]["share"], c["chisel"]["seed"], c["grain"]["share"], c["grain"]["seed"])
            for c in found["cuts"]
        ] == [
            (c.site, c.operation.value, c.amount, c.side.value, c.chisel.shape.value,
             c.chisel.share, f"#{c.chisel.seed}", c.grain.share, f"#{c.grain.seed}")
            for c in net.carve.cuts
        ]  # fmt: skip


def test_damaged_links_are_noticed(page: Page):
    whole = bytes.fromhex(json.loads(GOLDEN.read_text())[2]["packed"])
    broken = [whole[:-1], whole[1:], whole + b"\0", b"", b"U\2" + whole[2:]]
    broken += [whole[:n] + bytes([whole[n] ^ 4]) + whole[n + 1 :] for n in range(len(whole))]
    body = """
    const { unpacked, bytesOf, DamagedError } = await here("packing.js");
    return given.filter((bytes) => {
      try { unpacked(bytesOf(bytes), ""); return true; }
      catch (error) { if (!(error instanceof DamagedError)) throw error; return false; }
    });"""
    assert ask(page, body, [*map(text_of, broken), "%%%", "§"]) == []


def nets_of(model: Model, count: int) -> list[Net]:
    """Rolled nets, every second an extreme one."""
    manifest = model.manifest
    return [
        settled(roll(manifest.sites, manifest.model, k, extreme=k % 2 == 1, tools=[*TOOLS]))
        for k in range(count)
    ]


def kept_nets(model: Model) -> list[Net]:
    """Eight of them as they were once rolled, to be held to a picture's tolerance: with another
    operation or tool the same seeds roll other nets, and some are chaos."""
    packings = json.loads((GOLDEN.parent / "rolled.json").read_text())
    nets = [unpacked(bytes.fromhex(data), "rolled.json") for data in packings]
    return [replace(net, model=model.manifest.model, rack=()) for net in nets]


def test_a_phone_asks_the_graphs_for_the_same_to_the_bit(page: Page, model: Model):
    nets, manifest = nets_of(model, 24), model.manifest
    body = """
    const { unpacked, bytesOf } = await here("packing.js");
    const { graphInputs } = await here("inputs.js");
    const about = await (await fetch(new URL("made/net.json", location.href))).json();
    return given.map((bytes) => ["flow", "interp"].map((part) => {
      const { cuts } = unpacked(bytesOf(bytes), about.model);
      const sites = about.sites.filter((site) => site.name.startsWith(`${part}/`));
      const made = graphInputs(cuts, sites, about.chisel_grid, about.padded);
      const arrays = ["dials", "take", "shift", "chisel"].map((name) => text(made[name]));
      return [made.plain, made.fed, ...arrays];
    }));"""
    found = ask(page, body, [text_of(packed(net, net.model)) for net in nets])
    for net, parts in zip(nets, found, strict=True):
        for part, (plain, fed, *arrays) in zip(("flow", "interp"), parts, strict=True):
            meant = graph_inputs(
                net.carve.only(f"{part}/"), manifest.part(part), manifest.chisel_grid, (256, 160)
            )
            assert (plain, fed) == (meant.plain, meant.fed)
            for name, got in zip(("dials", "take", "shift", "chisel"), arrays, strict=True):
                array = getattr(meant, name)
                little = array.astype(array.dtype.newbyteorder("<"))
                assert bytes_of(got) == little.tobytes(), (net.name, part, name)


@pytest.fixture(scope="module")
def clip() -> Clip:
    with VideoReader(BUNDLED_CLIP) as reader:
        frames = [fitted(f, SIZE_PX) for n, f in zip(range(9), reader.frames(), strict=False)]
    return Clip(tuple(frames[::3]), 8.0)


def pictures(page: Page, clip: Clip, nets: list[Net], position: float) -> list[Frame]:
    """What the phone makes of a clip's moment with these nets."""
    body = """
    const ort = await here("made/ort/ort.wasm.min.mjs"), { Engine } = await here("engine.js");
    const { unpackedFile, document, addressOf } = await here("files.js");
    const { unpacked, bytesOf } = await here("packing.js"), { Rack } = await here("rack.js");
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = { mjs: addressOf("ort/ort-wasm-simd-threaded.mjs") };
    ort.env.wasm.wasmBinary = (await unpackedFile("ort/ort-wasm-simd-threaded.wasm")).buffer;
    const about = await document("net.json"), frames = given.frames.map(bytesOf), made = [];
    const engine = new Engine(ort, about, (name) => unpackedFile(`net/${name}.onnx`));
    for (const bytes of given.nets) {
      const net = unpacked(bytesOf(bytes), about.model);
      const frame = await engine.frameAt(frames, given.position, net.cuts);
      const film = { frames, fps: given.fps };
      made.push(text(new Rack(about.size).finished(frame, net, film, given.position)));
    }
    return made;"""
    given = {
        "frames": [text_of(frame.tobytes()) for frame in clip.frames],
        "nets": [text_of(packed(net, net.model)) for net in nets],
        "position": position,
        "fps": clip.fps,
    }
    shape = clip.frames[0].shape
    return [
        as_frame(np.frombuffer(bytes_of(made), np.uint8).reshape(shape))
        for made in ask(page, body, given)
    ]


def off(one: Frame, other: Frame) -> np.ndarray:
    return np.abs(one.astype(int) - other.astype(int))


def test_a_phone_makes_the_booths_picture(page: Page, model: Model, clip: Clip):
    """Every operation, on either page of the U, and nets as they are rolled; frame by frame."""
    sha = model.manifest.model
    nets = [Net(sha, tone=(1.4, 1.0, 0.35))]
    for number, operation in enumerate(OPERATIONS):
        site = ("flow/enc2", "interp/dec3", "interp/skip2", "flow/dec2")[number % 4]
        side = (Side.A, Side.B, Side.BOTH)[number % 3]
        nets.append(Net(sha, Carve.of([Cut(site, operation, 0.7, side)])))
    nets += kept_nets(model)[:5:2]
    booth = unet_of(model, "cpu", 1)
    for net, seen in zip(nets, pictures(page, clip, nets, 1.25), strict=True):
        meant = toned(booth.frame_at(clip, 1.25, net), net.tone)
        difference = off(meant, seen)
        if operations_of(net) & STEPPED:
            assert (difference > WORST).mean() < 0.01, net
            assert difference.mean() < 0.1, net
        else:
            assert difference.max() <= WORST, net


STEPPED = {Operation.QUANTISE, Operation.ROLL_ACROSS, Operation.ROLL_DOWN}
"""What moves values by whole steps: there the last bit of a sum decides on which one falls."""


def operations_of(net: Net) -> set[Operation]:
    return {cut.operation for cut in net.carve.cuts}


MUSEUM = {"enhance", "depth shade", "depth move", "depth map"}
"""Tools that need a net of their own, or see how things move: a phone says that it lacks them."""


def test_a_phones_noise_rack_is_the_booths(page: Page, clip: Clip):
    body = """
    const { Rack, missingTools } = await here("rack.js"), { bytesOf } = await here("packing.js");
    const frames = given.frames.map(bytesOf), frame = bytesOf(given.frame);
    const rack = new Rack(given.size);
    return given.steps.map(([tool, amount]) => {
      const net = { tone: [1, 1, 1], rack: [{ tool, amount }] };
      const made = rack.finished(frame, net, { frames, fps: given.fps }, given.position);
      return [missingTools(net), text(made)];
    });"""
    frame = as_frame(np.ascontiguousarray(clip.frames[1][:, ::-1]))
    steps = [(tool, amount) for tool in TOOLS for amount in (0.3, 0.85)]
    given = {
        "frames": [text_of(each.tobytes()) for each in clip.frames],
        "frame": text_of(frame.tobytes()),
        "fps": clip.fps,
        "size": SIZE_PX,
        "position": 1.25,
        "steps": steps,
    }
    scene = FrameContext.of(clip, 1.25)
    lacking = set()
    for (tool, amount), (missing, found) in zip(steps, ask(page, body, given), strict=True):
        lacking |= set(missing)
        if tool not in missing:
            seen = np.frombuffer(bytes_of(found), np.uint8).reshape(frame.shape)
            assert off(TOOLS[tool](frame, amount, scene), as_frame(seen)).max() <= WORST, tool
    assert lacking == MUSEUM


def test_even_a_net_cut_everywhere_looks_alike(page: Page, model: Model, clip: Clip):
    """Thirty cuts at full turn, quantised and shuffled in a basis of sines, make a chaos in which
    the last bit of a sum decides what becomes of a value: the picture is not the booth's, but
    nobody who has not seen both would say so."""
    nets = kept_nets(model)[5::2]
    booth = unet_of(model, "cpu", 1)
    for net, seen in zip(nets, pictures(page, clip, nets, 0.5), strict=True):
        meant = toned(booth.frame_at(clip, 0.5, net), net.tone)
        assert np.corrcoef(meant.ravel(), seen.ravel())[0, 1] > 0.8
        assert off(meant, seen).mean() < 16


@pytest.mark.parametrize(
    ("name", "calm"),
    [*((name, False) for name in FILMS), ("twice a second", True), ("a corner", True)],
)
def test_the_phones_governor_is_the_booths(page: Page, name: str, calm: bool):
    frames = film(name)
    booth = Governor(FPS, calm=calm)
    meant = [booth.pass_on(frame, n / FPS) for n, frame in enumerate(frames)]
    body = """
    const { Governor } = await here("governor.js"), { bytesOf } = await here("packing.js");
    const governor = new Governor(given.fps, given.size);
    governor.calm = given.calm;
    const shown = given.frames.map((frame, n) => governor.passOn(bytesOf(frame), n / given.fps));
    return [governor.held, shown.map(text)];"""
    given = {
        "fps": FPS,
        "size": SIZE_PX,
        "calm": calm,
        "frames": [text_of(frame.tobytes()) for frame in frames],
    }
    held, found = ask(page, body, given)
    shape = frames[0].shape
    seen = [as_frame(np.frombuffer(bytes_of(f), np.uint8).reshape(shape)) for f in found]
    # Both hold back the same frames, and what is shown passes the ruler written apart from both.
    assert held == booth.held
    assert judge(seen, FPS).worst <= (FLASHES // 2 if calm else FLASHES)
    alike = [off(one, other).max() <= WORST for one, other in zip(meant, seen, strict=True)]
    if name in ("bars", "coloured noise", "checkers", "a corner"):
        # Once two ways are equally safe, the last bit decides between them, and what follows
        # follows from that: the beginning is the same, and so is how much comes through.
        assert all(alike[:5])
    else:
        assert all(alike)


def test_every_operation_is_known_to_the_phone(page: Page):
    body = """
    const { OPERATIONS } = await here("made/operations.js"), packing = await here("packing.js");
    return [Object.keys(OPERATIONS.does.flow), packing.OPERATIONS, packing.TOOLS];"""
    operations, numbered, tools = ask(page, body, None)
    assert {*operations, "preserve"} == {operation.value for operation in Operation}
    assert numbered == [operation.value for operation in OPERATIONS]
    assert tuple(tools) == PACKED_TOOLS
    assert set(tools) == set(TOOLS)


def test_a_net_with_an_operation_by_its_name_is_read_and_packed_alike(page: Page):
    """A later program's: the phone knows it by the table that was made with its page."""
    body = """
    const { OPERATIONS, packed, unpacked, bytesOf } = await here("packing.js");
    const number = OPERATIONS.pop();
    try {
      const found = unpacked(bytesOf(given));
      return [found.cuts[0].operation, text(packed(found))];
    } finally {
      OPERATIONS.push(number);
    }"""
    net = Net("a1" * 32, Carve.of([Cut("flow/enc1", Operation.FEEDBACK, 0.5)]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "OPERATIONS", OPERATIONS[:-1])
        data = packed(net)
    operation, again = ask(page, body, text_of(data))
    assert operation == "feedback"
    assert bytes_of(again) == data


@pytest.mark.parametrize(
    ("name", "why"), [("toString", "NewerError"), ("double", "NewerError"), ("add", "DamagedError")]
)
def test_an_operation_by_a_name_that_has_no_place_there_is_refused_on_the_phone(
    page: Page, name: str, why: str
):
    stranger = cast(Operation, SimpleNamespace(value=name))
    data = packed(Net("a1" * 32, Carve((Cut("flow/enc1", stranger, 0.5),))))
    body = """
    const { unpacked, bytesOf } = await here("packing.js");
    try { unpacked(bytesOf(given)); } catch (error) { return error.constructor.name; }
    return "";"""
    assert ask(page, body, text_of(data)) == why


@pytest.mark.parametrize("name", ["black and white", "red", "a corner"])
def test_a_saved_video_is_safe_also_where_it_loops(page: Page, name: str):
    body = """
    const { Player } = await here("player.js"), { bytesOf } = await here("packing.js");
    const canvas = document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
    const player = new Player(canvas, given.size), frames = given.frames.map(bytesOf);
    player.begin(frames.length);
    frames.forEach((frame, n) => player.put(n, frame));
    return (await player.round()).map(text);"""
    frames = film(name)
    given = {"size": SIZE_PX, "frames": [text_of(frame.tobytes()) for frame in frames]}
    found = ask(page, body, given)
    assert len(found) == len(frames)
    shape = frames[0].shape
    safe = [as_frame(np.frombuffer(bytes_of(f), np.uint8).reshape(shape)) for f in found]
    assert judge([*frames, *frames], FPS).worst > FLASHES
    assert judge([*safe, *safe, *safe], FPS).worst <= FLASHES
