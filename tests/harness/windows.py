"""How wide a window is, and what is looked for in it."""

from axe_playwright_python.sync_playwright import Axe

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


def axe_finds(page):
    found = Axe().run(page).response["violations"]
    return [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
