"""No template lies about that nobody renders."""

import re
from itertools import chain

import pytest

# Read by Django or at the edge of the portal under names that stand in no string of ours.
BY_STATUS = {f"{status}.html" for status in (400, 403, 404, 409, 429, 500, 503)} | {"403_csrf.html"}
NAMED = re.compile(r"""["']([\w./-]+\.(?:html|txt|svg|xml|webmanifest|js))(?:#[\w-]+)?["']""")
OURS = ("mohe_portal", "progress", "complaints", "grids", "accounts", "notifications", "audit", "common")


@pytest.mark.once
def test_every_template_is_rendered_by_something(root):
    folder = root / "templates"
    templates = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    sources = chain(folder.rglob("*.html"), *((root / app).rglob("*.py") for app in OURS))
    named = set(chain.from_iterable(NAMED.findall(path.read_text()) for path in sources))
    from_django = {name for name in templates if name.startswith("django/forms/")}

    assert sorted(templates - named - BY_STATUS - from_django) == []


@pytest.mark.once
def test_every_template_that_is_named_exists(root):
    """A name in an include or extends of ours; what views render their own tests show."""
    folder = root / "templates"
    wanted = re.compile(r"""\{%\s*(?:include|extends)\s+["']([\w./-]+)(?:#[\w-]+)?["']""")
    missing = {
        f"{path.relative_to(folder)}: {name}"
        for path in folder.rglob("*.html")
        for name in wanted.findall(path.read_text())
        if not (folder / name).is_file()
    }

    assert sorted(missing) == []
