from django.http import HttpRequest, HttpResponse

from accounts.access import staff


@staff
def queue(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)


@staff
def case(request: HttpRequest, number: str) -> HttpResponse:
    return HttpResponse(status=501)


@staff
def reveal_contact(request: HttpRequest, number: str) -> HttpResponse:
    return HttpResponse(status=501)


@staff
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    return HttpResponse(status=501)
