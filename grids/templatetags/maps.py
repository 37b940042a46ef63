"""The map on a page: {% map_assets %} in the head, {% grid_map … %} where it stands. Contract: assets/js/map.js."""

from typing import Any

from django import template
from django.conf import settings

register = template.Library()


@register.inclusion_tag("grids/_map_assets.html")
def map_assets() -> dict[str, Any]:
    """Leaflet from our own static files and the script that reads the attributes of `grid_map`."""
    return {}


@register.inclusion_tag("grids/_drawing_assets.html")
def drawing_assets() -> dict[str, Any]:
    """The same for a page with a PolygonDrawing widget."""
    return {}


@register.inclusion_tag("grids/_drawing_map.html")
def drawing_map() -> dict[str, Any]:
    """The map inside the PolygonDrawing widget; assets/js/grid-draw.js fills it."""
    return {"attributes": _tiles()}


@register.inclusion_tag("grids/_map.html")
def grid_map(label: str, css: str = "", id: str = "", **data: Any) -> dict[str, Any]:
    """A map. `label` says aloud what it is for; `css` are more classes; the rest become data-… attributes.

    Names are written with underscores: grid_map(picker="#id_longitude,#id_latitude", use_my_position=…).
    """
    attributes = {name.replace("_", "-"): value for name, value in data.items() if value not in ("", None)}
    return {"label": label, "css": css, "id": id, "attributes": attributes | _tiles()}


def _tiles() -> dict[str, str]:
    """A tile layer, only where the settings name one."""
    return {"tile-url": settings.TILE_URL, "tile-attribution": settings.TILE_ATTRIBUTION} if settings.TILE_URL else {}
