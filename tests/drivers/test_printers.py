"""One contract for every printer. The receipt printer is python-escpos on a device's file and
over a network; CUPS is its own `lp`, which a script stands in for; the simulated one writes what
would go to the wire."""

from __future__ import annotations

import os
import shlex
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from waiting import eventually

from installation.carve.packing import SITES, packed, unpacked
from installation.carve.random_nets import roll
from installation.interpolator.model import Model
from installation.printer.choice import open_printer
from installation.printer.driver import Job, Printer
from installation.printer.spooler import WAITING, Spooler
from installation.settings import Settings, changed
from installation.show.net_picture.card import CARD_MM, PX_PER_MM, Printout, card, receipt
from installation.show.paint.pdf import pdf_bytes
from installation.show.paint.qr_code import qr_code
from installation.source.codes import codes_in
from installation.vocabulary import Frame, Health, Net, Reason, UglyError, as_frame

WIDTH_PX = 384


def dots_of(wire: bytes) -> Frame:
    """What a receipt printer makes of GS v 0 (Epson's ESC/POS reference), bit image after bit
    image, one under another; the paper is cut once, at the end."""
    rows, at = [], 0
    assert wire.count(b"\x1dV") == 1
    while (at := wire.find(b"\x1dv0", at)) >= 0:
        across = wire[at + 4] + 256 * wire[at + 5]
        down = wire[at + 6] + 256 * wire[at + 7]
        data = np.frombuffer(wire, np.uint8, across * down, at + 8).reshape(down, across)
        rows.append(np.unpackbits(data, axis=1))
        at += 8 + across * down
    assert at < wire.find(b"\x1dV")
    light = np.where(np.vstack(rows) > 0, 0, 255).astype(np.uint8)
    # As ink spreads, and as a picture of it would be taken: twice the size, with a rim of paper.
    return as_frame(
        np.repeat(np.pad(light, 20, constant_values=255).repeat(2, 0).repeat(2, 1)[..., None], 3, 2)
    )


class Paper:
    """Where one printer's paper comes out: how it is opened, and what has been printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> Printer:
        raise NotImplementedError

    def pictures(self) -> list[Frame]:
        raise NotImplementedError

    def switch_off(self) -> None:
        raise NotImplementedError

    def switch_on(self) -> None:
        raise NotImplementedError


def opened(driver: str, address: str) -> Printer:
    printer = open_printer(asking_for(driver, address))
    assert printer is not None
    return printer


def asking_for(driver: str, address: str = "") -> Settings:
    asked = {"driver": driver, "address": address, "width_px": WIDTH_PX}
    return changed(Settings(), "printer", **asked)


class Folder(Paper):
    def open(self) -> Printer:
        return opened("simulated", str(self.folder / "printed"))

    def pictures(self) -> list[Frame]:
        return [dots_of(f.read_bytes()) for f in sorted(self.folder.glob("printed/*.escpos"))]

    def switch_off(self) -> None:
        (self.folder / "printed").write_text("in the way")

    def switch_on(self) -> None:
        (self.folder / "printed").unlink()


class Device(Paper):
    """A character device stands by its file: what is written there comes out."""

    def open(self) -> Printer:
        self.switch_on()
        return opened("escpos", str(self.folder / "lp0"))

    def pictures(self) -> list[Frame]:
        wire = (self.folder / "lp0").read_bytes()
        return [dots_of(wire)] if wire else []

    def switch_off(self) -> None:
        (self.folder / "lp0").unlink()

    def switch_on(self) -> None:
        (self.folder / "lp0").touch()


class Network(Paper):
    def open(self) -> Printer:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._port = self._server.getsockname()[1]
        self._wires: list[bytes] = []
        self._listen(self._server)
        return opened("escpos", f"127.0.0.1:{self._port}")

    def _listen(self, server: socket.socket) -> None:
        def serve() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with line, line.makefile("rb") as reader:
                    wire = reader.read()
                if wire:
                    self._wires.append(wire)

        threading.Thread(target=serve, daemon=True).start()

    def pictures(self) -> list[Frame]:
        return [dots_of(wire) for wire in self._wires]

    def switch_off(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def switch_on(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self._port))
        self._listen(self._server)


class Cups(Paper):
    """`lp`, as CUPS has it: standard input to the queue that -d names, status 1 and a line else."""

    def open(self) -> Printer:
        folder = self.folder / "bin"
        folder.mkdir()
        lp = folder / "lp"
        lp.write_text(
            f"#!{sys.executable}\n"
            "import pathlib, sys\n"
            f"spool = pathlib.Path({str(self.folder / 'spool')!r})\n"
            "if not spool.is_dir() or sys.argv[sys.argv.index('-d') + 1] != 'Foyer':\n"
            "    sys.exit('lp: The printer or class does not exist.')\n"
            "(spool / str(len(list(spool.iterdir())))).write_bytes(sys.stdin.buffer.read())\n"
        )
        lp.chmod(0o755)
        self.switch_on()
        return opened("cups", "Foyer")

    def pictures(self) -> list[Frame]:
        pages = [pypdfium2.PdfDocument(f) for f in sorted((self.folder / "spool").iterdir())]
        return [as_frame(p[0].render(scale=2).to_numpy()[..., :3]) for p in pages]

    def switch_off(self) -> None:
        (self.folder / "spool").rmdir()

    def switch_on(self) -> None:
        (self.folder / "spool").mkdir()


@dataclass
class Bench:
    paper: Paper
    printer: Printer


@pytest.fixture(params=[Folder, Device, Network, Cups])
def bench(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    paper = request.param(tmp_path)
    printer = paper.open()
    yield Bench(paper, printer)
    printer.close()
    printer.close()


@pytest.fixture(scope="module")
def net(model: Model) -> Net:
    return roll(model.manifest.sites, model.manifest.model, 5)


def job_of(net: Net) -> Job:
    printed = Printout(net, SITES, qr_code(packed(net)), "2026-11-27", "Hold me up!")
    return Job(
        net.name,
        lambda width_px: receipt(printed, width_px),
        lambda: pdf_bytes(card(printed), CARD_MM, PX_PER_MM),
    )


def test_what_is_printed_holds_the_net(bench: Bench, net: Net):
    assert bench.printer.health().health is Health.FINE
    assert bench.printer.print_out(job_of(net))
    assert eventually(bench.printer.printed) == 1
    (picture,) = eventually(bench.paper.pictures)
    (code,) = codes_in(picture)
    assert unpacked(code, "paper") == net
    health = bench.printer.health()
    assert (health.device, health.health, health.about) == ("printer", Health.FINE, "1")


def test_one_that_is_off_says_so_prints_nothing_late_and_works_again(bench: Bench, net: Net):
    bench.paper.switch_off()
    assert bench.printer.print_out(job_of(net))
    eventually(lambda: bench.printer.health().health is Health.FAILING)
    health = bench.printer.health()
    assert health.reason is Reason.NOT_PRINTED
    assert "\n" not in health.note
    assert bench.printer.printed() == 0
    bench.paper.switch_on()
    assert bench.paper.pictures() == []
    assert bench.printer.print_out(job_of(net))
    assert eventually(bench.printer.printed) == 1
    assert bench.printer.health().health is Health.FINE
    assert len(eventually(bench.paper.pictures)) == 1


def test_what_was_queued_is_printed_before_it_closes(bench: Bench, net: Net):
    assert bench.printer.print_out(job_of(net))
    bench.printer.close()
    assert bench.printer.printed() == 1


def test_nobody_waits_for_one_that_is_slow(net: Net):
    go = threading.Event()

    class Slow:
        told = "a slow one"

        def print_now(self, job: Job) -> None:
            go.wait()

    printer = Spooler(Slow())
    taken = [printer.print_out(job_of(net)) for _ in range(WAITING + 3)]
    assert taken.count(False) >= 2
    assert taken[:WAITING] == [True] * WAITING
    go.set()
    printer.close()
    assert printer.printed() == taken.count(True)


def test_a_machine_without_cups_is_told_what_to_install(
    net: Net, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", shlex.quote(str(tmp_path)))
    printer = opened("cups", "")
    printer.print_out(job_of(net))
    eventually(lambda: printer.health().health is Health.FAILING)
    assert "apt install" in printer.health().note
    printer.close()


@pytest.mark.parametrize("address", ["", "no host", "host:port", "host:99999", "a/b"])
def test_an_address_that_is_none_is_refused(address: str):
    with pytest.raises(UglyError, match=r"\[printer\] address"):
        open_printer(asking_for("escpos", address))


def test_without_a_printer_there_is_none():
    assert open_printer(asking_for("none")) is None
