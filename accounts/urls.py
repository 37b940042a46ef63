from django.urls import path

from accounts import api, views

app_name = "accounts"
urlpatterns = [
    path("accounts/login/", views.login, name="login"),
    path("accounts/logout/", views.logout, name="logout"),
    path("accounts/second-factor/", views.second_factor, name="second_factor"),
    path("accounts/password/", views.password_change, name="password_change"),
    path("workbench/profile/", views.profile, name="profile"),
    path("workbench/profile/totp/", views.totp, name="totp"),
    path("workbench/profile/totp/begin/", views.totp_begin, name="totp_begin"),
    path("workbench/profile/totp/remove/", views.totp_remove, name="totp_remove"),
    path("workbench/users/", views.users, name="users"),
    path("workbench/users/new/", views.user_new, name="user_new"),
    path("workbench/users/<int:pk>/", views.user_edit, name="user_edit"),
    path("workbench/users/<int:pk>/reset-password/", views.user_reset_password, name="user_reset_password"),
    path(
        "workbench/users/<int:pk>/remove-second-factor/",
        views.user_remove_second_factor,
        name="user_remove_second_factor",
    ),
    path("workbench/tokens/", views.tokens, name="tokens"),
    path("workbench/tokens/new/", views.token_new, name="token_new"),
    path("workbench/tokens/<int:pk>/revoke/", views.token_revoke, name="token_revoke"),
    path("workbench/units/", views.units, name="units"),
    path("workbench/units/<str:code>/", views.unit, name="unit"),
    path("workbench/units/<str:code>/edit/", views.unit_edit, name="unit_edit"),
    path("api/v1/units/", api.Units.as_view(), name="api_units"),
]
