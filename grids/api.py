from django.http import HttpRequest, HttpResponse

from accounts.access import public


@public
def grids(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@public
def locate(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)
