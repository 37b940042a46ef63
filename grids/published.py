"""The public map as GeoJSON bytes, built once for each process, revision and day."""

import gzip
import json
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from shapely.geometry import shape

from common.revisions import remembered
from grids.answering import Answering, answering_for
from grids.drawing import rounded
from grids.models import Community, Grid, Landmark

Json = dict[str, Any]


@dataclass(frozen=True)
class Published:
    """One answer, ready to send. `etag` is quoted."""

    etag: str
    body: bytes
    gzipped: bytes


def published_map(layer: str, *, on: date) -> Published:
    """`layer`: "" is everything (grids with `communities` and `landmarks` beside them), or one collection by name."""
    return _published(on)[layer]


@remembered("reference", most=2)
def _published(on: date) -> dict[str, Published]:
    # The day belongs to it: an assignment begins and ends at midnight without anybody changing anything.
    return {name: _pack(content) for name, content in _layers(on).items()}


LAYERS = ("", "grids", "communities", "landmarks")


def _pack(content: Json) -> Published:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Published(f'"{sha256(body).hexdigest()[:20]}"', body, gzip.compress(body, mtime=0))


def _layers(on: date) -> dict[str, Json]:
    grids, communities, landmarks = _collection(_grids(on)), _collection(_communities()), _collection(_landmarks())
    everything = grids | {"communities": communities, "landmarks": landmarks}
    return {"": everything, "grids": grids, "communities": communities, "landmarks": landmarks}


def _collection(features: list[Json]) -> Json:
    return {"type": "FeatureCollection", "features": features}


def _feature(geometry: Any, **properties: Any) -> Json:
    return {"type": "Feature", "properties": properties, "geometry": rounded(geometry)}


def _grids(on: date) -> list[Json]:
    grids = list(Grid.objects.current().drawn().select_related("community").order_by("code"))
    answering = answering_for(grids, on=on)
    return [_feature(grid.boundary, **_told(grid, answering[grid.pk])) for grid in grids]


def _told(grid: Grid, answering: Answering) -> Json:
    return {
        "code": grid.code,
        "name": grid.name,
        "title": str(grid),
        "community": grid.community.name,
        "lead_unit": answering.lead.name if answering.lead else None,
        "helpers": [unit.name for unit in answering.helpers],
        "leaders": [leader.name for leader in answering.leaders],
    }


def _communities() -> list[Json]:
    return [
        _feature(community.boundary, code=community.code, name=community.name, label=_label_point(community.boundary))
        for community in Community.objects.filter(boundary__isnull=False).order_by("code")
    ]


def _landmarks() -> list[Json]:
    return [
        _feature(landmark.shape, kind=landmark.kind, name=landmark.name, label=_label_point(landmark.shape))
        for landmark in Landmark.objects.order_by("kind", "name")
    ]


def _label_point(geometry: Any) -> list[float]:
    """Where the name stands: inside an area, on a line."""
    drawn = shape(geometry)
    point = drawn.interpolate(0.5, normalized=True) if drawn.geom_type == "LineString" else drawn.representative_point()
    return [round(point.x, 6), round(point.y, 6)]
