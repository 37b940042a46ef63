"""What no template and no style sheet may hold, read from the files."""

import gzip
import re

import pytest
from django.urls import NoReverseMatch, reverse

pytestmark = pytest.mark.once

KIB = 1024
INLINE = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "a script without a file": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>"),
    "an event handler": re.compile(r"\son[a-z]+\s*=\s*[\"']"),
}


@pytest.fixture(scope="module")
def templates(root):
    return {path.relative_to(root): path.read_text() for path in sorted(root.glob("templates/**/*.html"))}


@pytest.fixture(scope="module")
def styles(root):
    return {path.name: path.read_text() for path in sorted(root.glob("assets/scss/*.scss"))}


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds(what, templates):
    # JSON beside a script's data is data: the policy lets it pass.
    found = [
        (str(path), match.group())
        for path, text in templates.items()
        for match in INLINE[what].finditer(re.sub(r'<script[^>]*type="application/json"[^>]*>', "", text))
    ]

    assert found == []


def test_every_icon_a_template_names_is_in_the_sprite(root, templates):
    sprite = (root / "static/img/icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {
        name
        for text in templates.values()
        for name in re.findall(r'{% icon "([^"]+)"', text)
        + re.findall(r"(?:icons\.svg' %}|sprite }}|icons\.svg)#([a-z-]+)\"", text)
    }

    assert named - drawn == set()
    assert {f"flag-{kind}" for kind in ("red", "blue", "good", "none")} <= drawn
    assert {f"dot-{kind}" for kind in ("done", "now", "back", "stop", "next")} <= drawn


def test_flag_and_seal_colours_stay_in_their_partials(styles):
    strays = [
        name
        for name, text in styles.items()
        if name not in ("_flags.scss", "_brand.scss") and re.search(r"var\(--(flag-|seal)", text)
    ]

    assert strays == []
    assert "var(--flag-red)" in styles["_flags.scss"]


def test_every_address_of_the_frames_exists(templates):
    frames = "".join(
        text for path, text in templates.items() if path.name.startswith("base") or path.parent.name == "components"
    )
    named = set(re.findall(r'{% nav_link "([\w:]+)"', frames)) | set(re.findall(r"""{% url ["']([\w:]+)["']""", frames))
    missing = []
    for name in sorted(named):
        try:
            reverse(name)
        except NoReverseMatch:
            missing.append(name)

    assert missing == []
    assert "complaints:queue" in named


@pytest.mark.parametrize(("file", "most"), [("portal.css", 25 * KIB), ("portal.js", 6 * KIB)])
def test_what_every_page_loads_stays_small(root, file, most):
    size = len(gzip.compress((root / "static/dist" / file).read_bytes()))

    assert size <= most


def test_what_a_public_page_loads_stays_under_a_hundred_kilobytes(root):
    loaded = ["dist/portal.css", "dist/portal.js", "img/icons.svg", "img/mark.svg", "img/larches.svg"]
    total = sum(len(gzip.compress((root / "static" / file).read_bytes())) for file in loaded)

    # The rest is for the page itself.
    assert total <= 40 * KIB
