from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import public
from common.api import problems
from common.revalidation import same_for_everybody
from grids.answering import answering_for
from grids.locating import Place
from grids.locating import locate as locate_point
from grids.published import LAYERS, published_map

FRESH_SECONDS = 60


class PointSerializer(serializers.Serializer[dict[str, float]]):
    """A WGS-84 point."""

    lng = serializers.FloatField(min_value=-180, max_value=180, label="经度")
    lat = serializers.FloatField(min_value=-90, max_value=90, label="纬度")


class LocatedGridSerializer(serializers.Serializer[dict[str, str]]):
    code = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField()
    community = serializers.CharField()
    lead_unit = serializers.CharField(allow_null=True)


class LocatedSerializer(serializers.Serializer[dict[str, object]]):
    place = serializers.ChoiceField(choices=[str(place) for place in Place])
    grid = LocatedGridSerializer(allow_null=True)
    metres = serializers.FloatField()


@extend_schema(
    operation_id="grids_list",
    summary="网格（GeoJSON）",
    tags=["grids"],
    parameters=[OpenApiParameter("layer", description="只要一层；不写是全部。", enum=list(LAYERS[1:]))],
    responses={(200, "application/geo+json"): OpenApiTypes.OBJECT, 304: None, **problems(400)},
)
@public
@same_for_everybody
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def grids(request: Request) -> HttpResponse:
    """The current grids as GeoJSON, communities and landmarks beside them; `?layer=` asks for one collection."""
    layer = request.query_params.get("layer", "")
    if layer not in LAYERS:
        raise ValidationError({"layer": [f"没有这一层。可以是 {'、'.join(LAYERS[1:])}，不写是全部。"]})
    answer = published_map(layer, on=timezone.localdate())
    if answer.etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(answer.gzipped, content_type="application/geo+json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(answer.body, content_type="application/geo+json")
    response["ETag"] = answer.etag
    response["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@extend_schema(
    operation_id="grids_locate",
    summary="一个点在哪个网格",
    tags=["grids"],
    parameters=[PointSerializer],
    responses={200: LocatedSerializer, **problems(400)},
)
@public
@same_for_everybody
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def locate(request: Request) -> Response:
    """Whose grid the point `lng`, `lat` lies in: {place: inside|near|outside, grid, metres}."""
    point = PointSerializer(data=request.query_params)
    point.is_valid(raise_exception=True)
    located = locate_point(point.validated_data["lng"], point.validated_data["lat"])
    grid = None
    if located.grid:
        lead = answering_for([located.grid], on=timezone.localdate())[located.grid.pk].lead
        grid = {
            "code": located.grid.code,
            "name": located.grid.name,
            "title": str(located.grid),
            "community": located.grid.community.name,
            "lead_unit": lead.name if lead else None,
        }
    return Response({"place": located.place, "grid": grid, "metres": located.metres})
