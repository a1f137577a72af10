"""The visit, as a state machine: pure, and everything that affects it lives in this folder.

    step(experience, event, now_s) -> (experience, orders)

ATTRACT -> INVITE -> RECORD -> CARVE -> DECIDE -> GALLERY -> ATTRACT; `table` says what leads
where. Every phase leads back to ATTRACT by time alone. Answers to an order carry the visit's
number, so that a late clip or a late take never reaches the next visitor. Orders are for the app
to carry out; nothing here waits, and nothing of a visitor is kept before an order `KeepTake`.
"""

from installation.experience.events import (
    Answer,
    CardShown,
    CardUnknown,
    ClipFilmed,
    Event,
    FilmFailed,
    NetTakenUp,
    Pressed,
    Released,
    StillKept,
    StillNotKept,
    TakeKept,
    TakeNotKept,
    TakeSeen,
    Tick,
    Touched,
)
from installation.experience.orders import (
    BreedNet,
    FilmClip,
    Forget,
    Heal,
    KeepTake,
    NextLanguage,
    Order,
    PrintTake,
    RollSurprise,
    ShowNet,
    TakeUpCard,
    TakeUpShown,
    Welcome,
)
from installation.experience.state import Experience, Notice, Pace, Phase, Question
from installation.experience.table import TABLE, Row, step

__all__ = [
    "TABLE",
    "Answer",
    "BreedNet",
    "CardShown",
    "CardUnknown",
    "ClipFilmed",
    "Event",
    "Experience",
    "FilmClip",
    "FilmFailed",
    "Forget",
    "Heal",
    "KeepTake",
    "NetTakenUp",
    "NextLanguage",
    "Notice",
    "Order",
    "Pace",
    "Phase",
    "Pressed",
    "PrintTake",
    "Question",
    "Released",
    "RollSurprise",
    "Row",
    "ShowNet",
    "StillKept",
    "StillNotKept",
    "TakeKept",
    "TakeNotKept",
    "TakeSeen",
    "TakeUpCard",
    "TakeUpShown",
    "Tick",
    "Touched",
    "Welcome",
    "step",
]
