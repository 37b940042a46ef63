"""How programs sign in, who may call what, and the list of units."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import ALL_STAFF, EVERYBODY, Access
from accounts.models import ApiToken, Unit, User
from accounts.second_factor import is_owed_by
from accounts.tokens import TokenAuthentication


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # spectacular registers subclasses so
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token …`，由系统管理员发放。",
        }


class AsDecided(BasePermission):
    """Lets in whom the view's decision names; a token needs the view's scope, too."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, ApiToken) and view.scope_for(request) not in request.auth.scopes:
            return False
        access: Access = view.access_for(request)
        return access.public or (isinstance(request.user, User) and _may_come_in(request.user, access))

    message = "这个账号或密钥没有这项权限。"


def _may_come_in(user: User, access: Access) -> bool:
    """Of a role that may, and owing no step that the pages would ask for first."""
    if user.must_change_password or is_owed_by(user):
        raise PermissionDenied("请先在网页上改好初始密码、设好动态口令，再用接口。")
    return user.role in access.roles


def person(request: Request) -> User:
    """Who calls an endpoint that only staff may call."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


class Api(APIView):
    """An endpoint with an access decision, like the pages': who may call it, and the scope a token needs."""

    access: Access = ALL_STAFF
    scope: str = ""
    permission_classes = [AsDecided]

    def scope_for(self, request: Request) -> str:
        return self.scope

    def access_for(self, request: Request) -> Access:
        return self.access


class UnitSerializer(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ["code", "name", "kind", "is_active"]


class Units(Api):
    access = EVERYBODY
    authentication_classes = []

    @extend_schema(operation_id="units_list", summary="责任单位", tags=["units"], responses=UnitSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The responsible units, without the names and phones of their people."""
        return Response(UnitSerializer(Unit.objects.all(), many=True).data)
