from django.http import HttpRequest, HttpResponse

from accounts.access import only, public, staff
from accounts.models import Role


@public
def login(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@staff
def logout(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@public
def second_factor(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@public
def locked_out(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@staff
def password_change(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@staff
def profile(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@staff
def totp(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.ADMINISTRATOR)
def users(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.ADMINISTRATOR)
def user_new(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.ADMINISTRATOR)
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=501)


@only(Role.ADMINISTRATOR)
def user_reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=501)


@staff
def units(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@staff
def unit(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(status=501)
