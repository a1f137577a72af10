"""A visitor's page: what it shows and gives away, in four languages, to whoever has the link."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from doors import DAY_S, MADE, NOW_S, Clock, Home, kept, parts, record_of, visitor

from installation.app.door_gallery import done_to
from installation.carve.nets import net_document
from installation.door.messages import Baking
from installation.door.site_parts import Parts
from installation.door.words import LANGUAGES, own_texts
from installation.gallery.index import Index
from installation.gallery.reading import GalleryReader
from installation.gallery.store import Gallery, new_token
from installation.gallery.take_folder import read_record, sums, write_record
from installation.gallery.verify import disagreements


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return kept(tmp_path)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def made(home: Home, clock: Clock):
    found = parts(home.folder, clock)
    yield found
    found.close()


@pytest.fixture
def phone(made: Parts):
    return visitor(made)


def wrong(folder: Path) -> list[str]:
    reader = GalleryReader(folder)
    try:
        return [str(one) for one in disagreements(reader)]
    finally:
        reader.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_everything_in_the_visitors_language(phone, home: Home, language: str):
    answer = phone.get(f"/t/{home.token}", headers={"accept-language": f"xx, {language};q=0.5"})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    words = own_texts(language)
    for key in ("take.video", "take.creature", "take.cuts", "withdraw.delete", "save.video"):
        assert words[key] in answer.text.replace("&#39;", "'")
    assert "Wofi &lt;b&gt;" in answer.text
    assert "<b>" not in answer.text
    assert ("100 %" if language in ("de", "fr") else "100%") in answer.text
    assert "{" not in answer.text


def test_each_cut_is_said_in_words_and_drawn(phone, home: Home):
    text = phone.get(f"/t/{home.token}").text
    for words in ("Adds a little to everything", "Lets nothing pass any more",
                  "only for the earlier", "in rows", "the very bottom", "Pixels"):  # fmt: skip
        assert words in text
    assert text.count("<svg") >= 2 + len(MADE.carve.cuts)
    assert text.count('role="img"') == 2


def test_the_switch_beats_the_browser_and_stays_in_the_links(phone, home: Home):
    text = phone.get(f"/t/{home.token}?lang=ko", headers={"accept-language": "de"}).text
    assert '<html lang="ko">' in text
    assert f'action="/t/{home.token}/hide?lang=ko"' in text


def test_the_files_are_given_whole_in_parts_and_to_be_saved(phone, home: Home):
    own = f"/t/{home.token}"
    video = (home.own / "video.mp4").read_bytes()
    whole = phone.get(f"{own}/video.mp4")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    assert whole.content == video
    part = phone.get(f"{own}/video.mp4", headers={"range": "bytes=10-19"})
    assert part.status_code == 206
    assert part.content == video[10:20]
    assert part.headers["content-range"] == f"bytes 10-19/{len(video)}"
    past = phone.get(f"{own}/video.mp4", headers={"range": f"bytes={len(video)}-"})
    assert past.status_code == 416
    saved = phone.get(f"{own}/video.mp4?save")
    assert "Wofi" in saved.headers["content-disposition"]
    net = phone.get(f"{own}/net.json")
    assert json.loads(net.text) == net_document(MADE)
    drawing = phone.get(f"{own}/portrait.svg")
    assert "sandbox" in drawing.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    ["take.json", "../take.json", "..%2ftake.json", "%2e%2e/%2e%2e/gallery.db", "video.mp4%00.png",
     "....//take.json", "/etc/passwd", "%2fetc%2fpasswd", "..\\take.json", "..", "\u2025/x"],
)  # fmt: skip
def test_nothing_else_is_given_away(phone, home: Home, path: str):
    answer = phone.get(f"/t/{home.token}/{path}")
    assert answer.status_code in (404, 405)
    assert home.token.encode() not in answer.content.replace(f"/t/{home.token}".encode(), b"")


@pytest.mark.parametrize(
    "path",
    ["/t/", "/t", "/takes", "/t/{id}", "/static/", "/static/../site.py", "/static/%2e%2e/site.py",
     "/gallery.db", "/t/{short}"],
)  # fmt: skip
def test_there_is_no_listing_and_a_takes_name_is_no_link(phone, home: Home, path: str):
    path = path.format(id=home.take_id, short=home.token[:21])
    assert phone.get(path).status_code in (404, 405)


def test_every_answer_is_guarded_and_sets_no_cookie(phone, home: Home):
    for path in (
        "/",
        f"/t/{home.token}",
        f"/t/{home.token}/video.mp4",
        "/nothing",
        "/static/door.css",
    ):
        headers = phone.get(path).headers
        policy = headers["content-security-policy"]
        if not path.endswith(".svg"):
            assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "set-cookie" not in headers
        assert "server" not in headers


def test_pages_load_nothing_from_outside_and_run_nothing_inline(phone, home: Home):
    for path in ("/", f"/t/{home.token}", "/nothing"):
        text = phone.get(path).text
        assert not re.search(r'(src|href|action|poster)="(?!/)', text)
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=", text)


def test_when_its_time_is_over_there_is_nothing(phone, home: Home, clock: Clock):
    clock.now_s = NOW_S + 30 * DAY_S - 1
    assert phone.get(f"/t/{home.token}").status_code == 200
    clock.now_s += 2
    assert phone.get(f"/t/{home.token}").status_code == 404
    assert phone.get(f"/t/{home.token}/video.mp4").status_code == 404


def test_hide_and_show_again_by_the_same_link(phone, home: Home):
    answer = phone.post(f"/t/{home.token}/hide")
    assert answer.status_code == 200
    assert own_texts("en")["withdraw.hidden"] in answer.text
    assert record_of(home)["consent"] == {"show": False, "take_home": True}
    assert phone.post(f"/t/{home.token}/show").status_code == 200
    assert record_of(home)["consent"] == {"show": True, "take_home": True}
    assert wrong(home.folder) == []


def test_delete_asks_once_then_leaves_nothing_and_gives_a_receipt(phone, home: Home):
    asked = phone.post(f"/t/{home.token}/delete")
    assert own_texts("en")["withdraw.sure"] in asked.text
    assert home.own.is_dir()
    video = (home.own / "video.mp4").stat().st_size
    done = phone.post(f"/t/{home.token}/delete", data={"sure": "yes"})
    assert done.status_code == 200
    assert own_texts("en")["receipt.line"] in done.text
    assert f"video.mp4, {video} bytes" in done.text
    assert list((home.folder / "takes").iterdir()) == []
    index = Index(home.folder, read_only=True)
    assert index.ids() == frozenset()
    index.close()
    assert wrong(home.folder) == []
    left = [path for path in home.folder.rglob("*") if path.is_file()]
    for path in left:
        data = path.read_bytes()
        assert home.take_id.encode() not in data, path
        assert home.token.encode() not in data, path
    for path in ("", "/video.mp4", "/state"):
        assert phone.get(f"/t/{home.token}{path}").status_code == 404
    assert phone.post(f"/t/{home.token}/delete", data={"sure": "yes"}).status_code == 404


def test_a_take_is_withdrawn_beside_a_show_that_holds_the_gallery(home: Home, phone):
    gallery = Gallery(home.folder)
    try:
        assert len(gallery.takes()) == 1
        phone.post(f"/t/{home.token}/delete", data={"sure": "yes"})
        assert gallery.refresh()
        assert len(gallery.takes()) == 0
    finally:
        gallery.close()


@pytest.mark.parametrize("header", [{"origin": "http://evil.example"}, {"origin": "null"},
                                    {"sec-fetch-site": "cross-site"}])  # fmt: skip
def test_a_form_on_another_site_changes_nothing(phone, home: Home, header: dict[str, str]):
    answer = phone.post(f"/t/{home.token}/delete", data={"sure": "yes"}, headers=header)
    assert answer.status_code == 403
    assert home.own.is_dir()


def test_the_own_origin_may(phone, home: Home):
    headers = {"origin": "http://10.0.0.7:8080", "sec-fetch-site": "same-origin"}
    assert phone.post(f"/t/{home.token}/hide", headers=headers).status_code == 200


def test_the_page_is_there_while_the_video_bakes_and_then_fills_in(tmp_path: Path):
    (tmp_path / "g").mkdir()
    made, token = parts(tmp_path / "g"), new_token()
    phone = visitor(made)
    assert phone.get(f"/t/{token}").status_code == 404
    made.offers.note(Baking(token, "BCDFGHJK", NOW_S + 600, 0.0, net_document(MADE)))
    made.offers.note(Baking(token, "BCDFGHJK", NOW_S + 600, 0.25))
    page = phone.get(f"/t/{token}")
    assert page.status_code == 200
    assert own_texts("en")["take.baking"] in page.text
    assert 'value="0.25"' in page.text
    assert "Adds a little to everything" in page.text, "its net is there already"
    assert "/delete" not in page.text
    assert phone.get(f"/t/{token}/state").json() == {"state": "baking", "progress": 0.25}
    kept(tmp_path / "g", token=token)
    assert phone.get(f"/t/{token}/state").json()["state"] == "kept"
    assert "video.mp4" in phone.get(f"/t/{token}").text
    made.close()


def test_a_take_that_could_not_be_kept_says_so(tmp_path: Path):
    made, token = parts(tmp_path), new_token()
    made.offers.note(Baking(token, state="failed"))
    assert own_texts("en")["take.failed"] in visitor(made).get(f"/t/{token}").text
    made.close()


def test_eight_letters_lead_to_the_page_for_some_minutes(tmp_path: Path, clock: Clock):
    home = kept(tmp_path)
    made = parts(tmp_path, clock)
    made.offers.note(Baking(home.token, "BCDFGHJK", NOW_S + 600))
    phone = visitor(made)
    for typed in ("BCDFGHJK", "bcdf ghjk", " bcdf-ghjk "):
        answer = phone.post("/code?lang=fr", data={"code": typed})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/t/{home.token}?lang=fr"
    assert phone.post("/code", data={"code": "BCDFGHJL"}).status_code == 404
    assert phone.post("/code", data={"code": ""}).status_code == 404
    assert phone.post("/code", content=b"\xff" * 50).status_code == 404
    clock.now_s += 601
    assert phone.post("/code", data={"code": "BCDFGHJK"}).status_code == 404
    made.close()


def test_codes_cannot_be_tried_in_a_row(phone):
    seen = {phone.post("/code", data={"code": "BCDFGHJK"}).status_code for _ in range(11)}
    assert seen == {404, 429}


def test_links_cannot_be_guessed_in_a_row_and_who_guesses_is_locked_out(phone, home: Home):
    seen = [phone.get(f"/t/{new_token()}").status_code for _ in range(40)]
    assert seen[:30] == [404] * 30
    assert set(seen[31:]) == {429}
    assert phone.get(f"/t/{home.token}").status_code == 429


def test_a_right_link_is_never_counted(phone, home: Home):
    assert {phone.get(f"/t/{home.token}/state").status_code for _ in range(100)} == {200}


@pytest.mark.parametrize("told", [True, False])
def test_more_than_a_form_is_refused(phone, home: Home, told: bool):
    body = b"code=" + b"x" * 40_000
    content = body if told else iter([body])
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert phone.post("/code", content=content, headers=kind).status_code == 413


def test_a_gallery_whose_index_is_lost_or_old_still_answers(home: Home, clock: Clock):
    (home.folder / "gallery.db").unlink()
    made = parts(home.folder, clock)
    assert visitor(made).get(f"/t/{home.token}").status_code == 200
    made.close()


def test_a_file_that_vanished_is_not_there(phone, home: Home):
    (home.own / "video.mp4").unlink()
    assert phone.get(f"/t/{home.token}/video.mp4").status_code == 404


def test_the_door_only_reads(home: Home, phone):
    before = {path: path.stat().st_mtime_ns for path in home.folder.rglob("*")}
    for path in ("", "/video.mp4", "/state", "/net.json"):
        phone.get(f"/t/{home.token}{path}")
    assert {path: path.stat().st_mtime_ns for path in home.folder.rglob("*")} == before


def test_an_old_take_gets_its_link_when_it_is_asked_for(tmp_path: Path):
    home = kept(tmp_path, token="")
    assert "token" not in record_of(home)
    first = done_to(tmp_path, "link", home.take_id)
    again = done_to(tmp_path, "link", home.take_id)
    assert first.facts["token"] == again.facts["token"]
    assert len(first.facts["token"]) >= 22
    made = parts(tmp_path, Clock(time.time() if time.time() > NOW_S else NOW_S))
    assert visitor(made).get(f"/t/{first.facts['token']}").status_code == 200
    made.close()
    assert wrong(tmp_path) == []


def test_the_film_itself_is_given_to_nobody(tmp_path: Path):
    home = kept(tmp_path)
    folder = tmp_path / "takes" / home.take_id
    (folder / "clip.mp4").write_bytes(b"film")
    record = read_record(folder)
    write_record(folder, replace(record, clip=True, files=sums(folder)))
    guest = visitor(parts(tmp_path))
    assert guest.get(f"/t/{home.token}").status_code == 200
    assert "clip.mp4" not in guest.get(f"/t/{home.token}").text
    assert guest.get(f"/t/{home.token}/clip.mp4").status_code == 404
