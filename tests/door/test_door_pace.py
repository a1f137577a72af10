"""What goes out is held to a pace, all phones together; small pages never wait."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from installation.door.pace import SMALL_BYTES, Pace, Paced


@given(st.lists(st.tuples(st.integers(1, 10**6), st.floats(0, 5)), max_size=40))
def test_never_more_goes_out_than_the_pace_and_one_burst(asked):
    now_s = [0.0]
    pace = Pace(lambda: now_s[0], 1e5, 2e5)
    gone = []
    for count, pause_s in asked:
        gone.append((now_s[0] + pace.wait_s(count), count))
        now_s[0] += pause_s
    for number, (from_s, first) in enumerate(gone):
        for to_s, _ in gone[number:]:
            sent = sum(count for at_s, count in gone if from_s < at_s <= to_s)
            assert sent <= 1e5 * (to_s - from_s) + 2e5 + first + 1


def test_a_page_is_never_held_up():
    class Never(Pace):
        def wait_s(self, count: int) -> float:
            raise AssertionError("asked")

    async def page(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": bytes(SMALL_BYTES)})

    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(Paced(page, Never(lambda: 0.0))({"type": "http"}, None, send))
    assert len(sent) == 2
