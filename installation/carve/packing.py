"""Nets packed into few bytes: what a card's QR code and a link's fragment hold. Pure.

`unpacked(packed(net))` equals the net, whatever `parse_net` accepts. A cut of the shipped model
takes 24 bits or fewer where its amount has the four decimals that nets are kept with; other
floats are held whole, in 64 bits. The format, first bit first:

    "U", the version, the fields, zeros up to a whole byte, CRC-16 (XMODEM) of all before it

    model     1, then its sha256's first 48 bits, where the reader knows the model; else 0, all 256
    name      text
    seed      count
    tone      0 where it is neutral; else 1, then three numbers up to 2
    cuts      a bit for each of SITES that is cut; how many others (count), and their names (text);
              then each cut, in the order of their sites: its place in OPERATIONS (4; 15, then
              text), side (0; 10 a; 11 b), amount (number), 0 where chisel and grain are the plain
              ones, else 1 and both: shape (3), share (number), seed (count); share (number), seed
              (count)
    rack      how many (count); each: its place in TOOLS (6; 63, then text), amount (number)

    number    0, then 10,000ths (14 bits, of numbers up to 2 15); 10, then 100ths (7, or 8);
              11, then an IEEE double
    count     how many bits it has (6), then those below its first
    text      how many bytes (count), then UTF-8

`SITES`, `OPERATIONS`, `SHAPES` and `TOOLS` belong to the version. They may grow at their ends while
the counts above hold them; what is not among them is written by name (but shapes).
"""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import crc_hqx
from collections.abc import Iterable

from installation.carve.nets import net_text, parse_net
from installation.vocabulary import (
    NEUTRAL_TONE,
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

MAGIC = b"U"
VERSION = 1
LONGEST = 2953
"""Bytes that the largest QR code holds; nothing longer is a packed net."""

_LAYERS = (
    "dec1", "dec2", "dec3", "dec4", "dec5", "enc1", "enc2", "enc3", "enc4", "enc5", "latent",
    "skip1", "skip2", "skip3", "skip4", "skip5",
)  # fmt: skip
SITES = tuple(f"{part}/{layer}" for part in ("flow", "interp") for layer in _LAYERS)
OPERATIONS = (
    Operation.ADD, Operation.SUBTRACT, Operation.MULTIPLY, Operation.CUT_OFF, Operation.INVERT,
    Operation.ROLL_ACROSS, Operation.ROLL_DOWN, Operation.SHUFFLE, Operation.SWAP,
    Operation.QUANTISE, Operation.CLIP, Operation.SMEAR_ACROSS, Operation.SMEAR_DOWN,
    Operation.NOISE, Operation.FEEDBACK,
)  # fmt: skip
SHAPES = (
    ChiselShape.WHOLE, ChiselShape.BLOCKS, ChiselShape.ROWS, ChiselShape.COLUMNS, ChiselShape.DISC,
)  # fmt: skip
TOOLS = (
    "amplify", "depth shade", "depth move", "depth map", "sampler", "sampler left",
    "sampler right", "sampler top", "sampler bottom", "tile", "blur", "sharpen", "enhance",
    "pixelate", "sort right", "sort left", "sort down", "sort up", "hue sort right",
    "hue sort left", "hue sort down", "hue sort up", "auto sort", "auto hue sort", "saturate",
    "posterise", "colorize", "colorize fire", "colorize ice", "colorize neon", "colorize print",
    "rgb split", "rgb split down",
)  # fmt: skip
_PREFIX_BITS = 48
_TOOL_BY_NAME, _OPERATION_BY_NAME = 63, 15


class _Bits:
    """Bits written one after another."""

    def __init__(self) -> None:
        self._value, self._count = 0, 0

    def put(self, value: int, bits: int) -> None:
        self._value = self._value << bits | value
        self._count += bits

    def count(self, value: int) -> None:
        bits = value.bit_length()
        self.put(bits, 6)
        if bits > 1:
            self.put(value - (1 << bits - 1), bits - 1)

    def number(self, value: float, top: int = 1) -> None:
        for mark, mark_bits, parts in ((2, 2, 100), (0, 1, 10_000)):
            near = round(value * parts)
            if near / parts == value:
                self.put(mark, mark_bits)
                self.put(near, (top * parts).bit_length())
                return
        self.put(3, 2)
        self.put(int.from_bytes(struct.pack(">d", value), "big"), 64)

    def text(self, text: str) -> None:
        data = text.encode()
        self.count(len(data))
        self.put(int.from_bytes(data, "big"), 8 * len(data))

    def bytes(self) -> bytes:
        padding = -self._count % 8
        return (self._value << padding).to_bytes((self._count + padding) // 8, "big")


class _DamagedError(Exception):
    """The bytes are no packed net."""


class _UnknownError(Exception):
    """A net with an operation, by its name, that this program does not have."""


class _Reader:
    """Bits read one after another."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data, "big"), 8 * len(data)

    def take(self, bits: int) -> int:
        if bits > self._left:
            raise _DamagedError
        self._left -= bits
        return self._value >> self._left & (1 << bits) - 1

    def count(self) -> int:
        bits = self.take(6)
        return (1 << bits - 1) + self.take(bits - 1) if bits else 0

    def number(self, top: int = 1) -> float:
        if not self.take(1):
            return self.take((top * 10_000).bit_length()) / 10_000
        if not self.take(1):
            return self.take((top * 100).bit_length()) / 100
        (value,) = struct.unpack(">d", self.take(64).to_bytes(8, "big"))
        return float(value)

    def text(self) -> str:
        length = self.count()
        if length > LONGEST:
            raise _DamagedError
        return self.take(8 * length).to_bytes(length, "big").decode()


def packed(net: Net, model: str = "") -> bytes:
    """The net in few bytes. If `model` (a sha256) is the net's, only its beginning is written:
    whoever reads it must know that model."""
    bits = _Bits()
    known = net.model == model
    bits.put(known, 1)
    bits.put(int(net.model, 16) >> (256 - _PREFIX_BITS if known else 0), 48 if known else 256)
    bits.text(net.name)
    bits.count(net.seed)
    bits.put(net.tone != NEUTRAL_TONE, 1)
    if net.tone != NEUTRAL_TONE:
        for gain in net.tone:
            bits.number(gain, 2)
    _put_cuts(bits, net.carve)
    bits.count(len(net.rack))
    for step in net.rack:
        known_tool = step.tool in TOOLS
        bits.put(TOOLS.index(step.tool) if known_tool else _TOOL_BY_NAME, 6)
        if not known_tool:
            bits.text(step.tool)
        bits.number(step.amount)
    body = MAGIC + bytes([VERSION]) + bits.bytes()
    return body + crc_hqx(body, 0).to_bytes(2, "big")


def _put_cuts(bits: _Bits, carve: Carve) -> None:
    cut = {each.site for each in carve.cuts}
    for site in SITES:
        bits.put(site in cut, 1)
    others = sorted(cut - set(SITES))
    bits.count(len(others))
    for site in others:
        bits.text(site)
    for each in carve.cuts:
        numbered = each.operation in OPERATIONS
        bits.put(OPERATIONS.index(each.operation) if numbered else _OPERATION_BY_NAME, 4)
        if not numbered:
            bits.text(each.operation.value)
        side, side_bits = {Side.BOTH: (0, 1), Side.A: (2, 2), Side.B: (3, 2)}[each.side]
        bits.put(side, side_bits)
        bits.number(each.amount)
        plain = each.chisel == Chisel() and each.grain == Grain()
        bits.put(not plain, 1)
        if not plain:
            bits.put(SHAPES.index(each.chisel.shape), 3)
            bits.number(each.chisel.share)
            bits.count(each.chisel.seed)
            bits.number(each.grain.share)
            bits.count(each.grain.seed)


def linked(page: str, data: bytes) -> str:
    """The address of a page that plays nets, with a packed net in its fragment, which a browser
    sends to nobody: base64url (RFC 4648, 5) without padding."""
    return f"{page}#{urlsafe_b64encode(data).decode().rstrip('=')}"


def packed_in(code: bytes) -> bytes | None:
    """The packed net that a QR code holds, by itself or in a link; None if there is none."""
    if is_packed(code):
        return code
    page, mark, fragment = code.partition(b"#")
    if not (page.startswith((b"http://", b"https://")) and mark):
        return None
    try:
        data = urlsafe_b64decode(fragment + b"=" * (-len(fragment) % 4))
    except ValueError:
        return None
    return data if is_packed(data) else None


def is_packed(data: bytes) -> bool:
    """Whether these bytes look like a packed net of any version; most others don't."""
    whole = 4 <= len(data) <= LONGEST and data.startswith(MAGIC)
    return whole and crc_hqx(data[:-2], 0).to_bytes(2, "big") == data[-2:]


def unpacked(data: bytes, where: str, models: Iterable[str] = ()) -> Net:
    """The net that these bytes hold; `models` (sha256) are those a beginning may stand for.

    Raises:
        UglyError: one line naming `where` if they hold none, if it was packed by a newer version
            or with what only that one knows, or for a model of which only the beginning is told
            and that is none of `models`.
    """
    if not is_packed(data):
        raise UglyError(f"{where}: no net is in it, or it is damaged")
    if data[1] > VERSION:
        raise UglyError(
            f"{where}: packed by a newer version (packing {data[1]}, this program reads "
            f"{VERSION}); update the program"
        )
    try:
        net, beginning = _net(_Reader(data[2:-2]))
        model = net.model
        if beginning:
            model = next((each for each in models if each.startswith(net.model)), "")
            if not model:
                raise UglyError(
                    f"{where}: made for another model ({net.model}…); read it where that one is, "
                    "or set [model] path to it"
                )
            net = Net(model, net.carve, net.tone, net.rack, net.name, net.seed)
        # Whatever else is wrong is told by who knows what a net may be; and each net has one
        # packing only.
        if parse_net(net_text(net, exact=True), where) != net:
            raise _DamagedError
        if packed(net, model if beginning else "") != data:
            raise _DamagedError
    except _UnknownError as unknown:
        raise UglyError(
            f"{where}: cut by {str(unknown)[:40]!r}, which this program does not know; update it"
        ) from None
    except (_DamagedError, ValueError, IndexError, OverflowError):
        raise UglyError(f"{where}: no net is in it, or it is damaged") from None
    return net


def _net(bits: _Reader) -> tuple[Net, bool]:
    """The net, and whether its model is only the beginning of one."""
    beginning = bool(bits.take(1))
    model_bits = _PREFIX_BITS if beginning else 256
    model = f"{bits.take(model_bits):0{model_bits // 4}x}"
    name, seed = bits.text(), bits.count()
    tone = NEUTRAL_TONE
    if bits.take(1):
        tone = (bits.number(2), bits.number(2), bits.number(2))
    carve = _cuts(bits)
    rack = []
    for _ in range(_many(bits)):
        place = bits.take(6)
        tool = bits.text() if place == _TOOL_BY_NAME else TOOLS[place]
        rack.append(NoiseStep(tool, bits.number()))
    return Net(model, carve, tone, tuple(rack), name, seed), beginning


def _named(name: str) -> Operation:
    try:
        return Operation(name)
    except ValueError:
        raise _UnknownError(name) from None


def _many(bits: _Reader) -> int:
    """A count of things, each of which takes a bit or more."""
    many = bits.count()
    if many > 8 * LONGEST:
        raise _DamagedError
    return many


def _cuts(bits: _Reader) -> Carve:
    sites = [site for site in SITES if bits.take(1)]
    sites += [bits.text() for _ in range(_many(bits))]
    cuts = []
    for site in sorted(sites):
        place = bits.take(4)
        operation = _named(bits.text()) if place == _OPERATION_BY_NAME else OPERATIONS[place]
        side = Side.BOTH
        if bits.take(1):
            side = Side.B if bits.take(1) else Side.A
        amount, chisel, grain = bits.number(), Chisel(), Grain()
        if bits.take(1):
            chisel = Chisel(SHAPES[bits.take(3)], bits.number(), bits.count())
            grain = Grain(bits.number(), bits.count())
        cuts.append(Cut(site, operation, amount, side, chisel, grain))
    return Carve(tuple(cuts))
