from django.http import HttpRequest, HttpResponse

from accounts.access import only, staff
from accounts.models import Role


@staff
def grid_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@staff
def coverage(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.OFFICE)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.OFFICE, Role.ADMINISTRATOR)
def import_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.OFFICE, Role.ADMINISTRATOR)
def import_template(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.OFFICE, Role.ADMINISTRATOR)
def export(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)
