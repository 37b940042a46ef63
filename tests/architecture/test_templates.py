"""No template lies about that nobody renders."""

import re
from itertools import chain

import pytest
from django.apps import apps

# Read by Django or at the edge of the portal under names that stand in no string of ours.
BY_STATUS = {f"{status}.html" for status in (400, 403, 404, 409, 429, 500, 503)} | {"403_csrf.html"}
# Drawn for the day a service worker keeps it on the phone.
WAITING = {"offline.html"}
# A name in quotes; a part in braces, as in f"complaints/public/new_{step}.html", stands for any one word.
NAMED = re.compile(r"""["'](\w[\w./{}-]*\.html)(?:#[\w-]+)?["']""")


@pytest.mark.once
def test_every_template_is_rendered_by_something(root):
    folder = root / "templates"
    templates = {str(path.relative_to(folder)) for path in folder.rglob("*.html")}
    ours = [root / app.name for app in apps.get_app_configs() if (root / app.name).is_dir()]
    sources = chain(folder.rglob("*.html"), *(app.rglob("*.py") for app in ours))
    named = set(chain.from_iterable(NAMED.findall(path.read_text()) for path in sources))
    patterns = [
        re.compile(re.sub(r"\{.*?\}", r"[\\w-]+", re.escape(name).replace(r"\{", "{").replace(r"\}", "}")))
        for name in named
    ]
    by_django = {name for name in templates if name.startswith("django/forms/")}
    left = templates - BY_STATUS - WAITING - by_django

    assert sorted(name for name in left if not any(pattern.fullmatch(name) for pattern in patterns)) == []


@pytest.mark.once
def test_every_template_that_a_template_names_exists(root):
    folder = root / "templates"
    wanted = re.compile(r"""\{%\s*(?:include|extends)\s+["']([\w./-]+)(?:#[\w-]+)?["']""")
    missing = {
        f"{path.relative_to(folder)}: {name}"
        for path in folder.rglob("*.html")
        for name in wanted.findall(path.read_text())
        if not (folder / name).is_file()
    }

    assert sorted(missing) == []
