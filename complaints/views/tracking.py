from django.http import HttpRequest, HttpResponse

from accounts.access import public


@public
def track(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@public
def tracked(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@public
def rate(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)
