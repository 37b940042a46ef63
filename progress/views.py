from django.http import HttpRequest, HttpResponse

from accounts.access import only, public, staff
from accounts.models import Role


@public
def city(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@public
def city_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    return HttpResponse(status=501)


@public
def board_year(request: HttpRequest, group: str, year: int) -> HttpResponse:
    return HttpResponse(status=501)


@public
def board_month(request: HttpRequest, group: str, year: int, month: int) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.OFFICE)
def marking_home(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.OFFICE)
def marking(request: HttpRequest, group: str, year: int, month: int) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.OFFICE)
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=501)


@staff
def history(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=501)


@staff
def tasks(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.OFFICE)
def task_new(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)
