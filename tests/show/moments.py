"""Moments of a visit to make pictures of, with frames that need no file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from installation.app.one_button import choices
from installation.experience import Experience, Notice, Phase, Question
from installation.show.scenes.attract_demo import DEMO_SITES
from installation.show.view_model import (
    Fact,
    GalleryPicture,
    KnobPicture,
    PanelPicture,
    ScanPicture,
    ServicePicture,
    TakeHome,
    Trouble,
    View,
)
from installation.vocabulary import (
    Button,
    Carve,
    Cut,
    DeviceHealth,
    Frame,
    Health,
    Net,
    Operation,
    Reason,
    Site,
    SourceKind,
    as_frame,
)

SITES = tuple(Site(name, "AB", (1.0, 1.0), 1) for name in DEMO_SITES)

NET = Net(
    "m",
    Carve.of(
        [
            Cut("flow/enc1", Operation.ADD, 0.4),
            Cut("flow/enc4", Operation.SUBTRACT, 0.7),
            Cut("flow/latent", Operation.MULTIPLY, 0.3),
            Cut("flow/dec2", Operation.CUT_OFF, 0.5),
            Cut("interp/enc2", Operation.INVERT, 0.6),
            Cut("interp/dec3", Operation.ADD, 0.95),
        ]
    ),
)

BUTTONS = (
    Button.PAGE,
    Button.OPERATION,
    Button.SURPRISE,
    Button.SOLO,
    Button.RECORD,
    Button.KEEP,
    Button.DISCARD,
    Button.CALM,
)


def picture(width: int = 320, height: int = 180, shift: int = 0) -> Frame:
    """A frame with a gradient and a disc."""
    y, x = np.mgrid[0:height, 0:width]
    disc = (x - width / 2 - shift) ** 2 + (y - height / 2) ** 2 < (height / 4) ** 2
    red = np.where(disc, 230, 255 * x / width)
    rgb = np.stack([red, 255 * y / height, np.where(disc, 40, 120 + 0 * x)], axis=-1)
    return as_frame(rgb.astype(np.uint8))


CLIP, UNTOUCHED = picture(shift=30), picture()


def knob(target: str) -> KnobPicture:
    cut = NET.carve.at(target)
    amount = cut.amount if cut else 0.0
    return KnobPicture(target, amount, amount)


PANEL = PanelPicture(
    page="flow",
    knobs=tuple(map(knob, DEMO_SITES[:16])),
    buttons=BUTTONS,
    lamps=frozenset({0, 1, 4, 5}),
    pressed=frozenset({4}),
    touched="flow/enc4",
    manner="Subtract",
    selected=3,
)


def moment(phase: Phase, now_s: float = 1.25, **changes: Any) -> View:
    """A view of a phase; experience fields and view fields may both be given."""
    fields = {k: v for k, v in changes.items() if k in Experience.__dataclass_fields__}
    rest = {k: v for k, v in changes.items() if k not in fields}
    view = View(Experience(phase=phase, **fields), now_s, NET, SITES, PANEL, CLIP, UNTOUCHED)
    return replace(view, **rest)


TOOLS = (
    "pixelate", "blur", "sharpen", "rgb split", "saturate", "posterise", "tile", "sampler",
    "colorize", "amplify",
)  # fmt: skip

NOISE_PANEL = replace(
    PANEL,
    page="noise",
    knobs=(
        *(KnobPicture(f"noise/{tool}", 0.1 * n, 0.5, n == 3) for n, tool in enumerate(TOOLS)),
        *(KnobPicture(f"tone/{c}", 0.5, 0.5) for c in "rgb"),
        *[KnobPicture()] * 3,
    ),
    touched="noise/rgb split",
    manner="",
)

OTHER = Net(
    "m",
    Carve.of([Cut("flow/skip2", Operation.NOISE, 0.8), Cut("interp/enc4", Operation.SWAP, 0.6)]),
)

PAST = GalleryPicture(CLIP, NET, "Bofi")

NO_CAMERA = DeviceHealth(
    "camera", Health.MISSING, "camera 0 cannot be opened", Reason.NOT_OPENED, "camera 0"
)

HOME = TakeHome(
    b"http://192.168.178.123:8080/t/Zm9vYmFyYmF6cXV4MTIzNA", "192.168.178.123:8080", "KUMQUATS"
)

MOMENTS: dict[str, View] = {
    "attract_empty": moment(Phase.ATTRACT, 5.25, credits="Lee, Sung, Lee, Park; Alex Roidl"),
    "attract_creature": moment(Phase.ATTRACT, gallery=PAST, credits="Lee, Sung, Lee, Park"),
    "attract_turn": moment(Phase.ATTRACT, 0.9, gallery=PAST, before=OTHER),
    "attract_morph": moment(
        Phase.ATTRACT, 2.4, gallery=PAST, before=OTHER, credits="Lee, Sung, Lee, Park"
    ),
    "attract_film": moment(Phase.ATTRACT, 13.25),
    "attract_demo": moment(Phase.ATTRACT, 9.25, gallery=PAST),
    "invite": moment(Phase.INVITE),
    "invite_may_dream": moment(Phase.INVITE, may_dream=True),
    "invite_nothing_kept": moment(Phase.INVITE, keeps=False, may_dream=True),
    "carve_breeding": moment(Phase.CARVE, breeding=True, mate="Bofi"),
    "carve_may_breed": moment(Phase.CARVE, may_breed=True),
    "gallery_net_alone": moment(
        Phase.GALLERY,
        notice=Notice.NET_ALONE,
        keeps=False,
        home=TakeHome(bytes(range(60)), alone=True),
    ),
    "invite_no_camera": moment(Phase.INVITE, notice=Notice.CAMERA_FAILED),
    "record_countdown": moment(Phase.RECORD),
    "record_filming": moment(Phase.RECORD, 4.0, filming=True),
    "invite_film": moment(Phase.INVITE, source=SourceKind.FILM),
    "invite_made": moment(Phase.INVITE, source=SourceKind.MADE),
    "record_film": moment(Phase.RECORD, source=SourceKind.FILM),
    "record_film_now": moment(Phase.RECORD, 4.0, filming=True, source=SourceKind.FILM),
    "record_made": moment(Phase.RECORD, source=SourceKind.MADE),
    "record_made_now": moment(Phase.RECORD, 4.0, filming=True, source=SourceKind.MADE),
    "carve": moment(Phase.CARVE),
    "carve_xray": moment(Phase.CARVE, xray={site.name: picture(32, 18) for site in SITES}),
    "carve_noise": moment(Phase.CARVE, panel=NOISE_PANEL),
    "carve_untouched": moment(Phase.CARVE, net=Net("m"), panel=replace(PANEL, touched="")),
    "carve_solo": moment(Phase.CARVE, solo=True),
    "decide_keep": moment(Phase.DECIDE),
    "decide_share": moment(Phase.DECIDE, question=Question.SHARE),
    "decide_clip": moment(Phase.DECIDE, question=Question.CLIP),
    "decide_top": moment(Phase.DECIDE, top_site="flow/latent"),
    "gallery_saving": moment(Phase.GALLERY, notice=Notice.SAVING, progress=0.4),
    "gallery_reveal": moment(
        Phase.GALLERY,
        notice=Notice.SAVING,
        progress=0.4,
        home=HOME,
        gallery=replace(PAST, is_made=True),
    ),
    "gallery_walk": moment(Phase.GALLERY, 3.0, notice=Notice.SAVED, gallery=PAST, seen_at_s=2.2),
    "gallery_saved": moment(Phase.GALLERY, notice=Notice.SAVED),
    "gallery_home": moment(Phase.GALLERY, notice=Notice.SAVED, home=HOME),
    "gallery_no_network": moment(
        Phase.GALLERY, notice=Notice.SAVING, progress=0.4, home=TakeHome(bytes(range(60)))
    ),
    "gallery_hotspot": moment(
        Phase.GALLERY,
        notice=Notice.SAVED,
        home=replace(
            HOME,
            data=b"http://10.77.0.1:8080/t/Zm9vYmFyYmF6cXV4MTIzNA",
            address="10.77.0.1:8080",
            wifi=b"WIFI:T:WPA;S:UGly-Net;P:tapo-kelu-mira;;",
        ),
    ),
    "invite_warned": moment(Phase.INVITE, 12.0),
    "carve_warned": moment(Phase.CARVE, 30.0),
    "carve_over": moment(Phase.CARVE, 370.0, touched_s=369.0),
    "decide_warned": moment(Phase.DECIDE, 20.0, question=Question.SHARE),
    "gallery_warned": moment(Phase.GALLERY, 12.0, notice=Notice.SAVED, home=HOME),
    **{
        f"scan_{phase.value}": moment(
            phase,
            may_dream=True,
            scan=ScanPicture(choices(Experience(phase=phase, may_dream=True), 4), at),
        )
        for phase, at in zip(Phase, (None, 0, None, 2, 1, 2), strict=True)
    },
    "gallery_failed": moment(Phase.GALLERY, notice=Notice.SAVE_FAILED),
    "service": moment(
        Phase.CARVE,
        service=ServicePicture(
            facts=(
                Fact.of("running", version="1.0", hours="7", minutes="12"),
                Fact.of("free", free="72.9", folder="/var/lib/uglynet/.local/share/uglynet"),
                Fact.of(
                    "password_made",
                    address="http://192.168.178.123:8080",
                    password="bado-kilu-mezo-fapu-risa",
                ),
                Fact.of("takes", count="41", folder="/var/lib/uglynet/.local/share/uglynet"),
                Fact.of("model", model="0123456789ab"),
                Fact.of("preview", size="640 x 360", slow="4", made="123456"),
            ),
            trouble=Trouble("14:03", NO_CAMERA, 3),
            buttons=(Button.PAGE, Button.OPERATION),
        ),
        health=(
            DeviceHealth("panel", Health.FINE, "Arduino Mega 2560 on /dev/ttyACM0, firmware 1.1"),
            NO_CAMERA,
            DeviceHealth("net", Health.FAILING, "CUDA was asked for", Reason.FAULT),
            DeviceHealth("gallery", Health.FINE, "41 takes", Reason.TAKES, "41"),
        ),
    ),
}
