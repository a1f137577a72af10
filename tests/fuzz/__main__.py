"""python -m tests.fuzz [--minutes N] [--parsers NAME,NAME] [--seed K] [--keep FOLDER] [--json]

Feeds every parser damaged documents for N minutes each, and says how many, how fast, and what went
wrong; `--keep` writes the documents that did. The same seed makes the same documents. Exit status 1
if anything went wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from .mutations import damaged
from .parsers import PARSERS
from .running import GROWS_BYTES, Report, run_apart


def _line(report: Report) -> str:
    rate = report.cases / report.seconds if report.seconds else 0.0
    return (
        f"{report.name:16} {report.cases:9} documents  {rate:8.0f}/s  {report.refused:9} refused "
        f"{report.read:9} read  slowest {1000 * report.slowest_s:6.0f} ms (seed "
        f"{report.slowest_seed})  grew {report.grew / 2**20:5.0f} MiB  {len(report.faults)} faults"
    )


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("--minutes", type=float, default=1.0, help="for each parser")
    asked.add_argument("--parsers", default=",".join(PARSERS))
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--keep", type=Path)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    names = given.parsers.split(",")
    if unknown := [name for name in names if name not in PARSERS]:
        asked.error(f"no parser {unknown[0]!r}; there are: {', '.join(PARSERS)}")
    os.nice(10)
    reports = []
    for name in names:
        report = run_apart(name, given.seed, 60 * given.minutes)
        reports.append(report)
        if not given.json:
            print(_line(report), flush=True)
            for fault in report.faults:
                print(f"    seed {fault.seed}: {fault.what}", flush=True)
        if given.keep is not None:
            given.keep.mkdir(parents=True, exist_ok=True)
            for fault in report.faults:
                good = PARSERS[name].good()
                data = damaged(good, name, fault.seed) if fault.seed >= 0 else good[-1 - fault.seed]
                (given.keep / f"{name} {fault.seed} {PARSERS[name].file}").write_bytes(data)
    if given.json:
        print(json.dumps([asdict(report) for report in reports]))
    return int(any(report.faults or report.grew > GROWS_BYTES for report in reports))


if __name__ == "__main__":
    sys.exit(main())
