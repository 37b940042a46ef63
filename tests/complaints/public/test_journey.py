"""A resident with a phone, in a real Chromium."""

import gzip
import io
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.models import Role
from complaints import actions
from complaints.models import Complaint, DraftPhoto, Reporter
from complaints.workflow import State
from tests.complaints.public.files import encoded, exif, phone_photo
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import HOUR, CategoryFactory, clean_photo
from tests.factories.grids import GridAssignmentFactory, GridFactory, square

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TEXT = "3 号楼 2 单元门口积雪结冰四天了，老人出门容易滑倒。"
PHONE_SIZE = {"width": 360, "height": 740}
HERE = {"longitude": 122.529, "latitude": 52.97}


@pytest.fixture
def browser_context_args(browser_context_args):
    return browser_context_args | {"viewport": PHONE_SIZE, "geolocation": HERE, "permissions": ["geolocation"]}


@pytest.fixture
def grid():
    grid = GridFactory(boundary=square(122.528, 52.969))
    GridAssignmentFactory(grid=grid, unit=UnitFactory(name="示例单位 07"))
    return grid


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains of in its console."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if _is_a_complaint(message) else None)
    return said


def _is_a_complaint(message) -> bool:
    return message.type == "error" and "status of 422" not in message.text


def picture(name: str, content: bytes | None = None) -> dict:
    return {
        "name": name,
        "mimeType": "image/jpeg",
        "buffer": phone_photo(size=(2400, 1800)) if content is None else content,
    }


def noise(seed: int) -> bytes:
    """A photo that does not compress, with a position in it."""
    grain = Image.effect_noise((1600, 1200), 20 + seed).convert("RGB")
    return encoded(grain, exif=exif(), quality=90)


def go_on(page: Page, name: str | re.Pattern = re.compile("下一步")) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def to_photos(page: Page) -> None:
    page.goto("/complaints/new/")
    page.get_by_label("清扫和积雪").check()
    page.get_by_label("说说情况").fill(TEXT)
    go_on(page)
    page.get_by_label("写一下具体地方").fill("示例小区 3 号楼")
    go_on(page)
    expect(page.get_by_role("heading", name="有照片吗")).to_be_visible()


def choose(page: Page, *files: dict | Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="拍照或选照片").click()
    chooser.value.set_files(list(files))


def rows(page: Page):
    return page.locator("[data-photo]")


def violations(page: Page) -> list:
    found = Axe().run(page).response["violations"]
    return [(page.url, rule["id"], node["html"]) for rule in found for node in rule["nodes"]]


def nothing_sticks_out(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_from_the_first_question_to_the_rating(page, grid, complaints, monkeypatch):
    # So the report passes only because the browser did its proof of work, under the content security policy.
    monkeypatch.setattr("complaints.actions.budgets.UNPROVED_PER_CLIENT_AND_HOUR", 0)
    page.goto("/complaints/new/")
    page.get_by_label("清扫和积雪").check()
    page.get_by_label("说说情况").fill(TEXT)
    go_on(page)

    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.locator("#located")).to_contain_text("主责单位：示例单位 07")
    go_on(page)

    choose(page, picture("a.jpg"), picture("b.jpg", noise(1)))
    expect(page.locator("[data-remove]")).to_have_count(2)
    go_on(page)

    page.get_by_label("手机号").fill("1380000123")
    page.get_by_role("button", name="提交").click()
    page.get_by_role("link", name="手机号应是 11 位，现在是 10 位。").click()
    expect(page.get_by_label("手机号")).to_be_focused()
    page.get_by_label("手机号").fill("13800001234")
    page.get_by_role("button", name="提交").dblclick()
    page.wait_for_url(re.compile("/complaints/receipt/"))
    code = page.locator(".code").inner_text()

    case = Complaint.objects.get()
    assert (case.text, case.grid, round(case.longitude, 3)) == (TEXT, grid, 122.529)
    assert Reporter.objects.get().phone == "13800001234"
    for photo in case.photos.all():
        with photo.file.open() as file:
            stored = file.read()
        assert b"Exif" not in stored and max(Image.open(io.BytesIO(stored)).size) <= 1920
    assert case.photos.count() == 2

    handle(case)
    page.get_by_role("button", name="清除查询记录").click()
    follow_and_rate(page, code)
    assert complaints == []


def handle(case: Complaint) -> None:
    """What the staff do meanwhile."""
    now, office, unit = timezone.now(), UserFactory(), case.grid.lead_on(timezone.localdate())
    liaison = UserFactory(role=Role.LIAISON, unit=unit)
    actions.accept(case, category=CategoryFactory(), by=office, at=now)
    actions.dispatch(case, to=unit, by=office, at=now)
    actions.sign(case, by=liaison, at=now, note="已安排人员和铲雪车。")
    actions.submit_result(case, result="已清理干净。", by=liaison, at=now + HOUR, photos=[clean_photo("green")])
    actions.pass_verification(case, by=office, at=now + 2 * HOUR)


def follow_and_rate(page: Page, code: str) -> None:
    expect(page).to_have_url(re.compile("/complaints/track/$"))
    page.get_by_label("查询码").fill(code.lower().replace("-", " "))
    go_on(page, "查进度")
    expect(page.get_by_role("heading", name="办完了，请您看看")).to_be_visible()
    expect(page.get_by_text("已安排人员和铲雪车。")).to_be_visible()
    expect(page.get_by_text(TEXT)).not_to_be_visible()
    expect(page.locator("figure img")).to_have_count(1)
    page.get_by_label("手机号后四位").fill("1234")
    go_on(page, "查看")
    expect(page.get_by_text(TEXT)).to_be_visible()
    expect(page.locator("figure img")).to_have_count(3)
    for image in page.locator("figure img").all():
        image.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
    page.get_by_label("非常满意", exact=True).check()
    page.get_by_label("解决了", exact=True).check()
    go_on(page, "提交评价")
    expect(page.locator("main").get_by_text("您评价了“非常满意，解决了”")).to_be_visible()
    assert (Complaint.objects.get().satisfaction, Complaint.objects.get().state) == (5, State.CLOSED)
    assert code not in page.url


def test_a_refusal_by_the_server_keeps_everything_photos_included(page):
    to_photos(page)
    choose(page, picture("a.jpg"))
    expect(page.locator("[data-remove]")).to_have_count(1)
    go_on(page)
    page.get_by_label("怎么称呼").fill("示例人员甲")
    page.get_by_label("手机号").fill("138")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.get_by_label("怎么称呼").input_value() == "示例人员甲"
    page.get_by_role("link", name="上一步").click()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("link", name="上一步").click()
    assert page.get_by_label("写一下具体地方").input_value() == "示例小区 3 号楼"
    page.get_by_role("link", name="上一步").click()
    assert page.get_by_label("说说情况").input_value() == TEXT
    assert page.get_by_label("清扫和积雪").is_checked()


def test_going_back_in_the_browser_and_sending_again_shows_the_same_receipt(page):
    to_photos(page)
    go_on(page)
    page.get_by_label("手机号").fill("13800001234")
    second_tab = page.context.new_page()
    second_tab.goto("/complaints/new/contact/")
    go_on(page, "提交")
    code = page.locator(".code").inner_text()

    second_tab.get_by_label("手机号").fill("13800001234")
    go_on(second_tab, "提交")
    assert second_tab.locator(".code").inner_text() == code
    page.go_back()
    page.goto("/complaints/receipt/")
    assert page.locator(".code").inner_text() == code
    assert Complaint.objects.count() == 1


def test_a_photo_shows_its_progress_and_the_next_step_waits_for_it(page):
    to_photos(page)
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400 * 1024},
    )
    choose(page, picture("a.jpg", noise(1)), picture("b.jpg", noise(2)))
    expect(page.get_by_text(re.compile(r"正在上传\s+[1-9]\d?%"))).to_be_visible()
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("照片还在上传，传完自动到下一步。").first).to_be_visible()
    expect(page.get_by_role("heading", name="怎么联系您")).to_be_visible(timeout=30_000)
    assert DraftPhoto.objects.count() == 2


def test_a_photo_that_did_not_go_up_says_why_and_can_be_sent_again_or_removed(page, tmp_path):
    to_photos(page)
    page.route("**/photos/add/", lambda route: route.abort())
    choose(page, picture("a.jpg"))
    expect(page.get_by_text("没有传上去，网络断了", exact=True)).to_be_visible()
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("有 1 张没有传上去。请重试，或移除后再点下一步。").last).to_be_visible()
    page.unroute("**/photos/add/")
    page.get_by_role("button", name="重试").click()
    expect(page.locator("[data-remove]")).to_have_count(1)

    too_large, no_photo = tmp_path / "c.jpg", tmp_path / "d.jpg"
    too_large.write_bytes(b"\0" * 21 * 1024 * 1024)
    no_photo.write_bytes(b"no photo")
    choose(page, too_large, no_photo)
    expect(page.get_by_text("太大了（21 MB，最多 20 MB）", exact=True)).to_be_visible()
    expect(page.get_by_text("这个文件不是能用的照片。", exact=False).first).to_be_visible()
    for _ in range(2):
        page.locator(".bad").first.get_by_role("button", name="移除").click()
    page.locator("[data-remove] button").click()
    expect(rows(page)).to_have_count(0)
    assert DraftPhoto.objects.count() == 0


def test_a_photo_on_its_way_can_be_taken_back(page):
    to_photos(page)
    page.route("**/photos/add/", lambda route: None)  # neither sent nor refused: it hangs
    with page.expect_request("**/photos/add/"):
        choose(page, picture("a.jpg"))
    page.get_by_role("button", name="取消").click()
    expect(rows(page)).to_have_count(0)
    go_on(page)
    assert DraftPhoto.objects.count() == 0


def test_six_photos_fit_and_the_seventh_is_named(page):
    to_photos(page)
    choose(page, *[picture(f"{n}.jpg", noise(n)) for n in range(7)])
    expect(page.locator("[data-remove]")).to_have_count(6, timeout=30_000)
    expect(page.get_by_text("最多 6 张，多出的 1 张没有加。").last).to_be_visible()
    expect(page.get_by_role("button", name="拍照或选照片")).to_be_disabled()
    titles = rows(page).locator("[data-title]").all_inner_texts()
    assert titles == [f"照片 {n}" for n in range(1, 7)]


def test_the_receipt_is_saved_as_a_picture(page):
    to_photos(page)
    go_on(page)
    page.get_by_label("手机号").fill("13800001234")
    go_on(page, "提交")
    with page.expect_download() as download:
        page.get_by_role("link", name="存成图片").click()
    with Image.open(download.value.path()) as saved:
        assert (saved.format, saved.size) == ("PNG", (1080, 1680))
    expect(page.get_by_role("img", name="回执图片")).to_be_visible()


@pytest.mark.parametrize(("width", "elder"), [(360, False), (1440, False), (360, True)])
def test_axe_finds_nothing_and_nothing_sticks_out_on_the_whole_way(page, grid, base_url, width, elder):
    page.set_viewport_size({"width": width, "height": 800})
    if elder:
        page.context.add_cookies([{"name": "elder", "value": "1", "url": base_url}])
    found = []

    def look() -> None:
        found.extend(violations(page))
        assert nothing_sticks_out(page), page.url

    page.goto("/complaints/new/")
    look()
    page.get_by_role("button", name="下一步").click()
    look()
    to_photos(page)
    choose(page, picture("a.jpg"), picture("d.txt", b"no photo"))
    expect(page.locator("[data-remove]")).to_have_count(1)
    expect(page.locator(".bad")).to_have_count(1)
    look()
    page.goto("/complaints/new/where/")
    expect(page.locator(".leaflet-container")).to_be_visible()
    look()
    page.goto("/complaints/new/photos/")
    go_on(page)
    look()
    page.get_by_role("button", name="提交").click()
    look()
    page.get_by_label("手机号").fill("13800001234")
    go_on(page, "提交")
    look()
    code = page.locator(".code").inner_text()
    page.get_by_role("link", name="看进度").click()
    look()
    page.goto("/complaints/track/")
    look()
    case = Complaint.objects.get()
    case.grid = grid
    handle(case)
    page.get_by_label("查询码").fill(code)
    go_on(page, "查进度")
    look()
    page.get_by_role("button", name="提交评价").click()
    look()
    assert found == []


MAP_ASSETS = re.compile(r"/leaflet/|/dist/map\.js|/api/v1/grids/")
HEADERS_BYTES = 500


def test_each_page_weighs_at_most_100_kb_before_the_map(page, grid):
    """Static files count as gzip makes them, which is how they are served; pages as they are."""
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    weights = {}

    def weigh(path: str) -> None:
        asked.clear()
        page.goto(f"/complaints/{path}", wait_until="networkidle")
        weights[path] = sum(weight(page, url) for url in set(asked))

    to_photos(page)
    choose(page, picture("a.jpg"))
    expect(page.locator("[data-remove]")).to_have_count(1)
    go_on(page)
    for path in ("new/", "new/where/", "new/photos/", "new/contact/"):
        weigh(path)
    page.get_by_label("手机号").fill("13800001234")
    go_on(page, "提交")
    for path in ("receipt/", "track/case/", "track/"):
        weigh(path)
    assert {path: kilobytes for path, kilobytes in weights.items() if kilobytes > 100} == {}
    assert min(weights.values()) > 10


def weight(page: Page, url: str) -> float:
    """In kilobytes, fetched again: Chromium forgets bodies."""
    if MAP_ASSETS.search(url) or not url.startswith("http"):
        return 0
    body = page.request.get(url).body()
    return (HEADERS_BYTES + len(gzip.compress(body) if "/static/" in url else body)) / 1024
