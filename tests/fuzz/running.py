"""One parser over many documents, in a process of its own: what crashes that ends nothing else."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType

from installation.vocabulary import UglyError

from .mutations import damaged
from .parsers import PARSERS, Parser

MOST_MEMORY = 6 * 2**30
"""Bytes of address space a parser's process may have."""

GROWS_BYTES = 1 << 30
"""How much one parser's memory may grow over its whole run."""


class HangsError(BaseException):
    """A document took too long. Not an Exception: nobody may swallow it."""


@dataclass
class Fault:
    """What went wrong, where, with which seed."""

    what: str
    seed: int
    trace: str = ""


@dataclass
class Report:
    """How a parser did. Times in seconds, memory in bytes."""

    name: str
    cases: int = 0
    refused: int = 0
    read: int = 0
    seconds: float = 0.0
    slowest_s: float = 0.0
    slowest_seed: int = 0
    grew: int = 0
    faults: list[Fault] = field(default_factory=list)


def _late(number: int, frame: FrameType | None) -> None:
    raise HangsError


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """So many seconds of the processor's own: what else the machine does is no hang."""
    before = signal.signal(signal.SIGPROF, _late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def tried(parser: Parser, data: bytes, folder: Path) -> str:
    """ "read", "refused", or what went wrong: one document."""
    path = folder / parser.file
    path.write_bytes(data)
    try:
        with _within(parser.within_s):
            parser.read(path)
    except UglyError as error:
        line = str(error)
        if "\n" in line or not line.strip() or len(line) > 2000:
            return f"a refusal that is no line: {line[:80]!r}"
        return "refused"
    except HangsError:
        return f"hangs: more than {parser.within_s:g} s of the processor"
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {Path(where.filename).name}:{where.name}"
    return "read"


def run_here(
    parser: Parser, first: int, seconds: float, most: int, folder: Path, mark: Path | None = None
) -> Report:
    """Documents from the seed `first` on, for so long or so many; `mark` always holds the seed of
    the one that is being read."""
    good, report = parser.good(), Report(parser.name)
    began_s, rss = time.monotonic(), _memory()
    for number, document in enumerate(good):
        if (outcome := tried(parser, document, folder)) not in ("read", "refused"):
            report.faults.append(Fault(f"a good document: {outcome}", -1 - number))
    while report.cases < most and time.monotonic() - began_s < seconds:
        seed = first + report.cases
        if mark is not None:
            mark.write_text(str(seed))
        data, start_s = damaged(good, parser.name, seed), time.process_time()
        outcome = tried(parser, data, folder)
        took_s = time.process_time() - start_s
        if took_s > report.slowest_s:
            report.slowest_s, report.slowest_seed = took_s, seed
        report.cases += 1
        report.refused += outcome == "refused"
        report.read += outcome == "read"
        known = {fault.what for fault in report.faults}
        if outcome not in ("refused", "read") and outcome not in known:
            report.faults.append(Fault(outcome, seed))
    report.seconds = time.monotonic() - began_s
    report.grew = _memory() - rss
    return report


def _memory() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def run_apart(name: str, first: int, seconds: float, most: int = sys.maxsize) -> Report:
    """The same in a process of its own, begun anew after each crash; a crash is a fault."""
    whole, until_s = Report(name), time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="uglynet-fuzz-") as made:
        folder = Path(made)
        mark = folder / "seed"
        while whole.cases < most and (left_s := until_s - time.monotonic()) > 0:
            asked = [name, first + whole.cases, left_s, most - whole.cases, folder]
            child = subprocess.run(
                [sys.executable, "-m", "tests.fuzz.running", *map(str, asked)],
                capture_output=True, text=True, timeout=left_s + 120, check=False,
            )  # fmt: skip
            if child.returncode == 0:
                _add(whole, json.loads(child.stdout.splitlines()[-1]))
                continue
            seed = int(mark.read_text()) if mark.exists() else first
            said = child.stderr.strip().splitlines()
            what = f"the process ended with {child.returncode}: {said[-1][:100] if said else ''}"
            whole.faults.append(Fault(what, seed))
            whole.cases = seed - first + 1
            if len(whole.faults) > 20:
                break
    return whole


def _add(whole: Report, part: dict) -> None:
    whole.cases += part["cases"]
    whole.refused += part["refused"]
    whole.read += part["read"]
    whole.seconds += part["seconds"]
    whole.grew = max(whole.grew, part["grew"])
    if part["slowest_s"] > whole.slowest_s:
        whole.slowest_s, whole.slowest_seed = part["slowest_s"], part["slowest_seed"]
    known = {fault.what for fault in whole.faults}
    whole.faults += [Fault(**each) for each in part["faults"] if each["what"] not in known]


def main() -> None:
    """The process of `run_apart`."""
    name, first, seconds, most, folder = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    place = Path(folder) / "place"
    place.mkdir(exist_ok=True)
    report = run_here(
        PARSERS[name], int(first), float(seconds), int(most), place, Path(folder) / "seed"
    )
    print(json.dumps(asdict(report)))


if __name__ == "__main__":
    main()
