"""What the standard calls services and service requests, from our groups and published cases."""

from datetime import datetime
from typing import Any

from shapely.geometry import shape

from common.clock import CITY_TIME
from complaints.models import ProblemGroup, PublicVersion
from grids.models import Grid

YES_NO = [{"key": "yes", "name": "是"}, {"key": "no", "name": "否"}]
# What may be sent as attribute[code] besides the standard's own fields.
ATTRIBUTES = {"may_contact": "办理单位可以直接联系我", "confidential": "这件请保密，只给受理和办理的人看"}


def service(group: ProblemGroup) -> dict[str, Any]:
    return {
        "service_code": group.value,
        "service_name": str(group.label),
        "description": group.example,
        "metadata": True,
        "type": "realtime",
        "keywords": group.example.replace("、", ","),
        "group": "城市问题",
    }


def definition(group: ProblemGroup) -> dict[str, Any]:
    attributes = [
        {
            "variable": True,
            "code": code,
            "datatype": "singlevaluelist",
            "required": False,
            "datatype_description": "",
            "order": order,
            "description": description,
            "values": YES_NO,
        }
        for order, (code, description) in enumerate(ATTRIBUTES.items(), start=1)
    ]
    return {"service_code": group.value, "attributes": attributes}


def service_request(version: PublicVersion) -> dict[str, Any]:
    """A published case in its published words. Its point is that of its grid: nobody's door."""
    case = version.complaint
    longitude, latitude = _middle(case.grid)
    return {
        "service_request_id": case.number,
        "status": "closed",
        "status_notes": version.result,
        "service_name": case.get_group_display(),
        "service_code": case.group,
        "description": version.text,
        "agency_responsible": case.unit.name if case.unit else "",
        "service_notice": "",
        "requested_datetime": moment(case.filed_at),
        "updated_datetime": moment(version.changed_at),
        "expected_datetime": None,
        "address": f"{case.grid.community.name} {case.grid.name}" if case.grid else "",
        "address_id": case.grid.code if case.grid else "",
        "zipcode": "",
        "lat": latitude,
        "long": longitude,
        "media_url": "",
    }


def moment(at: datetime) -> str:
    return at.astimezone(CITY_TIME).isoformat(timespec="seconds")


def _middle(grid: Grid | None) -> tuple[float | None, float | None]:
    if grid is None or not grid.boundary:
        return None, None
    middle = shape(grid.boundary).representative_point()
    return round(middle.x, 5), round(middle.y, 5)
