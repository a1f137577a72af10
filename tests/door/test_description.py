"""Whatever is sent to the addresses the door describes, it never breaks (schemathesis)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
import schemathesis
from doors import NOW_S, Clock, Home, kept, parts, visitor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from installation.door.description import description
from installation.door.limits import Guard
from installation.door.site import site
from installation.gallery.changes import change_take

ASKED = ("method", "url", "params", "headers", "data", "json", "content")


class Patient(Guard):
    """Lets everybody try as often as he likes: else all would soon be refused."""

    def allows(self, *given: object, **named: object) -> bool:
        return True


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return kept(tmp_path)


@pytest.mark.parametrize("path", sorted(description()["paths"]))
def test_nothing_that_is_sent_breaks_it(home: Home, path: str):
    made = parts(home.folder, Clock(NOW_S))
    made.guard = Patient()
    api = schemathesis.openapi.from_dict(description())
    api.app = site(made)
    phone = visitor(made)
    for method in description()["paths"][path]:
        operation = api[path][method.upper()]

        @given(operation.as_strategy(), st.booleans())
        @settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
        def breaks_nothing(case: schemathesis.Case, knows: bool) -> None:
            if knows and "token" in (case.path_parameters or {}):
                case.path_parameters["token"] = home.token
            sent = case.as_transport_kwargs(base_url="http://10.0.0.7:8080")
            sent = {key: value for key, value in sent.items() if key in ASKED}
            try:
                answer = phone.request(**sent)
            except (UnicodeEncodeError, httpx2.InvalidURL, httpx2.LocalProtocolError):
                return  # what no client can send
            assert answer.status_code < 500, (sent, answer.text)

        breaks_nothing()
    made.close()


def test_what_is_described_is_what_is_there(home):
    relative = kept(home.folder)
    change_take(home.folder, home.take_id, lambda held: replace(held, parents=(relative.take_id,)))
    made = parts(home.folder, Clock(NOW_S))
    phone = visitor(made)
    for path, methods in description()["paths"].items():
        for method in methods:
            asked = path.format(token=home.token, take_id=relative.take_id)
            status = phone.request(method, asked).status_code
            assert status != 405, path
            assert status == 200 or (status, path) == (404, "/code"), (path, status)
    made.close()
