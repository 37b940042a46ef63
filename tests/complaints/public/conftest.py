import pytest


@pytest.fixture(autouse=True)
def _photos_of_this_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
