"""The OpenAPI document of every JSON endpoint."""

from drf_spectacular.views import SpectacularAPIView

from accounts.access import EVERYBODY


class Schema(SpectacularAPIView):
    access = EVERYBODY
    authentication_classes = []
    permission_classes = []
