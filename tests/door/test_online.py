"""A phone on the hotspot asks whether it is online, and stays; two codes lead it there."""

from __future__ import annotations

from pathlib import Path

import pytest
from doors import Clock, kept
from test_operator_pages import Desk

from installation.app.door_spec import Spec
from installation.door.address import HOTSPOT, wifi_code
from installation.settings import Settings, changed

ASKED = {
    "http://connectivitycheck.gstatic.com/generate_204": (204, ""),
    "http://clients3.google.com/gen_204": (204, ""),
    "http://captive.apple.com/hotspot-detect.html": (200, "Success"),
    "http://www.msftconnecttest.com/connecttest.txt": (200, "Microsoft Connect Test"),
    "http://detectportal.firefox.com/success.txt": (200, "success\n"),
    "http://network-test.debian.org/check_network_status.txt": (200, "NetworkManager is online\n"),
}


@pytest.fixture
def desk(tmp_path: Path):
    found = Desk(kept(tmp_path).folder, Clock())
    yield found
    found.parts.close()


@pytest.mark.parametrize("address", ASKED)
def test_a_phone_gets_the_answer_it_hopes_for_whatever_host_it_asks(desk: Desk, address: str):
    status, says = ASKED[address]
    answer = desk.browser().get(address, follow_redirects=False)
    assert answer.status_code == status
    if address.endswith(".html"):  # Apple looks for the very page
        assert answer.text == (
            "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"
        )
    else:
        assert answer.text == says
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("name", "password", "says"),
    [
        ("UGly-Net", "tapo-kelu", b"WIFI:T:WPA;S:UGly-Net;P:tapo-kelu;;"),
        ('a;b,c:d\\"e', "p;w12345", b'WIFI:T:WPA;S:a\\;b\\,c\\:d\\\\\\"e;P:p\\;w12345;;'),
        ("open", "", b"WIFI:S:open;;"),
    ],
)
def test_the_code_says_what_phones_read(name: str, password: str, says: bytes):
    assert wifi_code(name, password) == says


def test_with_a_hotspot_links_lead_to_its_own_address():
    spec = Spec.of(changed(Settings(), "door", hotspot="UGly-Net"))
    assert spec.settings["door"]["hotspot"] == "UGly-Net"
    assert HOTSPOT == "10.77.0.1"
