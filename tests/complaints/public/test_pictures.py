import io
import resource
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from complaints.pictures import LONGEST_EDGE, SMALL_EDGE, CleanPhoto, PhotoRefused, clean, small
from tests.complaints.public import files
from tests.complaints.public.files import SECRET, encoded, red_over_blue

pytestmark = pytest.mark.once

NOT_A_PHOTO = "这个文件不是能用的照片。请传 JPG、PNG 或 WebP 格式的照片。"
BROKEN = "这张照片坏了，打不开。请重新拍一张，或换一张再传。"
TOO_MANY_PIXELS = "这张照片的尺寸太大，处理不了。请用手机拍一张普通大小的照片再传。"
HEIC = "这是 HEIC 格式的照片，打不开。请把照片截一张屏，传截屏；或在手机的相机设置里选“兼容性最佳”，再拍一张。"
EMPTY = "这个文件是空的。请重新拍一张，或换一张再传。"


def cleaned(content: bytes) -> CleanPhoto:
    return clean(io.BytesIO(content), len(content))


def refusal(content: bytes) -> str:
    with pytest.raises(PhotoRefused) as refused:
        cleaned(content)
    return refused.value.message


def shown(photo: CleanPhoto) -> Image.Image:
    picture = Image.open(io.BytesIO(photo.content))
    picture.load()
    return picture


def sides(picture: Image.Image) -> dict[str, str]:
    """Which colour lies at each edge."""
    right, bottom = picture.width - 1, picture.height - 1
    middle = {
        "left": (2, picture.height // 4), "right": (right - 2, picture.height // 4),
        "top": (picture.width // 4, 2), "bottom": (picture.width // 4, bottom - 2),
    }  # fmt: skip
    names = {"red": lambda r, g, b: r > 200 > 60 > b, "blue": lambda r, g, b: b > 200 > 60 > r}
    return {
        side: next((name for name, fits in names.items() if fits(*picture.getpixel(at))), "?")
        for side, at in middle.items()
    }


def test_nothing_of_the_original_but_its_pixels_is_kept():
    original = files.phone_photo()
    assert SECRET in original and b"Exif" in original and b"ICC_PROFILE" in original

    photo = cleaned(original)

    picture = shown(photo)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (1600, 1200))
    assert dict(picture.getexif()) == {}
    assert set(picture.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    for trace in (SECRET, b"Exif", b"ICC_PROFILE", b"http"):
        assert trace not in photo.content


@pytest.mark.parametrize(
    ("orientation", "red_edge"),
    [(1, "top"), (2, "top"), (3, "bottom"), (4, "bottom"), (5, "left"), (6, "right"), (7, "right"), (8, "left")],
)
def test_a_photo_taken_sideways_is_turned_upright(orientation, red_edge):
    """The red half lies where a viewer that obeys EXIF would show it."""
    picture = shown(cleaned(files.phone_photo(orientation=orientation)))
    assert picture.size == ((1600, 1200) if orientation < 5 else (1200, 1600))
    opposite = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}[red_edge]
    found = sides(picture)
    assert (found[red_edge], found[opposite]) == ("red", "blue")


def test_a_large_photo_shrinks_to_the_longest_edge_and_a_small_one_stays():
    assert (cleaned(files.phone_photo(size=(4000, 3000))).width, LONGEST_EDGE) == (1920, 1920)
    assert cleaned(encoded(red_over_blue((40, 30)))).width == 40
    assert cleaned(encoded(Image.new("RGB", (1, 5000)))).height == 1920


KINDS = {
    "png": lambda: encoded(red_over_blue(), "PNG"),
    "png with a comment": files.png_with_text,
    "png, 16-bit grey": lambda: encoded(Image.new("I;16", (400, 300), 30000), "PNG"),
    "png, palette with transparency": lambda: encoded(red_over_blue().quantize(4), "PNG", transparency=0),
    "png, grey with alpha": lambda: encoded(Image.new("LA", (400, 300), (120, 128)), "PNG"),
    "png, one bit": lambda: encoded(Image.new("1", (400, 300), 1), "PNG"),
    "jpeg, grey": lambda: encoded(red_over_blue(mode="L")),
    "jpeg, CMYK": lambda: encoded(red_over_blue(mode="CMYK")),
    "jpeg, progressive": lambda: encoded(red_over_blue(), progressive=True),
    "webp": lambda: encoded(red_over_blue(), "WEBP", exif=files.exif()),
    "webp with transparency": lambda: encoded(red_over_blue(mode="RGBA"), "WEBP"),
    "webp, animated": lambda: files.two_pictures("WEBP"),
    "mpo (two pictures in a jpeg)": lambda: files.two_pictures("MPO"),
    "jpeg with a page behind it": lambda: encoded(red_over_blue()) + b"<script>alert(1)</script>",
    "jpeg with an archive behind it": lambda: encoded(red_over_blue()) + b"PK\x03\x04" + b"\0" * 100,
    "jpeg with broken EXIF": lambda: encoded(red_over_blue(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff garbage"),
}


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_photo_comes_out_as_one_plain_jpeg(kind):
    photo = cleaned(KINDS[kind]())
    picture = shown(photo)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (400, 300))
    for trace in (SECRET, b"script", b"PK\x03\x04", b"Exif"):
        assert trace not in photo.content


@pytest.mark.parametrize("kind", ["webp, animated", "mpo (two pictures in a jpeg)", "png", "jpeg, CMYK"])
def test_of_several_pictures_the_first_is_kept_in_its_colours(kind):
    assert sides(shown(cleaned(KINDS[kind]())))["top"] == "red"


def test_what_is_transparent_becomes_white_and_sixteen_bits_keep_their_grey():
    clear = shown(cleaned(encoded(Image.new("RGBA", (40, 30), (0, 0, 0, 0)), "PNG")))
    assert clear.getpixel((5, 5)) == (255, 255, 255)
    grey = shown(cleaned(encoded(Image.new("I;16", (40, 30), 128 * 256), "PNG"))).getpixel((5, 5))
    assert all(abs(value - 128) <= 1 for value in grey)


REFUSED = {
    "nothing": (lambda: b"", EMPTY),
    "a text": (lambda: "不是照片".encode() * 50, NOT_A_PHOTO),
    "an iphone's heic": (lambda: b"\0\0\0\x18ftypheic" + b"\0" * 400, HEIC),
    "a heic of another maker": (lambda: b"\0\0\0\x1cftypmif1" + b"\0" * 400, HEIC),
    "a video": (lambda: b"\0\0\0\x18ftypisom" + b"\0" * 400, NOT_A_PHOTO),
    "a gif": (lambda: files.two_pictures("GIF"), NOT_A_PHOTO),
    "a tiff": (lambda: encoded(red_over_blue(), "TIFF"), NOT_A_PHOTO),
    "a bmp": (lambda: encoded(red_over_blue(), "BMP"), NOT_A_PHOTO),
    "an svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', NOT_A_PHOTO),
    "a page": (lambda: b"<!doctype html><script>alert(1)</script>", NOT_A_PHOTO),
    "a pdf": (lambda: b"%PDF-1.7\n" + b"\0" * 200, NOT_A_PHOTO),
    "a gif that is a script": (lambda: b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)", NOT_A_PHOTO),
    "half a jpeg": (lambda: files.phone_photo()[:9000], BROKEN),
    "half a png": (lambda: encoded(Image.effect_noise((400, 300), 50), "PNG")[:5000], BROKEN),
    "half a webp": (lambda: encoded(Image.effect_noise((400, 300), 50).convert("RGB"), "WEBP")[:2000], BROKEN),
    "a jpeg's first bytes": (lambda: b"\xff\xd8\xff\xe0" + b"\0" * 500, None),
    "a png that says 30000 × 30000": (lambda: files.png_of_declared_size(30000, 30000), TOO_MANY_PIXELS),
    "a png that says 2 000 000 000 wide": (lambda: files.png_of_declared_size(2_000_000_000, 2), TOO_MANY_PIXELS),
    "a png that says 6000 × 5000": (lambda: files.png_of_declared_size(6000, 5000), TOO_MANY_PIXELS),
    "a jpeg that says 65000 × 65000": (lambda: files.jpeg_of_declared_size(65000, 65000), TOO_MANY_PIXELS),
    "a real bomb of 144 million pixels": (lambda: encoded(Image.new("1", (12000, 12000)), "PNG"), TOO_MANY_PIXELS),
    "a comment of 200 MB": (files.png_text_bomb, None),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_photo_is_refused_in_words(kind):
    make, sentence = REFUSED[kind]
    content = make()
    started, before = time.process_time(), _peak_megabytes()

    said = refusal(content)

    assert said in ({sentence} if sentence else {NOT_A_PHOTO, BROKEN, TOO_MANY_PIXELS})
    assert time.process_time() - started < 5
    assert _peak_megabytes() - before < 100


HEAVY = {
    "png, 24 million pixels with transparency": lambda: encoded(
        Image.new("RGBA", (6000, 4000), (200, 10, 10, 128)), "PNG"
    ),
    "png, 16-bit, 24 million pixels": lambda: encoded(Image.new("I;16", (6000, 4000), 40000), "PNG"),
    "webp, 24 million pixels": lambda: encoded(Image.new("RGB", (16000, 1500), "red"), "WEBP", lossless=True),
    "jpeg, 49 million pixels, progressive": lambda: encoded(
        Image.effect_noise((7000, 7000), 60).convert("RGB"), progressive=True, quality=50
    ),
}


@pytest.mark.parametrize("kind", HEAVY)
def test_the_largest_allowed_takes_under_five_seconds_and_sane_memory(kind):
    content = HEAVY[kind]()
    started, before = time.process_time(), _peak_megabytes()

    photo = cleaned(content)

    assert max(photo.width, photo.height) == LONGEST_EDGE
    assert time.process_time() - started < 5
    assert _peak_megabytes() - before < 300


def test_a_file_past_the_limit_is_refused_by_its_size_alone():
    class Unread(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("must not be read")

    with pytest.raises(PhotoRefused) as refused:
        clean(Unread(), 31 * 1024 * 1024)
    assert refused.value.message == "照片太大（31 MB，最多 20 MB）。请换一张小些的，或先截图再传。"


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=150, deadline=5000, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["png", "jpeg, progressive", "webp", "mpo (two pictures in a jpeg)"]),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=20),
    cut=st.floats(0.1, 1),
)
def test_whatever_happened_to_a_file_it_is_refused_in_words_or_stored_clean(kind, changes, cut):
    content = bytearray(ORIGINALS[kind])
    for where, value in changes:
        content[int(where * len(content))] = value
    content = content[: int(len(content) * cut)]
    try:
        photo = cleaned(bytes(content))
    except PhotoRefused as refused:
        assert refused.message.endswith("。")
    else:
        assert shown(photo).format == "JPEG"


ORIGINALS = {kind: make() for kind, make in KINDS.items()}


def test_a_small_copy_is_small_and_as_clean():
    photo = cleaned(files.phone_photo())
    copy = Image.open(io.BytesIO(small(io.BytesIO(photo.content))))
    assert (copy.format, max(copy.size)) == ("JPEG", SMALL_EDGE)


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
