"""Who may open which address. Every view carries one of these decisions; a test fails the build if one does not."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.models import Role

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class Access:
    """The roles that may open a view; `public` is for everybody, signed in or not."""

    roles: frozenset[Role] = frozenset()
    public: bool = False


EVERYBODY = Access(public=True)
ALL_STAFF = Access(roles=frozenset(Role))


def public(view: View) -> View:
    """Anybody may open this page."""
    return _decided(view, EVERYBODY)


def staff(view: View) -> View:
    """Any signed-in person may open this page; what they see on it is the view's business."""
    return _decided(view, ALL_STAFF)


def only(*roles: Role) -> Callable[[View], View]:
    """Only people of these roles may open this page; others get 403."""

    def decorate(view: View) -> View:
        return _decided(view, Access(roles=frozenset(roles)))

    return decorate


def permit(allowed: bool) -> None:
    """Stop the request here unless `allowed`, which is a call to one of an app's permissions."""
    if not allowed:
        raise PermissionDenied


def _decided(view: View, access: Access) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not access.public:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            permit(request.user.role in access.roles)
        return view(request, *args, **kwargs)

    guarded.login_required = not access.public  # type: ignore[attr-defined]  # read by LoginRequiredMiddleware
    guarded.access = access  # type: ignore[attr-defined]  # read by the guard test
    return guarded  # type: ignore[return-value]  # wraps() keeps the signature
