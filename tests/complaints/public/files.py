"""Photos as strangers send them, kind and hostile, made here."""

import io
import struct
import zlib

from PIL import ExifTags, Image, PngImagePlugin

# Somewhere that must not be found in what is kept.
SECRET = b"SECRET-COMMENT"
EVERY_SIDE = {"top": (255, 0, 0), "bottom": (0, 0, 255)}


def encoded(picture: Image.Image, kind: str = "JPEG", **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def red_over_blue(size: tuple[int, int] = (400, 300), mode: str = "RGB") -> Image.Image:
    picture = Image.new("RGB", size, EVERY_SIDE["top"])
    picture.paste(EVERY_SIDE["bottom"], (0, size[1] // 2, *size))
    return picture.convert(mode)


def plain_png(colour: str) -> bytes:
    return encoded(Image.new("RGB", (300, 200), colour), "PNG")


def exif(*, orientation: int = 1, gps: bool = True) -> Image.Exif:
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.Make] = SECRET.decode()
    tags[ExifTags.Base.Model] = "示例手机"
    if gps:
        position = tags.get_ifd(ExifTags.IFD.GPSInfo)
        position[ExifTags.GPS.GPSLatitudeRef] = "N"
        position[ExifTags.GPS.GPSLatitude] = (52.0, 58.0, 13.8)
        position[ExifTags.GPS.GPSLongitudeRef] = "E"
        position[ExifTags.GPS.GPSLongitude] = (122.0, 31.0, 45.1)
    return tags


def phone_photo(*, size: tuple[int, int] = (1600, 1200), orientation: int = 1) -> bytes:
    """A JPEG with a position, a comment, a profile and a camera's name."""
    return encoded(
        red_over_blue(size),
        exif=exif(orientation=orientation),
        comment=SECRET,
        icc_profile=SECRET * 20,
        quality=90,
    )


def png_of_declared_size(width: int, height: int) -> bytes:
    """A tiny PNG that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def jpeg_of_declared_size(width: int, height: int) -> bytes:
    content = bytearray(encoded(Image.new("RGB", (16, 16))))
    start = content.index(b"\xff\xc0") + 5
    content[start : start + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def png_with_text() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SECRET.decode(), zip=True)
    return encoded(red_over_blue(), "PNG", pnginfo=notes)


def png_text_bomb() -> bytes:
    """A picture whose compressed comment is 200 MB."""
    content = encoded(Image.new("RGB", (16, 16)), "PNG")
    data = b"Comment\0\0" + zlib.compress(b"\0" * 200_000_000, 9)
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    return content[:33] + chunk + content[33:]


def two_pictures(kind: str) -> bytes:
    return encoded(red_over_blue(), kind, save_all=True, append_images=[Image.new("RGB", (400, 300), "lime")])
