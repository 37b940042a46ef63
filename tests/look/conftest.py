import copy
from pathlib import Path

import pytest


@pytest.fixture
def look_pages(settings):
    """The gallery and a form, without the debug mode that shows the gallery to developers."""
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [*templates[0]["DIRS"], Path(__file__).parent / "templates"]
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.look.sample"
