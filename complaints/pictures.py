"""Make a stranger's photo safe: decode, turn upright, draw on a fresh canvas, encode anew."""

import hashlib
import io
import logging
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import IO

from django.conf import settings
from PIL import ExifTags, Image, UnidentifiedImageError

from common.errors import DomainError

logger = logging.getLogger(__name__)

# Formats that phones send and browsers shrink to; no SVG, PDF, TIFF or GIF.
# The most pixels of each: a JPEG is decoded at a smaller scale, the others need 4 bytes for every pixel.
MOST_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
FORMATS = ("JPEG", "PNG", "WEBP")
# What iPhones and some others take unless told otherwise, as the file calls itself.
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
LONGEST_EDGE = 1920
SMALL_EDGE = 480
QUALITY = 82
# A full-sized picture takes up to 150 MB while it is decoded: a process works on so many at a time.
_turns = BoundedSemaphore(2)


class PhotoRefused(DomainError):
    code = "photo_refused"


@dataclass(frozen=True)
class CleanPhoto:
    """A JPEG of ours: `content` bytes, size in pixels, SHA-256 of the content."""

    content: bytes
    width: int
    height: int
    sha256: str


def clean(file: IO[bytes], size: int) -> CleanPhoto:
    """Decode `file` (`size` bytes) and give back a JPEG with nothing of the original but its pixels.

    Raises PhotoRefused with a sentence for the sender: too large, not a photo, broken, too many pixels.
    """
    if size > settings.PHOTO_MAX_BYTES:
        most = settings.PHOTO_MAX_BYTES // 1024 // 1024
        raise PhotoRefused(f"照片太大（{size / 1024 / 1024:.0f} MB，最多 {most} MB）。请换一张小些的，或先截图再传。")
    if not size:
        raise PhotoRefused("这个文件是空的。请重新拍一张，或换一张再传。")
    with _turns:
        return _encode(_decode(file))


def small(file: IO[bytes]) -> bytes:
    """A JPEG of at most SMALL_EDGE pixels made from one of ours, for lists."""
    with Image.open(file, formats=("JPEG",)) as picture:
        picture.draft("RGB", (SMALL_EDGE, SMALL_EDGE))
        picture.thumbnail((SMALL_EDGE, SMALL_EDGE))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=72, optimize=True)
        return out.getvalue()


def _encode(canvas: Image.Image) -> CleanPhoto:
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    content = out.getvalue()
    return CleanPhoto(content, canvas.width, canvas.height, hashlib.sha256(content).hexdigest())


def _decode(file: IO[bytes]) -> Image.Image:
    try:
        with Image.open(file, formats=FORMATS) as picture:
            return _redraw(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        raise PhotoRefused(_why_not_a_photo(file)) from None
    except PhotoRefused:
        raise
    except Exception as error:
        # Decoders meet a stranger's bytes with errors of every kind; none of them is an error of ours.
        logger.info("photo refused: %s", type(error).__name__)
        raise PhotoRefused("这张照片坏了，打不开。请重新拍一张，或换一张再传。") from None


def _why_not_a_photo(file: IO[bytes]) -> str:
    """What many phones take by themselves has a name and a way out; anything else is told what would do."""
    file.seek(0)
    start = file.read(12)
    if start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS:
        return "这是 HEIC 格式的照片，打不开。请把照片截一张屏，传截屏；或在手机的相机设置里选“兼容性最佳”，再拍一张。"
    return "这个文件不是能用的照片。请传 JPG、PNG 或 WebP 格式的照片。"


def _redraw(picture: Image.Image) -> Image.Image:
    if picture.width * picture.height > MOST_PIXELS[str(picture.format)]:
        raise _too_many_pixels()
    # JPEG only: decode at half or quarter scale where that suffices, which spares seconds and memory.
    picture.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
    smaller = _shrunk(_in_eight_bits(picture))
    opaque = _upright(smaller, picture).convert("RGBA")
    # A fresh canvas: converting and saving keeps comments and profiles of the original.
    canvas = Image.new("RGB", opaque.size, "white")
    canvas.paste(opaque, mask=opaque.getchannel("A"))
    return canvas


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        # Pillow would cut 16-bit grey off at 255: everything but the darkest would be white.
        return picture.point(lambda value: value / 256).convert("L")
    if picture.mode in {"L", "RGB", "RGBA"} and not picture.has_transparency_data:
        picture.load()
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _shrunk(picture: Image.Image) -> Image.Image:
    # A plain average first: the good filter alone takes seconds on a large picture with transparency.
    factor = max(picture.size) // LONGEST_EDGE
    smaller = picture.reduce(factor) if factor > 1 else picture
    if max(smaller.size) > LONGEST_EDGE:
        smaller.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    return smaller


def _upright(smaller: Image.Image, original: Image.Image) -> Image.Image:
    try:
        orientation = original.getexif().get(ExifTags.Base.Orientation)
    except Exception:
        # Broken EXIF is no reason to refuse the picture around it.
        return smaller
    turn = _TURNS.get(orientation or 1)
    return smaller if turn is None else smaller.transpose(turn)


# What EXIF's orientation asks for, by its number.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _too_many_pixels() -> PhotoRefused:
    return PhotoRefused("这张照片的尺寸太大，处理不了。请用手机拍一张普通大小的照片再传。")
