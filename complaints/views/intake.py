from django.http import HttpRequest, HttpResponse

from accounts.access import public


@public
def new(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@public
def new_step(request: HttpRequest, step: str) -> HttpResponse:
    return HttpResponse(status=501)


@public
def add_photo(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@public
def remove_photo(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse(status=501)


@public
def receipt(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@public
def receipt_picture(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)
