"""Whatever somebody who is in sends to the operators' addresses, it never breaks (schemathesis);
and all of these addresses are described."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
import schemathesis
from doors import Home, kept
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_description import ASKED, Patient
from test_operator_pages import BASE, OURS, PASSWORD
from test_operator_pages import Running as Changeable
from test_operator_tools import Running, Tools

from installation.app.door_spec import DOOR
from installation.door.operator_description import operator_description
from installation.door.passwords import set_password

PATHS = operator_description()["paths"]
STREAM = "/operator/live"
"""It goes on until the session ends: tested by itself, in test_operator_pages."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = kept(tmp_path)
    set_password(tmp_path / DOOR, PASSWORD)
    return found


@pytest.fixture
def tools(home: Home):
    made = Tools(home.folder, Running())
    made.desk.pages.showing = Changeable()
    made.desk.parts.guard = Patient()
    yield made
    made.desk.parts.close()


@pytest.mark.parametrize("path", sorted(set(PATHS) - {STREAM}))
def test_nothing_that_is_sent_breaks_it(tools: Tools, home: Home, path: str):
    api = schemathesis.openapi.from_dict(operator_description())
    api.app = tools.desk.app
    inside = tools.inside()
    seen = set()
    for method in PATHS[path]:

        @given(api[path][method.upper()].as_strategy(), st.booleans())
        @settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
        def breaks_nothing(case: schemathesis.Case, knows: bool) -> None:
            if knows and "take_id" in (case.path_parameters or {}):
                case.path_parameters["take_id"] = home.take_id
            sent = case.as_transport_kwargs(base_url=BASE)
            sent = {key: value for key, value in sent.items() if key in ASKED}
            if knows:
                sent["headers"] = {**dict(sent.get("headers") or {}), **OURS}
            try:
                answer = inside.request(**sent)
            except (UnicodeEncodeError, httpx2.InvalidURL, httpx2.LocalProtocolError):
                return  # what no client can send
            seen.add(answer.status_code)
            assert answer.status_code < 500, (sent, answer.text)

        breaks_nothing()
    refused = {401, 404, 405} if path == "/operator/login" else {401, 403, 404, 405}
    assert seen - refused, "none of it was let in, so nothing was tried"


def test_all_that_is_there_is_described_and_nothing_else(tools: Tools):
    there = {
        (route.path, method.lower())
        for route in tools.desk.app.routes
        if route.path.startswith("/operator")
        for method in (route.methods or ()) - {"HEAD"}
    }
    assert there == {(path, method) for path, methods in PATHS.items() for method in methods}


def test_it_is_told_to_who_is_in_and_to_nobody_else(tools: Tools):
    address = "/operator/openapi.json"
    assert tools.desk.browser().get(address).status_code == 401
    assert tools.inside().get(address).json() == operator_description()
    assert not any(
        "operator" in path for path in tools.inside().get("/openapi.json").json()["paths"]
    )
