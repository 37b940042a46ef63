"""Make a stranger's photo safe: decode, turn upright, draw on a fresh canvas, encode anew."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from common.errors import DomainError

# Formats that phones send and browsers shrink to; no SVG, PDF, TIFF or animation.
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000
LONGEST_EDGE = 1920
QUALITY = 82


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
    canvas = _decode(file)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    content = out.getvalue()
    return CleanPhoto(content, canvas.width, canvas.height, hashlib.sha256(content).hexdigest())


def _decode(file: IO[bytes]) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Past Pillow's own threshold it only warns; a warning about a bomb is a bomb.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as picture:
                return _redraw(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        raise PhotoRefused("这个文件不是能用的照片。请传 JPG、PNG 或 WebP 格式的照片。") from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise PhotoRefused("这张照片坏了，打不开。请重新拍一张，或换一张再传。") from None


def _redraw(picture: Image.Image) -> Image.Image:
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_many_pixels()
    # JPEG only: decode at half or quarter scale where that suffices, which spares seconds and memory.
    picture.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    opaque = upright.convert("RGBA")
    # A fresh canvas: converting and saving keeps comments and profiles of the original.
    canvas = Image.new("RGB", opaque.size, "white")
    canvas.paste(opaque, mask=opaque.getchannel("A"))
    return canvas


def _too_many_pixels() -> PhotoRefused:
    return PhotoRefused("这张照片的尺寸太大，处理不了。请用手机拍一张普通大小的照片再传。")
