"""Train both U-Nets, for as long as you give it, and pick up where it stopped.

    python -m models.training.train DATA CHECKPOINTS --minutes 100

DATA holds what `footage`, `synthetic` and `triplets` made. Two stages share the minutes: the
flow net alone (the first eighth; it starts from the true motion often, then less and less),
then both together. With --start another checkpoint's weights are taken up and both learn
together from the first minute, the rate falling from --rate. CHECKPOINTS/last.pt is written
every few minutes and at the end, with the optimiser and the minutes used, and a new start with
the same folder goes on from there; best.pt is the average with the best validation. With --steps it
ends at that step, however long it takes, and the stages share the steps instead of the minutes.
CHECKPOINTS/log.jsonl is the curve.

With --teacher rife-4.25 the teacher's frames and motion, which `teach` put beside a shard's rows,
are learnt from, too. With --fresh no shard is read: rows are made while it trains, on the device,
from the photographs and clips in DATA (see `fresh`), the teacher's along with them. --device cuda
trains on a card, in half precision unless told otherwise.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from .batches import Batch, batches
from .learner import HALVES, Training, predictor
from .measure import Triplet, mean_gain_db, validation
from .shards import SIDE_PX

FLOW_SHARE = 1 / 8
RATE = 9e-4
LOG_EVERY_STEPS = 50
TEACHERS = ("rife-4.25",)


def learning_rate(done: float, steps_in_stage: int, flow_share: float, rate: float) -> float:
    """`done` is the share of the training behind it, `flow_share` that of the flow net alone."""
    if done < flow_share:
        return 1.2e-3 * min(1.0, (steps_in_stage + 1) / 30) * (1 - 0.3 * done / flow_share)
    share = (done - flow_share) / (1 - flow_share)
    warm = min(1.0, 0.2 + steps_in_stage / 100)
    return rate * warm * (0.5 + 0.5 * math.cos(math.pi * min(1.0, share))) + 4e-6


Feed = Callable[[float], Iterator[Batch]]
"""Batches without end, of which a share (0..1) is real."""


def feed_of(given: argparse.Namespace, training: Training) -> Feed:
    """Where batches come from: shards, or made on the spot.

    Raises:
        SystemExit: in a line, if there is nothing to make or read them from.
    """
    taught = given.teacher is not None
    if given.fresh:
        from .fresh import Recipe, made

        if not all((given.data / kind).is_dir() for kind in ("photo", "cutout", "video")):
            raise SystemExit(f"{given.data}: needs what `footage` fetches, or `pack --open` leaves")

        def drawn(real_share: float) -> Iterator[Batch]:
            shape = (given.batch, given.crop, real_share)
            recipe = Recipe(given.data, training.device, taught, training.step, *shape)
            return made(recipe, given.processes)

        return drawn
    synthetic = sorted((given.data / "shards").glob("synthetic*"))
    shards = [*synthetic, given.data / "shards" / "real"]
    if not synthetic or not shards[-1].is_dir():
        raise SystemExit(f"{given.data}/shards: needs what `synthetic` and `triplets` make")
    if taught and not any((shard / "taught").is_file() for shard in shards):
        raise SystemExit(f"{given.data}/shards: no shard was taught; `teach` does that")

    def fed(real_share: float) -> Iterator[Batch]:
        odds = [(1 - real_share) / len(synthetic)] * len(synthetic) + [real_share]
        found = batches(shards, odds, given.batch, given.crop, training.step, taught)
        if training.device.type == "cuda":  # copied while the card still learns from the last
            return (tuple(part.pin_memory() for part in batch) for batch in found)
        return found

    return fed


def train(given: argparse.Namespace, training: Training, rows: list[Triplet]) -> None:
    """Learn until the minutes or the steps are used up."""
    flow_share = 0.0 if given.start else FLOW_SHARE
    fed = feed_of(given, training)

    def share_done() -> float:
        if given.steps is not None:
            return training.step / max(1, given.steps)
        return training.minutes / max(1e-9, given.minutes)

    flow_only = share_done() < flow_share
    feed, stage_step, losses = fed(0.3 if flow_only else 0.5), 0, []
    began, before = time.monotonic(), training.minutes
    next_check = training.minutes + given.check_every
    while (done := share_done()) < 1:
        if flow_only and done >= flow_share:
            del feed  # its processes, before there are others
            flow_only, feed, stage_step = False, fed(0.5), 0
        for group in training.optimiser.param_groups:
            group["lr"] = learning_rate(done, stage_step, flow_share, given.rate)
        taught_share = max(0.0, 0.6 * (1 - done / flow_share)) if flow_only else 0.0
        losses.append(training.learnt(next(feed), flow_only, taught_share))
        stage_step += 1
        training.minutes = before + (time.monotonic() - began) / 60
        if training.step % LOG_EVERY_STEPS == 0:
            flow, match, picture = torch.stack(losses).mean(0).tolist()
            training.log(flow=round(flow, 4), match=round(match, 4), picture=round(picture, 4))
            losses = []
        if training.minutes >= next_check or share_done() >= 1:
            next_check = training.minutes + given.check_every
            if not flow_only:
                gain = mean_gain_db(predictor(training.average), rows)
                training.log(validation_gain_db=round(gain, 3))
                if gain > training.best_db:
                    training.best_db = gain
                    training.save("best.pt", whole=False)
            training.save("last.pt")


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("checkpoints", type=Path)
    parser.add_argument("--minutes", type=float, default=100)
    parser.add_argument("--steps", type=int, help="end at this step instead of after minutes")
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--start", type=Path, help="checkpoint whose weights to go on from")
    parser.add_argument("--rate", type=float, default=RATE, help="learning rate at the start")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--crop", type=int, default=160, help="pixels, a multiple of 32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--check-every", type=float, default=6, help="minutes between validations")
    parser.add_argument(
        "--each", type=int, default=3, help="triplets a clip and gap to validate by"
    )
    parser.add_argument("--teacher", choices=TEACHERS, help="learn from its frames and motion, too")
    parser.add_argument("--fresh", action="store_true", help="make rows here instead of shards")
    parser.add_argument(
        "--processes", type=int, default=0, help="that make rows for --fresh; 0: the training's own"
    )
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument(
        "--half",
        choices=(*HALVES, "none"),
        help="precision of the hidden layers' products: float16 on cuda, none on the CPU",
    )
    return parser


def main() -> None:
    given = arguments().parse_args()
    if given.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit(
            "--device cuda: PyTorch sees no CUDA card here; leave it out, or mend that"
        )
    if given.start and not given.start.exists():
        raise SystemExit(f"--start {given.start}: no checkpoint is there")
    if given.fresh and given.crop > SIDE_PX:
        raise SystemExit(f"--crop {given.crop}: rows made anew have {SIDE_PX} px at most")
    torch.set_num_threads(given.threads)
    torch.set_flush_denormal(True)
    torch.backends.cudnn.benchmark = True  # every batch has the same shapes
    half = given.half or ("float16" if given.device == "cuda" else "none")
    training = Training(
        given.checkpoints,
        given.width,
        given.start,
        given.device,
        None if half == "none" else half,
    )
    train(given, training, validation(given.data, given.each))


if __name__ == "__main__":
    main()
