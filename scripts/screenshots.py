"""Take a picture of every page at phone, tablet and desktop width: `make screenshots`.

Starts a portal of its own with a fresh sample city, drives a real Chromium, and writes build/screenshots/; the pictures
of the user guide go to docs/img/guide/. Fails if a page answers with an error, is wider than the screen, says something
in the console, or if axe finds fault with it. `python scripts/screenshots.py NAME…` takes those alone.
"""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from scripts.sample_portal import sample_portal  # noqa: E402 -- found through the folder above
from tests.harness import programs  # noqa: E402

OUT = ROOT / "build" / "screenshots"
GUIDE = ROOT / "docs" / "img" / "guide"
WIDTHS = {"phone": (360, 740), "tablet": (768, 1024), "desktop": (1440, 900)}


@dataclass(frozen=True)
class Shot:
    """A page as somebody sees it. `guide`: the widths of it that the user guide shows."""

    name: str
    path: str
    who: str = ""
    elder: bool = False
    guide: tuple[str, ...] = ()
    first_link: str = ""
    # A page below the one that `first_link` leads to, or the first such link on it.
    below: str = ""
    first_below: str = ""


SHOTS = [
    Shot("home", "/", guide=("phone", "desktop")),
    Shot("home-elder", "/", elder=True, guide=("phone",)),
    Shot("complaint-new", "/complaints/new/", guide=("phone",)),
    Shot("track", "/complaints/track/", guide=("phone",)),
    Shot("map", "/grids/", guide=("phone", "desktop")),
    Shot("grid", "/grids/", first_link="main a[href^='/grids/2']"),
    Shot("boards", "/board/", guide=("desktop",)),
    Shot("board-year", "/board/", "office", first_link="main a[href^='/board/']:not([href*='?'])"),
    Shot("boards-year", "/board/", first_link="nav.segmented a:last-child"),
    Shot("unit-year", "/board/", first_link=".in-a-row-list a"),
    Shot("wall", "/board/", first_link="main a[href$='/wall/']", guide=("desktop",)),
    Shot("published", "/complaints/"),
    Shot("held", "/workbench/complaints/held/", "office"),
    Shot("erasures", "/workbench/complaints/erasures/", "office"),
    Shot("tuning", "/workbench/complaints/settings/", "office"),
    Shot("call-backs", "/workbench/complaints/calls/", "hotline"),
    Shot("call-back", "/workbench/complaints/calls/", "hotline", first_link="ul.rows a.title"),
    Shot("audit-log", "/workbench/audit/", "auditor"),
    Shot("published-case", "/complaints/", first_link="main a[href^='/complaints/2']"),
    Shot("projects", "/projects/"),
    Shot("news", "/news/"),
    Shot("announcement", "/news/", first_link="main a[href^='/news/']:not([href*='?']):not([href='/news/'])"),
    Shot("news-desk", "/workbench/news/", "office"),
    Shot("news-write", "/workbench/news/new/", "office"),
    Shot("initiative", "/initiative/", guide=("phone",)),
    Shot("initiative-elder", "/initiative/", elder=True),
    Shot("initiative-desk", "/workbench/initiative/", "office"),
    Shot("initiative-edit", "/workbench/initiative/edit/", "office"),
    Shot("initiative-version", "/workbench/initiative/1/", "office"),
    Shot("quiz", "/quiz/"),
    Shot("quiz-elder", "/quiz/", elder=True),
    Shot("quiz-round", "/quiz/3/", guide=("phone",)),
    Shot("quiz-round-elder", "/quiz/3/", elder=True),
    Shot("quiz-result", "/quiz/3/result/?chosen=BBBCA", guide=("phone",)),
    Shot("quiz-over", "/quiz/1/"),
    Shot("quiz-coming", "/quiz/4/"),
    Shot("quiz-desk", "/workbench/quiz/", "office"),
    Shot("quiz-round-desk", "/workbench/quiz/3/", "office"),
    Shot("quiz-question", "/workbench/quiz/4/questions/new/", "office"),
    Shot("quiz-import", "/workbench/quiz/4/import/", "office"),
    Shot("slogans", "/slogans/", guide=("phone",)),
    Shot("slogans-elder", "/slogans/", elder=True),
    Shot("slogans-new", "/slogans/new/"),
    Shot("slogans-desk", "/workbench/slogans/", "office"),
    Shot("collection-desk", "/workbench/slogans/", "office", first_link="main .rows a.title", guide=("desktop",)),
    Shot("collection-edit", "/workbench/slogans/", "office", first_link="main .rows a.title", below="edit/"),
    Shot("slogans-sender", "/workbench/slogans/senders/1/", "office"),
    Shot("pledges", "/pledges/"),
    Shot("pledge", "/pledges/", first_link="main .rows a.title"),
    Shot("pledges-desk", "/workbench/pledges/", "office"),
    Shot("pledge-edit", "/workbench/pledges/new/", "office"),
    Shot("ledger", "/workbench/publicity/", "office", guide=("desktop",)),
    Shot("work-edit", "/workbench/publicity/new/", "office"),
    Shot("sitemap", "/sitemap/"),
    Shot("help", "/help/"),
    Shot("privacy", "/privacy/"),
    Shot("login", "/accounts/login/"),
    Shot("workbench-office", "/workbench/", "office", guide=("desktop",)),
    Shot("workbench-unit", "/workbench/", "unit07", guide=("phone",)),
    Shot("cockpit", "/cockpit/", "leader", guide=("desktop",)),
    Shot("figures", "/cockpit/figures/", "leader"),
    Shot("screen", "/screen/", "leader"),
    Shot("screens", "/workbench/screens/", "office"),
    Shot("staff-map", "/workbench/map/", "leader", guide=("desktop",)),
    Shot("queue", "/workbench/complaints/", "office", guide=("desktop",)),
    Shot("queue-tick", "/workbench/complaints/?state=accepted", "office"),
    Shot("queue-asking", "/workbench/complaints/?wait=extension", "office"),
    Shot("case-asking", "/workbench/complaints/?wait=extension", "office", first_link="tbody td.num a"),
    Shot("case-suspended", "/workbench/complaints/?wait=suspended", "office", first_link="tbody td.num a"),
    Shot(
        "case-office",
        "/workbench/complaints/",
        "office",
        first_link=".queue a[href*='/complaints/2']",
        guide=("desktop",),
    ),
    Shot(
        "case-unit", "/workbench/complaints/", "unit07", first_link=".queue a[href*='/complaints/2']", guide=("phone",)
    ),
    Shot("escalated", "/workbench/complaints/escalated/", "office"),
    Shot("marking", "/workbench/flags/", "office", first_link="main a[href*='/workbench/flags/']", guide=("desktop",)),
    Shot("hotline", "/workbench/complaints/new/", "hotline", guide=("desktop",)),
    Shot("queue-waiting", "/workbench/complaints/?wait=mine", "office"),
    Shot("exports", "/workbench/exports/", "office"),
    Shot("categories", "/workbench/categories/", "office"),
    Shot("category", "/workbench/categories/", "office", first_link="main td a, main li a"),
    Shot("rules", "/workbench/rules/", "office"),
    Shot("rule", "/workbench/rules/", "office", first_link="main .rule a"),
    Shot("calendar", "/workbench/calendar/2026/", "office"),
    Shot("calendar-unknown", "/workbench/calendar/2027/", "office"),
    Shot("tasks", "/workbench/plan/", "unit07"),
    Shot("plans", "/workbench/plan/annual/", "office", guide=("desktop",)),
    Shot("plan", "/workbench/plan/annual/", "unit07", first_link="main a[href*='/annual/U']", guide=("phone",)),
    Shot("amendments", "/workbench/plan/amendments/", "office"),
    Shot("objection", "/workbench/flags/", "office", first_link="main a[href*='/objections/']"),
    Shot(
        "report", "/workbench/reports/", "unit07", first_link="main a[href^='/workbench/reports/2']", guide=("phone",)
    ),
    Shot("reports", "/workbench/reports/", "office"),
    Shot("closing", "/workbench/flags/closing/", "office"),
    Shot("month-ends", "/workbench/month-end/", "office"),
    Shot(
        "month-end",
        "/workbench/month-end/",
        "leader",
        first_link="main a[href^='/workbench/month-end/2']",
        guide=("desktop",),
    ),
    Shot("month-end-group", "/workbench/month-end/", "group", first_link="main a[href*='/groups/']"),
    Shot("meetings", "/workbench/meetings/", "office"),
    Shot(
        "meeting",
        "/workbench/meetings/",
        "office",
        first_link="main a[href^='/workbench/meetings/']:not([href$='/new/'])",
    ),
    Shot("inspections", "/workbench/inspections/", "office"),
    Shot("inspection-new", "/workbench/inspections/new/", "guidance", guide=("phone",)),
    Shot("inspection-draft", "/workbench/inspections/", "guidance", first_link="#drafts a.title"),
    Shot(
        "inspection-finding",
        "/workbench/inspections/",
        "guidance",
        first_link="#drafts a.title",
        first_below="ol.rows a.title",
        guide=("phone",),
    ),
    Shot("inspection", "/workbench/inspections/", "office", first_link="main li:has(.tag) a.title"),
    Shot("referrals", "/workbench/referrals/", "supervision", guide=("desktop",)),
    Shot("referral", "/workbench/referrals/", "supervision", first_link="main ul.rows a.title"),
    Shot("repeats", "/workbench/referrals/repeats/", "supervision"),
    Shot("referral-new", "/workbench/referrals/new/", "office"),
    Shot("referral-conclusion", "/workbench/referrals/", "unit07", first_link="main ul.rows a.title"),
    Shot("inspection-figures", "/workbench/inspections/figures/", "leader"),
    Shot("action-items", "/workbench/actions/", "office"),
    Shot("leaders", "/workbench/leaders/", "leader"),
    Shot("leader", "/workbench/leaders/", "leader", first_link="main table a"),
    Shot("instructions", "/workbench/instructions/", "leader"),
    Shot("instruction-new", "/workbench/instructions/new/?figure=按期结案率&value=8／9", "leader"),
    Shot("library", "/library/", "office"),
    Shot("tokens", "/workbench/tokens/", "admin"),
    Shot("schedule", "/workbench/schedule/", "admin"),
    Shot("dead-letters", "/workbench/notices/failed/", "admin"),
    Shot("volunteers", "/volunteers/", guide=("phone",)),
    Shot("activity", "/volunteers/", first_link=".activity-cards a.title", guide=("phone",)),
    Shot("volunteer-sign-in", "/volunteers/sign-in/"),
    Shot("volunteer-teams", "/volunteers/teams/"),
    Shot("certificate-check", "/volunteers/certificates/"),
    Shot("volunteer-list", "/volunteers/honours/"),
    Shot("activities", "/workbench/activities/", "unit07"),
    Shot("activity-kept", "/workbench/activities/", "unit07", first_link="main .rows a.title"),
    Shot(
        "activity-attendance",
        "/workbench/activities/?show=unconfirmed",
        "unit07",
        first_link="main .rows a.title",
        below="attendance/",
        guide=("phone",),
    ),
    Shot("activity-new", "/workbench/activities/new/", "unit07"),
    Shot("teams", "/workbench/teams/", "unit07"),
    Shot("volunteer-figures", "/workbench/activities/figures/", "office"),
    Shot("patrols", "/workbench/patrols/", "unit07", guide=("phone",)),
    Shot("patrol", "/workbench/patrols/", "unit07", first_link="main [data-grid] a.btn"),
    Shot("patrol-calendar", "/workbench/patrols/calendar/", "unit07"),
    Shot("patrol-guides", "/workbench/patrols/guides/", "office"),
    Shot("patrol-coverage", "/workbench/patrols/coverage/", "office", guide=("desktop",)),
    Shot("grids", "/workbench/grids/", "office", guide=("desktop",)),
    Shot("coverage", "/workbench/grids/coverage/", "office"),
    Shot("import", "/workbench/import/", "office"),
    Shot("units", "/workbench/units/", "office"),
    Shot("inbox", "/workbench/notices/", "office"),
    Shot("users", "/workbench/users/", "admin"),
    Shot("profile", "/workbench/profile/", "office"),
]


def main(names: set[str]) -> int:
    shots = [shot for shot in SHOTS if not names or shot.name in names]
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    GUIDE.mkdir(parents=True, exist_ok=True)
    with sample_portal() as (base, passwords), sync_playwright() as playwright:
        chromium = programs.required(programs.chromium(), "Chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=programs.CHROMIUM_FLAGS)
        complaints = [said for width in WIDTHS for said in _take_all(browser, base, passwords, width, shots)]
        browser.close()
    for said in complaints:
        print(said)  # noqa: T201 -- a command's output
    return 1 if complaints else 0


def _take_all(browser: Browser, base: str, passwords: dict[str, str], width: str, shots: list[Shot]) -> Iterator[str]:
    contexts: dict[tuple[str, bool], BrowserContext] = {}
    for shot in shots:
        key = (shot.who, shot.elder)
        if key not in contexts:
            contexts[key] = _signed_in(browser, base, passwords, width, *key)
        yield from _take(contexts[key].new_page(), base, shot, width)


def _signed_in(
    browser: Browser, base: str, passwords: dict[str, str], width: str, who: str, elder: bool
) -> BrowserContext:
    size = WIDTHS[width]
    context = browser.new_context(
        base_url=base, viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    if elder:
        context.add_cookies([{"name": "elder", "value": "1", "url": base}])
    if who:
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("[name=username]", who)
        page.fill("[name=password]", passwords[who])
        page.click("main button[type=submit]")
        page.wait_for_url("**/workbench/**")
        page.close()
    return context


def _take(page: Page, base: str, shot: Shot, width: str) -> Iterator[str]:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    path = shot.path
    if shot.first_link:
        page.goto(path)
        path = page.locator(shot.first_link).first.get_attribute("href") or path
        path += shot.below
    if shot.first_below:
        page.goto(path)
        path = page.locator(shot.first_below).first.get_attribute("href") or path
    try:
        answer = page.goto(path)
    except PlaywrightError as error:
        yield f"{shot.name} at {width}: {error.message.splitlines()[0]}"
        return
    # What stands below the first screen is fetched when somebody scrolls there.
    page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach(image => { image.loading = 'eager' })")
    page.wait_for_load_state("networkidle")
    picture = OUT / f"{shot.name}-{width}.png"
    page.screenshot(path=picture, full_page=True)
    if width in shot.guide:
        page.screenshot(path=GUIDE / f"{shot.name}-{WIDTHS[width][0]}.png", full_page=False)
    print(f"  {picture.relative_to(ROOT)}")  # noqa: T201 -- a command's output
    if answer is None or answer.status != 200:
        yield f"{shot.name} at {width}: answered {answer.status if answer else 'nothing'}"
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        yield f"{shot.name} at {width}: wider than the screen"
    for fault in Axe().run(page).response["violations"]:
        yield f"{shot.name} at {width}: {fault['id']}: {fault['nodes'][0]['html'][:160]}"
    yield from (f"{shot.name} at {width}: {line}" for line in said)
    page.close()


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:])))
