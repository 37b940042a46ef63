"""How a program signs in to the API. Apart from accounts.api, because Django REST framework loads it first of all."""

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import actions
from accounts.models import ApiToken, User
from common import client
from common.budgets import Limit, spend

REQUESTS_PER_TOKEN = Limit(
    name="api-token", most=3000, per=timedelta(minutes=1), refusal="这个密钥一分钟内请求得太多了，请过一分钟再试。"
)
WRONG_KEYS_PER_CLIENT = Limit(
    name="api-wrong-key", most=30, per=timedelta(hours=1), refusal="密钥试错太多次了，请过一小时再试。"
)
# Said of every key that opens nothing: unknown, revoked, or of somebody who left.
INVALID = "密钥无效。请核对，或请系统管理员重新发放。"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token …`. A client's key leaves the request without a user; `request.auth` is the token."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, ApiToken] | None:
        scheme, _, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "token":
            return None
        now = timezone.now()
        token = actions.token_of(key.strip(), at=now)
        if token is None:
            spend(WRONG_KEYS_PER_CLIENT, client.network(request), at=now)
            raise AuthenticationFailed(INVALID)
        spend(REQUESTS_PER_TOKEN, str(token.pk), at=now)
        return token.user or AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        return "Token"
