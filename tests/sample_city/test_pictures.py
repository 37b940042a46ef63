import io

import pytest
from PIL import Image

from mohe_portal.sample_city.pictures import PALETTES, SCENES, photo

pytestmark = pytest.mark.once  # knows no database


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("after", [False, True])
def test_a_photo_is_a_small_jpeg_of_800_by_600(scene, after):
    jpeg = photo(scene, after=after, hue=len(scene))
    image = Image.open(io.BytesIO(jpeg))
    assert (image.format, image.size) == ("JPEG", (800, 600))
    assert len(jpeg) <= 60_000


@pytest.mark.parametrize("scene", SCENES)
def test_before_and_after_differ(scene):
    assert photo(scene, after=False, hue=0) != photo(scene, after=True, hue=0)


def test_the_same_photo_comes_out_the_same_and_each_hue_another():
    assert photo("snow", after=False, hue=1) == photo("snow", after=False, hue=1)
    assert len({photo("snow", after=False, hue=hue) for hue in range(len(PALETTES))}) == len(PALETTES)
