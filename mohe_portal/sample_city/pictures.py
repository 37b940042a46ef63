"""Photos for sample cases: flat drawings of a street before and after, made by the program."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from PIL import Image, ImageDraw

from mohe_portal.sample_city.dice import Dice, dice
from mohe_portal.sample_city.words import Scene

WIDTH, HEIGHT = 800, 600
_FINE = 2  # drawn twice as large and scaled down, which smooths the edges
SCENES: tuple[Scene, ...] = get_args(Scene)

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    sky: Colour
    ground: Colour
    walls: tuple[Colour, Colour, Colour]
    window: Colour
    road: Colour


PALETTES = (
    Palette(
        (219, 232, 235),
        (238, 243, 243),
        ((184, 198, 203), (202, 210, 210), (177, 192, 197)),
        (138, 158, 166),
        (196, 206, 208),
    ),
    Palette(
        (228, 231, 240),
        (240, 241, 244),
        ((200, 190, 184), (214, 206, 198), (188, 180, 178)),
        (140, 132, 138),
        (200, 202, 208),
    ),
    Palette(
        (214, 230, 224),
        (234, 241, 236),
        ((176, 196, 186), (198, 212, 202), (168, 186, 178)),
        (120, 146, 138),
        (190, 202, 196),
    ),
    Palette(
        (238, 230, 216),
        (244, 240, 232),
        ((206, 190, 166), (220, 208, 188), (192, 178, 158)),
        (150, 134, 114),
        (206, 200, 190),
    ),
    Palette(
        (206, 220, 236),
        (232, 238, 244),
        ((170, 184, 204), (192, 204, 218), (160, 174, 194)),
        (116, 134, 160),
        (188, 198, 210),
    ),
)
INK = (62, 84, 92)
SNOW_EDGE = (154, 176, 182)
CARDBOARD = (203, 184, 140)
CARDBOARD_EDGE = (132, 110, 66)
LAMP_LIGHT = (247, 229, 170)
LAMP_HEAD = (184, 124, 0)


class Canvas:
    """A drawing surface measured in photo pixels."""

    def __init__(self, palette: Palette, dice: Dice) -> None:
        self.palette = palette
        self.dice = dice
        self.image = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), palette.sky)
        self._pen = ImageDraw.Draw(self.image)

    def box(self, x: float, y: float, w: float, h: float, fill: Colour, edge: Colour | None = None) -> None:
        self._pen.rectangle(self._scaled((x, y), (x + w, y + h)), fill, edge, 3 * _FINE if edge else 0)

    def shape(self, *points: tuple[float, float], fill: Colour, edge: Colour | None = None) -> None:
        self._pen.polygon(self._scaled(*points), fill)
        if edge:
            self.line(*points, points[0], colour=edge, width=4)

    def round(self, x: float, y: float, w: float, h: float, fill: Colour, edge: Colour | None = None) -> None:
        self._pen.ellipse(self._scaled((x, y), (x + w, y + h)), fill, edge, 4 * _FINE if edge else 0)

    def line(self, *points: tuple[float, float], colour: Colour = INK, width: int = 4) -> None:
        self._pen.line(self._scaled(*points), colour, width * _FINE, joint="curve")

    def jpeg(self) -> bytes:
        buffer = io.BytesIO()
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.save(buffer, "JPEG", quality=80, optimize=True)
        return buffer.getvalue()

    @staticmethod
    def _scaled(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x * _FINE, y * _FINE) for x, y in points]


def photo(scene: Scene, *, after: bool, hue: int) -> bytes:
    """Return an 800 × 600 JPEG of at most 60 kB; the same scene and hue show the same street before and after."""
    canvas = Canvas(PALETTES[hue % len(PALETTES)], dice(hue, "street"))
    _street(canvas)
    canvas.dice = dice(hue, "scene", scene)
    before_it, after_it = _DRAWINGS[scene]
    (after_it if after else before_it)(canvas)
    return canvas.jpeg()


def _street(canvas: Canvas) -> None:
    """Draw houses along a road, which every scene stands on."""
    palette, dice = canvas.palette, canvas.dice
    canvas.box(0, 380, WIDTH, HEIGHT - 380, palette.ground)
    x = -dice.randint(10, 80)
    for wall in (*palette.walls, palette.walls[0]):
        width, height = dice.randint(215, 265), dice.randint(190, 320)
        _house(canvas, x, 380 - height, width, height, wall)
        x += width + dice.randint(8, 30)
    canvas.shape((330, 382), (470, 382), (760, 600), (40, 600), fill=palette.road)
    for top, bottom, half in ((395, 420, 3), (440, 480, 5), (510, 570, 8)):
        canvas.shape(
            (400 - half, top), (400 + half, top), (400 + half + 2, bottom), (398 - half, bottom), fill=palette.ground
        )


def _house(canvas: Canvas, x: int, y: int, width: int, height: int, wall: Colour) -> None:
    canvas.box(x, y, width, height, wall)
    for row in range(y + 30, 330, 66):
        for column in range(x + 28, x + width - 40, 56):
            canvas.box(column, row, 28, 34, canvas.palette.window)


def _snow_heap(canvas: Canvas) -> None:
    x, y = canvas.dice.randint(60, 330), 560
    outline = [
        (0, 0),
        (12, -50),
        (60, -92),
        (110, -112),
        (150, -150),
        (215, -160),
        (262, -118),
        (320, -128),
        (372, -84),
        (400, 0),
    ]
    canvas.shape(*[(x + dx, y + dy) for dx, dy in outline], fill=(255, 255, 255), edge=SNOW_EDGE)
    for dx in (92, 178, 262):
        canvas.line((x + dx, y - 92), (x + dx + 32, y - 44), colour=SNOW_EDGE)


def _snow_swept(canvas: Canvas) -> None:
    for x in (0, 690):
        canvas.shape(
            (x, 600), (x + 10, 560), (x + 60, 545), (x + 100, 566), (x + 112, 600), fill=(255, 255, 255), edge=SNOW_EDGE
        )
    canvas.line((560, 430), (540, 560), colour=CARDBOARD_EDGE, width=8)
    canvas.shape((506, 556), (574, 562), (570, 592), (500, 586), fill=INK)


def _bin(canvas: Canvas, *, full: bool) -> None:
    x = canvas.dice.randint(470, 540)
    green = (86, 132, 112)
    if full:
        for dx, dy in ((-110, 0), (-60, 18), (150, 6), (190, 22), (-150, 30)):
            canvas.round(x + dx, 500 + dy, 74, 62, (92, 98, 104), INK)
        for dx in (4, 52, 90):
            canvas.round(x + dx, 372 - dx % 9, 60, 56, (120, 126, 130), INK)
    canvas.shape((x, 410), (x + 150, 410), (x + 134, 560), (x + 16, 560), fill=green, edge=INK)
    if not full:
        canvas.shape(
            (x - 8, 398), (x + 75, 374), (x + 158, 398), (x + 158, 414), (x - 8, 414), fill=(70, 112, 94), edge=INK
        )
    for dx in (26, 104):
        canvas.round(x + dx, 548, 26, 26, INK)


def _lamp(canvas: Canvas, *, lit: bool) -> None:
    x = canvas.dice.randint(170, 260)
    if lit:
        canvas.shape((x + 120, 128), (x + 200, 128), (x + 300, 560), (x + 10, 560), fill=LAMP_LIGHT)
    canvas.line((x, 565), (x, 150), (x + 14, 120), (x + 44, 108), (x + 130, 108), width=14)
    canvas.box(x + 118, 98, 88, 30, LAMP_HEAD if lit else INK)


def _cover(canvas: Canvas, *, sound: bool) -> None:
    x, y = canvas.dice.randint(300, 380), 476
    canvas.round(x, y, 190, 84, INK if not sound else (120, 130, 134), INK)
    if sound:
        for dy in (22, 42, 62):
            canvas.line((x + 30, y + dy), (x + 160, y + dy), width=5)
        return
    canvas.round(x + 12, y + 8, 166, 68, (30, 38, 42))
    canvas.round(x + 96, y - 34, 176, 70, (120, 130, 134), INK)
    for side in (-60, 250):
        canvas.shape((x + side, 560), (x + side + 24, 490), (x + side + 48, 560), fill=(214, 140, 60), edge=INK)


def _pothole(canvas: Canvas) -> None:
    x = canvas.dice.randint(250, 330)
    dark = (128, 138, 142)
    canvas.shape(
        (x, 520),
        (x + 60, 480),
        (x + 150, 486),
        (x + 230, 474),
        (x + 290, 520),
        (x + 210, 566),
        (x + 80, 560),
        fill=dark,
        edge=INK,
    )
    canvas.shape((x + 60, 522), (x + 120, 500), (x + 220, 508), (x + 200, 546), (x + 100, 544), fill=(100, 110, 116))


def _patched(canvas: Canvas) -> None:
    x = canvas.dice.randint(250, 330)
    canvas.shape((x, 474), (x + 276, 474), (x + 300, 566), (x - 16, 566), fill=(150, 160, 163))


def _car(canvas: Canvas) -> None:
    x, paint = canvas.dice.randint(230, 330), canvas.dice.choice(((150, 160, 176), (122, 148, 150), (176, 168, 150)))
    canvas.shape(
        (x, 530),
        (x, 462),
        (x + 70, 450),
        (x + 120, 392),
        (x + 270, 392),
        (x + 320, 450),
        (x + 370, 470),
        (x + 370, 530),
        fill=paint,
        edge=INK,
    )
    canvas.shape((x + 96, 448), (x + 132, 406), (x + 186, 406), (x + 186, 448), fill=(226, 236, 240), edge=INK)
    canvas.shape((x + 202, 448), (x + 202, 406), (x + 260, 406), (x + 296, 448), fill=(226, 236, 240), edge=INK)
    for dx in (56, 260):
        canvas.round(x + dx, 496, 68, 68, INK)
        canvas.round(x + dx + 20, 516, 28, 28, (220, 226, 228))


def _kept_free(canvas: Canvas) -> None:
    amber = (214, 172, 84)
    for y, reach in ((440, 150), (500, 215), (560, 285)):
        canvas.line((400 - reach, y), (400 - reach // 3, y + 34), colour=amber, width=10)
        canvas.line((400 + reach // 3, y), (400 + reach, y + 34), colour=amber, width=10)


def _puddle(canvas: Canvas) -> None:
    x, water = canvas.dice.randint(170, 260), (156, 192, 208)
    canvas.round(x, 478, 420, 96, water, (112, 152, 172))
    canvas.round(x + 70, 500, 200, 40, (188, 214, 224))
    canvas.line((x + 250, 480), (x + 250, 420), (x + 300, 420), colour=INK, width=16)
    for dx in (292, 318, 342):
        canvas.line((x + dx, 440), (x + dx + 8, 474), colour=(112, 152, 172), width=6)


def _dry(canvas: Canvas) -> None:
    x = canvas.dice.randint(170, 260)
    canvas.line((x + 250, 520), (x + 250, 430), (x + 330, 430), (x + 330, 520), colour=(108, 132, 138), width=18)
    canvas.round(x + 272, 412, 36, 36, LAMP_HEAD, INK)


def _boxes(canvas: Canvas) -> None:
    x = canvas.dice.randint(120, 260)
    for dx, dy, w, h in ((0, 470, 110, 92), (112, 484, 96, 78), (28, 392, 84, 78), (330, 476, 96, 86)):
        canvas.box(x + dx, dy, w, h, CARDBOARD, CARDBOARD_EDGE)
        canvas.line((x + dx + w / 2, dy), (x + dx + w / 2, dy + h / 3), colour=CARDBOARD_EDGE, width=3)
    canvas.shape(
        (x + 216, 562), (x + 236, 500), (x + 300, 500), (x + 322, 562), fill=(226, 210, 172), edge=CARDBOARD_EDGE
    )


def _wall(canvas: Canvas, *, clean: bool) -> None:
    canvas.box(140, 110, 520, 470, canvas.palette.walls[1], SNOW_EDGE)
    canvas.box(330, 220, 150, 360, (126, 104, 92), INK)
    canvas.round(446, 394, 18, 18, LAMP_HEAD)
    if clean:
        return
    for row in range(140, 540, 62):
        for column in (*range(160, 310, 54), *range(500, 640, 54)):
            tilt = canvas.dice.randint(-7, 7)
            paper = canvas.dice.choice(((250, 246, 222), (232, 236, 250), (246, 228, 232)))
            canvas.shape(
                (column, row + tilt),
                (column + 40, row - tilt),
                (column + 44, row + 46),
                (column + 2, row + 48),
                fill=paper,
                edge=SNOW_EDGE,
            )


def _stall(canvas: Canvas) -> None:
    x = canvas.dice.randint(180, 300)
    for dx in (0, 330):
        canvas.line((x + dx, 560), (x + dx, 330), width=8)
    for stripe in range(6):
        left = x - 20 + stripe * 62
        canvas.shape(
            (left, 330),
            (left + 62, 330),
            (left + 52, 284),
            (left + 6, 284),
            fill=(246, 240, 226) if stripe % 2 else (92, 142, 138),
            edge=INK,
        )
    canvas.box(x - 10, 456, 352, 96, CARDBOARD, CARDBOARD_EDGE)
    for dx in range(8, 320, 46):
        canvas.round(x + dx, 424, 36, 36, canvas.dice.choice(((206, 128, 70), (120, 160, 96), (214, 184, 92))), INK)


def _nothing(canvas: Canvas) -> None:
    """Leave the street as it is: what stood there is gone."""


_DRAWINGS: dict[Scene, tuple[Callable[[Canvas], None], Callable[[Canvas], None]]] = {
    "snow": (_snow_heap, _snow_swept),
    "bin": (lambda canvas: _bin(canvas, full=True), lambda canvas: _bin(canvas, full=False)),
    "lamp": (lambda canvas: _lamp(canvas, lit=False), lambda canvas: _lamp(canvas, lit=True)),
    "cover": (lambda canvas: _cover(canvas, sound=False), lambda canvas: _cover(canvas, sound=True)),
    "pothole": (_pothole, _patched),
    "car": (_car, _kept_free),
    "water": (_puddle, _dry),
    "boxes": (_boxes, _nothing),
    "poster": (lambda canvas: _wall(canvas, clean=False), lambda canvas: _wall(canvas, clean=True)),
    "stall": (_stall, _nothing),
}
