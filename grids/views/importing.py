from django.http import HttpResponse

from accounts.access import only
from accounts.models import Role
from common.http import Request


@only(Role.OFFICE, Role.ADMINISTRATOR)
def import_page(request: Request) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.OFFICE, Role.ADMINISTRATOR)
def import_template(request: Request, name: str) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.OFFICE, Role.ADMINISTRATOR)
def export(request: Request) -> HttpResponse:
    return HttpResponse(status=501)
