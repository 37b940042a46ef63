from django.http import HttpRequest, HttpResponse

from accounts.access import public


@public
def photo(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse(status=501)
