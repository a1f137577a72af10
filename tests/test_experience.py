"""The visit: whatever happens, it is sound and leads back to ATTRACT."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.experience import (
    TABLE,
    BreedNet,
    ClipFilmed,
    Event,
    Experience,
    FilmClip,
    FilmFailed,
    Forget,
    KeepTake,
    NetTakenUp,
    NextLanguage,
    Notice,
    Order,
    Pace,
    Phase,
    Pressed,
    PrintTake,
    Question,
    Released,
    RollSurprise,
    ShowNet,
    StillKept,
    StillNotKept,
    TakeKept,
    TakeNotKept,
    TakeSeen,
    TakeUpShown,
    Tick,
    Touched,
    Welcome,
    step,
)
from installation.experience.changes import always
from installation.panel.layouts import layout_names, load_layout
from installation.vocabulary import Button, Net, Take

TAKE = Take("xyz", Net("a" * 64), 1.8e9, 1.9e9)
buttons = st.sampled_from(Button)
visits = st.integers(0, 4)
events: st.SearchStrategy[Event] = st.one_of(
    st.just(Tick()),
    st.just(Touched()),
    buttons.map(Pressed),
    buttons.map(Released),
    visits.map(ClipFilmed),
    visits.map(TakeSeen),
    visits.map(FilmFailed),
    st.builds(TakeKept, visits, st.just(TAKE)),
    st.builds(TakeNotKept, visits, st.just("full")),
    st.builds(StillKept, visits, st.just("a.png")),
    st.builds(StillNotKept, visits, st.just("full")),
)
happenings = st.lists(st.tuples(st.floats(0, 40), events), max_size=60)


def told(*script: Event | float, start: Experience | None = None) -> tuple[Experience, list[Order]]:
    """Run events at times (numbers advance the clock, with a tick)."""
    experience, now_s, orders = start or Experience(), 0.0, []
    for item in script:
        event: Event = Tick()
        if isinstance(item, (int, float)):
            now_s += item
        else:
            event = item
        experience, given_orders = step(experience, event, now_s)
        orders += given_orders
    return experience, orders


FILMED = (Pressed(Button.RECORD), 3.1, ClipFilmed(1))


def test_a_whole_visit_by_buttons_alone():
    experience, orders = told(
        Touched(),
        Pressed(Button.RECORD),
        3.1,
        ClipFilmed(1),
        Touched(),
        Pressed(Button.KEEP),
        Pressed(Button.KEEP),
        Pressed(Button.KEEP),
        TakeKept(1, TAKE),
    )
    assert experience.phase is Phase.GALLERY
    assert (experience.notice, experience.take_id) == (Notice.SAVED, TAKE.id)
    assert orders == [Welcome(1), FilmClip(1), KeepTake(1, in_gallery=True)]
    later, orders = told(30.0, start=experience)
    assert later.phase is Phase.ATTRACT
    assert Forget(1) in orders


def test_surprise_takes_up_the_net_that_others_look_at():
    taken, orders = told(Pressed(Button.SURPRISE))
    assert taken.phase is Phase.INVITE
    assert orders == [Welcome(1), TakeUpShown(1)], "first the last one's hand is forgotten"
    known, _ = told(NetTakenUp(1), start=taken)
    assert known.notice is Notice.TAKEN_UP
    assert told(NetTakenUp(0), start=taken)[0].notice is Notice.NONE, "a visit long over"


def test_the_gallery_is_a_separate_yes():
    _, orders = told(*FILMED, *[Pressed(Button.KEEP)] * 2, Pressed(Button.DISCARD))
    assert KeepTake(1, in_gallery=False) in orders
    # Walking away after the first yes is none: everything is forgotten.
    left, orders = told(*FILMED, *[Pressed(Button.KEEP)] * 2, 25.1)
    assert left.phase is Phase.ATTRACT
    assert orders[-1] == Forget(1)
    assert not any(isinstance(order, KeepTake) for order in orders)


def test_the_gallery_waits_for_the_saving_but_not_for_ever():
    saving = told(*FILMED, *[Pressed(Button.KEEP)] * 3)[0]
    later, _ = told(60.0, start=saving)
    assert later.phase is Phase.GALLERY
    shown, _ = told(60.0, TakeKept(1, TAKE), 19.0, start=saving)
    assert shown.phase is Phase.GALLERY, "the whole time to look at it"
    assert told(130.0, start=saving)[0].phase is Phase.ATTRACT
    # The next visitor need not wait, and the late take is not theirs.
    following, _ = told(5.0, Pressed(Button.RECORD), TakeKept(1, TAKE), start=saving)
    assert (following.phase, following.visit, following.take_id) == (Phase.RECORD, 2, "")


def test_walking_away_before_keep_keeps_nothing():
    for gone in (
        (46.0,),
        (Pressed(Button.KEEP), 25.1),
        (Pressed(Button.KEEP), Pressed(Button.DISCARD)),
    ):
        experience, orders = told(*FILMED, *gone)
        assert experience.phase is Phase.ATTRACT
        assert not [order for order in orders if isinstance(order, KeepTake)]
        assert orders[-1] == Forget(1)


def test_a_late_clip_never_reaches_the_next_visitor():
    experience, _ = told(
        Pressed(Button.RECORD), 3.1, Pressed(Button.DISCARD), Pressed(Button.RECORD)
    )
    assert experience.visit == 2
    after, orders = step(experience, ClipFilmed(1), 4.0)
    assert after == experience
    assert orders == ()
    # Nor does one that answers an earlier try of the same visit, during the countdown.
    after, _ = step(experience, ClipFilmed(2), 4.0)
    assert after.phase is Phase.RECORD


def test_a_camera_that_fails_leads_back_to_the_invitation():
    experience, _ = told(Pressed(Button.RECORD), 3.1, FilmFailed(1))
    assert (experience.phase, experience.notice) == (Phase.INVITE, Notice.CAMERA_FAILED)
    silent, _ = told(Pressed(Button.RECORD), 3.1, 20.0)
    assert (silent.phase, silent.notice) == (Phase.INVITE, Notice.CAMERA_FAILED)


def test_calm_holds_in_every_phase_and_wakes_nobody():
    experience, orders = told(Pressed(Button.CALM))
    assert (experience.phase, experience.calm, orders) == (Phase.ATTRACT, True, [])
    experience, _ = told(*FILMED, Pressed(Button.CALM), 46.0)
    assert not experience.calm, "the next visitor starts with the operator's own setting"


def test_solo_lasts_as_long_as_it_is_held():
    held, _ = told(*FILMED, Pressed(Button.SOLO))
    assert held.solo
    assert not told(Released(Button.SOLO), start=held)[0].solo


def test_surprise_only_where_there_is_something_to_carve():
    tapped = (Pressed(Button.SURPRISE), Released(Button.SURPRISE))
    assert RollSurprise(1) in told(*FILMED, *tapped)[1]
    assert not told(Touched(), *tapped)[1][1:]


def test_surprise_held_breeds_and_does_not_roll():
    held, orders = told(*FILMED, Pressed(Button.SURPRISE), 0.5)
    assert not held.breeding
    assert not orders[2:]
    held, orders = told(4.0, start=held)
    assert held.breeding
    assert orders == [BreedNet(1)]
    left, orders = told(Released(Button.SURPRISE), start=held)
    assert not left.breeding
    assert orders == []
    assert not told(Pressed(Button.KEEP), start=held)[0].breeding, "what is kept stands still"


def test_a_school_group_is_asked_nothing_and_nothing_is_kept():
    for ending in (Pressed(Button.KEEP), 200.0):
        school = Experience(keeps=False, pace=Pace(idle_s=400.0))
        shown, orders = told(*FILMED, ending, start=school)
        assert (shown.phase, shown.notice) == (Phase.GALLERY, Notice.NET_ALONE)
        assert shown.nothing_kept
        assert orders == [Welcome(1), FilmClip(1), ShowNet(1)]
    over, orders = told(400.0, start=shown)
    assert over.phase is Phase.ATTRACT
    assert orders == [Forget(1)]


def test_the_gallery_closed_while_a_visitor_is_asked_keeps_nothing():
    asked = told(*FILMED, Pressed(Button.KEEP), Pressed(Button.KEEP))[0]
    for button in (Button.KEEP, Button.DISCARD):
        orders = told(Pressed(button), start=replace(asked, keeps=False))[1]
        assert orders == [ShowNet(1)]
    assert told(Tick(), start=replace(asked, keeps=False))[0].nothing_kept


def test_the_net_alone_is_printed_if_its_visitor_asks():
    shown, _ = told(*FILMED, Pressed(Button.KEEP), start=Experience(keeps=False, prints=True))
    printing, orders = told(Pressed(Button.KEEP), start=shown)
    assert orders == [PrintTake(1)]
    assert printing.nothing_kept


def test_who_would_rather_not_be_filmed_dreams_until_the_visit_is_over():
    invited, _ = told(Touched(), start=Experience(may_dream=True))
    dreaming, orders = told(Pressed(Button.DISCARD), Tick(), start=invited)
    assert (dreaming.phase, dreaming.dreams) == (Phase.RECORD, True)
    assert orders == [FilmClip(1)], "at once: nobody has to get ready"
    again, _ = told(ClipFilmed(1), Pressed(Button.RECORD), start=dreaming)
    assert again.dreams, "no camera means no camera, also the second time"
    left, _ = told(Pressed(Button.DISCARD), start=again)
    assert not left.dreams, "the next visitor is asked anew"
    assert told(Pressed(Button.DISCARD), start=told(Touched())[0])[0].phase is Phase.INVITE


def test_who_says_no_twice_is_not_invited_for_it():
    no = Pressed(Button.DISCARD)
    left, _ = told(no, no, start=told(*FILMED, Pressed(Button.KEEP))[0])
    assert left.phase is Phase.ATTRACT
    assert told(4.0, no, start=left)[0].phase is Phase.INVITE, "that one is somebody new"
    assert told(Pressed(Button.KEEP), start=left)[0].phase is Phase.INVITE, "and so is this"
    assert told(no)[0].phase is Phase.INVITE, "nobody was there before"


def test_decide_asks_one_thing_after_the_other():
    asked, _ = told(*FILMED, Pressed(Button.KEEP))
    assert asked.question is Question.KEEP
    assert told(Pressed(Button.KEEP), start=asked)[0].question is Question.SHARE


def test_the_film_itself_is_a_third_question_where_it_is_asked_for():
    share, _ = told(
        *FILMED, Pressed(Button.KEEP), Pressed(Button.KEEP), start=Experience(asks_for_clip=True)
    )
    for shares, answer in ((True, Button.KEEP), (False, Button.DISCARD)):
        asked, orders = told(Pressed(answer), start=share)
        assert (asked.phase, asked.question, orders) == (Phase.DECIDE, Question.CLIP, [])
        for clip, last in ((True, Pressed(Button.KEEP)), (False, Pressed(Button.DISCARD))):
            saving, orders = told(last, start=asked)
            assert (saving.phase, saving.notice) == (Phase.GALLERY, Notice.SAVING)
            assert orders == [KeepTake(asked.visit, shares, with_clip=clip)]
        # No answer is a no to that question alone: what was agreed to before holds.
        later_s = asked.since_s + asked.pace.decide_s + 1
        waited, given = step(asked, Tick(), later_s)
        assert waited.phase is Phase.GALLERY
        assert given == (KeepTake(asked.visit, shares, with_clip=False),)
        # An operator who no longer asks for it: the same, at once.
        _, given = step(replace(asked, asks_for_clip=False), Tick(), asked.since_s)
        assert given == (KeepTake(asked.visit, shares, with_clip=False),)
        # And one who closed the gallery meanwhile has nothing kept at all.
        closed, given = step(replace(asked, keeps=False), Tick(), later_s)
        assert (closed.notice, given) == (Notice.NET_ALONE, (ShowNet(asked.visit),))


def test_what_leads_where():
    """The whole graph of the visit, as the table says it."""
    edges = {(row.phase, row.to) for row in TABLE if row.to is not row.phase}
    assert edges == {
        (Phase.ATTRACT, Phase.INVITE),
        (Phase.ATTRACT, Phase.RECORD),
        (Phase.INVITE, Phase.ATTRACT),
        (Phase.INVITE, Phase.RECORD),
        (Phase.RECORD, Phase.ATTRACT),
        (Phase.RECORD, Phase.INVITE),
        (Phase.RECORD, Phase.CARVE),
        (Phase.CARVE, Phase.ATTRACT),
        (Phase.CARVE, Phase.RECORD),
        (Phase.CARVE, Phase.DECIDE),
        (Phase.CARVE, Phase.GALLERY),
        (Phase.DECIDE, Phase.ATTRACT),
        (Phase.DECIDE, Phase.GALLERY),
        (Phase.GALLERY, Phase.ATTRACT),
        (Phase.GALLERY, Phase.RECORD),
    }
    for phase in set(Phase) - {Phase.ATTRACT}:
        by_time = [row for row in TABLE if row.phase is phase and row.on is Tick]
        assert by_time, f"{phase}: time alone leads on"


def test_of_a_button_s_rows_no_general_one_is_shadowed_and_none_is_dead():
    """No row stands behind one for the same event that always holds."""
    for number, row in enumerate(TABLE):
        before = [r for r in TABLE[:number] if (r.phase, r.on) == (row.phase, row.on)]
        assert all(r.when is not always for r in before), row


@given(happenings)
def test_going_back_to_attract_forgets_and_going_on_from_it_welcomes(
    script: list[tuple[float, Event]],
):
    experience, now_s = Experience(), 0.0
    for wait_s, event in script:
        now_s += wait_s
        before = experience
        experience, orders = step(experience, event, now_s)
        began = experience.visit != before.visit
        ended = before.phase is not Phase.ATTRACT and (began or experience.phase is Phase.ATTRACT)
        assert (Forget(before.visit) in orders) == ended
        assert (Welcome(experience.visit) in orders) == began
        if experience.phase is Phase.ATTRACT:
            assert (experience.take_id, experience.solo) == ("", False)


def test_a_queue_that_is_full_is_told_like_any_failure():
    saving = told(*FILMED, *[Pressed(Button.KEEP)] * 3)[0]
    failed, _ = told(TakeNotKept(1, "too many wait"), start=saving)
    assert (failed.phase, failed.notice) == (Phase.GALLERY, Notice.SAVE_FAILED)
    assert told(TakeNotKept(0, "an earlier visit's"), start=saving)[0] == saving


def test_who_has_seen_the_take_has_the_whole_time_for_its_creature():
    saving = told(*FILMED, *[Pressed(Button.KEEP)] * 3)[0]
    assert step(saving, TakeSeen(1), 3.0)[0] == saving, "it is still being saved"
    kept = step(saving, TakeKept(1, TAKE), 5.0)[0]
    seen = step(kept, TakeSeen(1), 20.0)[0]
    assert seen.left_s(20.0) == kept.left_s(5.0) == seen.pace.gallery_s
    assert step(kept, TakeSeen(0), 20.0)[0] == kept, "an earlier visit's"


def test_a_still_that_is_lost_is_told_beside_its_take():
    saving = told(*FILMED, *[Pressed(Button.KEEP)] * 3)[0]
    lost, _ = told(StillNotKept(1, "disk full"), start=saving)
    assert lost.notice is Notice.SAVING, "its take is still in the making"
    assert told(TakeKept(1, TAKE), start=lost)[0].notice is Notice.SAVED_WITHOUT_STILL
    whole = told(StillKept(1, "takes/xyz/a.png"), TakeKept(1, TAKE), start=saving)[0]
    assert whole.notice is Notice.SAVED
    following, _ = told(Pressed(Button.RECORD), start=lost)
    assert not following.still_lost


def test_the_language_is_an_order_of_the_invitation_alone():
    invited, _ = told(Touched())
    assert told(Pressed(Button.OPERATION), start=invited)[1] == [NextLanguage(1)]
    carving, _ = told(*FILMED)
    assert told(Pressed(Button.OPERATION), start=carving)[1] == []


@given(happenings)
def test_whatever_happens_time_alone_leads_back(script: list[tuple[float, Event]]):
    experience, now_s = Experience(), 0.0
    for wait_s, event in script:
        now_s += wait_s
        experience, _ = step(experience, event, now_s)
    for _ in range(2000):
        now_s += 0.5
        experience, _ = step(experience, Tick(), now_s)
    assert experience.phase is Phase.ATTRACT


@given(happenings, st.booleans())
def test_nothing_is_kept_without_a_yes_and_a_clip(
    script: list[tuple[float, Event]], asks_for_clip: bool
):
    experience, now_s = Experience(asks_for_clip=asks_for_clip), 0.0
    said_keep, filmed_visit = False, -1
    for wait_s, event in script:
        now_s += wait_s
        before = experience
        experience, orders = step(experience, event, now_s)
        if before.phase is Phase.RECORD and experience.phase is Phase.CARVE:
            filmed_visit = experience.visit
        if event == Pressed(Button.KEEP) and before.phase is Phase.DECIDE:
            said_keep = True
        for order in orders:
            assert order.visit in (before.visit, experience.visit)
            if isinstance(order, KeepTake):
                assert said_keep
                assert order.visit == filmed_visit
                if asks_for_clip:
                    assert before.question is Question.CLIP
                    assert order.in_gallery is before.shares
                    assert order.with_clip is (event == Pressed(Button.KEEP))
                else:
                    assert isinstance(event, Pressed), "doing nothing keeps nothing"
                    assert before.question is Question.SHARE
                    assert not order.with_clip
                    assert order.in_gallery is (event == Pressed(Button.KEEP))
                said_keep = False


@given(happenings)
def test_numbers_stay_sane(script: list[tuple[float, Event]]):
    experience, now_s = Experience(), 0.0
    for wait_s, event in script:
        now_s += wait_s
        before = experience
        experience, _ = step(experience, event, now_s)
        assert experience.visit - before.visit in (0, 1)
        assert experience.left_s(now_s) >= 0
        assert 0 <= experience.countdown_s(now_s) <= experience.pace.countdown_s
        assert not (experience.solo and experience.phase is not Phase.CARVE)


@pytest.mark.parametrize("name", layout_names())
def test_the_buttons_of_every_panel_answer_every_question(name: str):
    def has(button: Button) -> Pressed:
        assert button in load_layout(name).buttons
        return Pressed(button)

    carving = (has(Button.RECORD), 3.1, ClipFilmed(1))
    no, orders = told(*carving, has(Button.KEEP), has(Button.DISCARD))
    assert (no.phase, orders[-1]) == (Phase.ATTRACT, Forget(1))
    for share, shown in ((Button.KEEP, True), (Button.DISCARD, False)):
        _, orders = told(*carving, has(Button.KEEP), has(Button.KEEP), has(share))
        assert orders[-1] == KeepTake(1, in_gallery=shown)
    assert told(*carving, has(Button.CALM))[0].calm
    left, _ = told(has(Button.RECORD), has(Button.DISCARD))
    assert left.phase is Phase.ATTRACT, "whoever does not want to be filmed can say so"
