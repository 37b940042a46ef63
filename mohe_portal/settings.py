"""Every setting that differs between machines comes from the environment; .env.example documents each.

Without PRODUCTION the portal runs embedded: SQLite, a folder as the queue, a key of its own, all under VAR_DIR.
With PRODUCTION=1 it refuses to start half-configured.
"""

import secrets
from datetime import time
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from environs import Env
from whitenoise.compress import Compressor

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

PRODUCTION: bool = env.bool("PRODUCTION", False)
DEBUG: bool = env.bool("DEBUG", False)
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media"))).resolve()
DATABASE_URL: str = env.str("DATABASE_URL", "")
REDIS_URL: str = env.str("REDIS_URL", "")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
SECRET_KEY: str = env.str("SECRET_KEY", "")
# Keys for encrypted columns, newest first: new rows use the first, old rows are read with any.
FIELD_KEYS: list[str] = env.list("FIELD_KEYS", [])
# Key of the digests by which phones and tracking codes are found. Changing it makes every stored one unfindable.
LOOKUP_KEY: str = env.str("LOOKUP_KEY", "")
LONG_ENOUGH = 50  # characters of a key
# How many proxies of ours stand in front; 0 means X-Forwarded-* is never believed.
TRUSTED_PROXY_COUNT: int | None = env.int("TRUSTED_PROXY_COUNT", None)


def _refuse_half_configured_production() -> None:
    required = {
        "SECRET_KEY": len(SECRET_KEY) >= LONG_ENOUGH,
        "FIELD_KEYS": all(len(key) >= LONG_ENOUGH for key in FIELD_KEYS if key),
        "LOOKUP_KEY": not LOOKUP_KEY or len(LOOKUP_KEY) >= LONG_ENOUGH,
        "ALLOWED_HOSTS": bool(ALLOWED_HOSTS) and "*" not in ALLOWED_HOSTS,
        "TRUSTED_PROXY_COUNT": TRUSTED_PROXY_COUNT is not None,
        "DATABASE_URL": DATABASE_URL.startswith(("postgres://", "postgresql://")),
        "REDIS_URL": REDIS_URL.startswith(("redis://", "rediss://", "unix://")),
        "DEBUG=0": not DEBUG,
    }
    missing = [name for name, given in required.items() if not given]
    if missing:
        names = "、".join(missing)
        # SystemExit and not ImproperlyConfigured: one line for the operator, no traceback.
        raise SystemExit(
            f"正式环境的设置不全：请填好 {names}，填法见 .env.example。Set {names} properly; .env.example says how."
        )


def _embedded_secret_key() -> str:
    """A key made on the first start and kept beside the database it protects."""
    kept = VAR_DIR / "secret_key"
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    try:
        with kept.open("x") as new:
            kept.chmod(0o600)
            new.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return kept.read_text().strip()


if PRODUCTION:
    _refuse_half_configured_production()
else:
    SECRET_KEY = SECRET_KEY or _embedded_secret_key()
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]"]
TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT or 0

FIELD_KEYS = [key for key in FIELD_KEYS if key] or [SECRET_KEY]
LOOKUP_KEY = LOOKUP_KEY or SECRET_KEY

# --- apps -------------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "leaflet",
    "rest_framework",
    "drf_spectacular",
    "template_partials",
    # Ours, lowest first: each may import those above it in this list, never below.
    "common",
    "audit",
    "notifications",
    "accounts",
    "grids",
    "complaints",
    "volunteers",
    "progress",
    "projects",
    "library",
    "publicity",
    "meetings",
    "supervision",
    "reports",
    "mohe_portal",
]
MIDDLEWARE = [
    "common.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Django's own adds random padding, which takes the ground from attacks that read secrets off compressed sizes.
    "django.middleware.gzip.GZipMiddleware",
    "common.middleware.unavailable_database_is_503",
    "common.revisions.read_once_to_show",
    "common.revalidation.vary_not_by_cookie",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.middleware.sign_in_first",
    "accounts.middleware.idle_sign_out",
    "accounts.middleware.first_password_change",
    "accounts.middleware.second_factor_first",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "common.middleware.show_domain_errors",
    "common.middleware.say_what_is_not_allowed",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "mohe_portal.urls"
WSGI_APPLICATION = "mohe_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "template_partials.templatetags.partials",
                "common.templatetags.components",
                "common.templatetags.fields",
                "complaints.templatetags.cases",
                "progress.templatetags.flags",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mohe_portal.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- database, cache, queue -------------------------------------------------------------------------------------------

SQLITE_OPTIONS = {
    # IMMEDIATE takes the write lock at BEGIN, so that read-then-write never fails half way with "locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;",
}
POSTGRES_OPTIONS = {
    "connect_timeout": 3,
    "options": "-c statement_timeout=10s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s",
}


def _database() -> dict[str, Any]:
    default = f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
    # Kept open: opening SQLite's file reads the whole schema, which takes longer than most pages.
    config: dict[str, Any] = dict(dj_database_url.parse(DATABASE_URL or default)) | {"CONN_MAX_AGE": 60}
    if config["ENGINE"].endswith("sqlite3"):
        Path(config["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        return config | {"OPTIONS": SQLITE_OPTIONS}
    return config | {"CONN_HEALTH_CHECKS": True, "OPTIONS": POSTGRES_OPTIONS}


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "portal",
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(VAR_DIR / "cache"),
        }
    }

BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost/"
if REDIS_URL:
    # A hung Redis must not hold a request: the outbox row is the record, the queue only makes it fast.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
        "retry_on_timeout": False,
        "max_retries": 0,
    }
else:
    BROKER_DIR.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.1,
    }
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 660
CELERY_TASK_SOFT_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
# What happens at times of day stands in mohe_portal.schedule; beat only asks often enough what is due.
# A request that nobody took up in time is answered by the next one.
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "mohe_portal.tasks.heartbeat", "schedule": 30.0},
    "deliver-waiting-notices": {
        "task": "notifications.tasks.deliver_waiting",
        "schedule": 15.0,
        "options": {"expires": 60},
    },
    "make-exports": {"task": "complaints.tasks.make_exports", "schedule": 30.0, "options": {"expires": 60}},
    "run-due-jobs": {"task": "mohe_portal.tasks.run_due_jobs", "schedule": 30.0, "options": {"expires": 60}},
}

# --- people -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.PortalBackend"]
SESSION_ENGINE = "accounts.sessions"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.UnlikeTheNameValidator"},
    {"NAME": "accounts.passwords.LongEnoughValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "accounts.passwords.UncommonValidator"},
    {"NAME": "accounts.passwords.ThreeOfFourKindsValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says how long to wait: trying again must not add to it
AXES_USERNAME_CALLABLE = "accounts.lockout.counted_name"
AXES_CLIENT_IP_CALLABLE = "common.client.address"
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # the audit log records sign-ins
OTP_TOTP_ISSUER = "漠河创城"
# Whether accounts.models.PRIVILEGED must set a second factor up before they work; else it is only advised.
REQUIRE_SECOND_FACTOR: bool = env.bool("REQUIRE_SECOND_FACTOR", False)
SESSION_IDLE_MINUTES: int = env.int("SESSION_IDLE_MINUTES", 30)

# --- transport and browser safety -------------------------------------------------------------------------------------

SECURE_COOKIES: bool = env.bool("SECURE_COOKIES", PRODUCTION)
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE_COOKIES
SECURE_HSTS_SECONDS = 31536000 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A phone photo is up to 20 MB; six of them are sent one by one, or together where there is no JavaScript.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 12  # more than may be kept, so that the seventh is refused in words
PHOTO_MAX_BYTES = 20 * 1024 * 1024

TILE_URL: str = env.str("TILE_URL", "")
TILE_ATTRIBUTION: str = env.str("TILE_ATTRIBUTION", "")
TILE_ORIGIN: str = env.str("TILE_ORIGIN", "")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Leaflet and Bootstrap draw some marks from data: images; photos chosen but not yet sent show as blob:.
        "img-src": [SELF, "data:", "blob:", *([TILE_ORIGIN] if TILE_ORIGIN else [])],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- pages ------------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
# The city's time, whatever TZ the machine runs in: deadlines, months and pages must agree (docs/adr/0010).
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", ("guide", BASE_DIR / "docs" / "img" / "guide")]
# Hashed names want a collectstatic first; tests and DEBUG serve straight from the finders.
STATIC_MANIFEST: bool = env.bool("STATIC_MANIFEST", not DEBUG)
MEDIA_URL = "media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
# Source maps are for engineers only, and compressing them takes longer than all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
FILE_UPLOAD_PERMISSIONS = 0o640

LEAFLET_CONFIG = {"TILES": [], "RESET_VIEW": False, "NO_GLOBALS": True}

FOOTER = {
    "sponsor": env.str("SITE_SPONSOR", "（由设置填写）"),
    "organizer": env.str("SITE_ORGANIZER", "漠河市创城办"),
    "site_id": env.str("SITE_ID_CODE", "（由设置填写）"),
    "icp": env.str("SITE_ICP", "（由设置填写）"),
    "police": env.str("SITE_POLICE_RECORD", "（由设置填写）"),
    "hotline": env.str("SITE_HOTLINE", ""),
    "hotline_hours": env.str("SITE_HOTLINE_HOURS", "每天 8:00–18:00"),
    "error_report_url": env.str("SITE_ERROR_REPORT_URL", ""),
}
CONTACT_RETENTION_DAYS: int = env.int("CONTACT_RETENTION_DAYS", 180)
# Cases from one network (/24 or /64) in an hour; six times as many in a day, ten times as many photos.
INTAKE_PER_CLIENT_HOUR: int = env.int("INTAKE_PER_CLIENT_HOUR", 60)
# A form filled in faster than this is looked at by a person, unless its browser did the proof of work.
INTAKE_FASTEST_SECONDS: int = env.int("INTAKE_FASTEST_SECONDS", 5)

# --- notices ----------------------------------------------------------------------------------------------------------

# inbox: only what people chose leaves the portal. file, http: everybody's notices go there too, for outside checks.
NOTICE_BACKEND: str = env.str("NOTICE_BACKEND", "inbox")
NOTICE_FILE = Path(env.str("NOTICE_FILE", str(VAR_DIR / "notices.jsonl")))
NOTICE_HTTP_URL: str = env.str("NOTICE_HTTP_URL", "")
# The portal's own address, for links in messages that leave it, like https://example.gov.cn
SITE_URL: str = env.str("SITE_URL", "").rstrip("/")
EMAIL_HOST: str = env.str("EMAIL_HOST", "")
EMAIL_PORT: int = env.int("EMAIL_PORT", 465)
EMAIL_HOST_USER: str = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD: str = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL: bool = env.bool("EMAIL_USE_SSL", EMAIL_PORT == 465)
EMAIL_USE_TLS: bool = env.bool("EMAIL_USE_TLS", EMAIL_PORT == 587)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL: str = env.str("EMAIL_FROM", "") or EMAIL_HOST_USER or "portal@localhost"
SMS_GATEWAY_URL: str = env.str("SMS_GATEWAY_URL", "")
SMS_GATEWAY_TOKEN: str = env.str("SMS_GATEWAY_TOKEN", "")
# Whether people may have notices sent to a group robot (WeCom, DingTalk) whose address they type in themselves,
# and whether such an address may lie inside the network.
NOTICE_ROBOTS: bool = env.bool("NOTICE_ROBOTS", True)
ALLOW_PRIVATE_WEBHOOKS: bool = env.bool("ALLOW_PRIVATE_WEBHOOKS", False)


def _hours(text: str) -> tuple[time, time]:
    begin, _, end = text.partition("-")
    return time.fromisoformat(begin), time.fromisoformat(end)


# In these hours only what is urgent leaves the portal.
NOTICE_QUIET_HOURS = _hours(env.str("NOTICE_QUIET_HOURS", "22:00-07:00"))

# --- API --------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    # A token first: it also says how a refused request may sign in (401).
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.api.problem_json",
    # The document names parameters as the addresses do.
    "SCHEMA_COERCE_PATH_PK": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "漠河创城",
    "VERSION": "1",
    "DESCRIPTION": "错误都是 application/problem+json，`code` 不变，`detail` 给人看。时间是带时区的 ISO 8601。",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "StateEnum": "complaints.workflow.State",
        "ChannelEnum": "complaints.models.Channel",
        "GroupEnum": "complaints.models.ProblemGroup",
        "MoveEnum": "complaints.workflow.Move",
        "StaffMoveEnum": "complaints.api.serializers.STAFF_MOVES",
        "LightEnum": "complaints.models.complaint.Light",
        "UnitKindEnum": "accounts.models.Unit.Kind",
    },
}

# --- logs -------------------------------------------------------------------------------------------------------------

LOG_LEVEL: str = env.str("LOG_LEVEL", "INFO")
# line for people, json for a log store.
LOG_FORMAT: str = "json" if env.str("LOG_FORMAT", "line").lower() == "json" else "line"
# Who brings it may read /metrics from another machine; empty: this machine only.
METRICS_TOKEN: str = env.str("METRICS_TOKEN", "")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "common.logs.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
        "json": {"()": "common.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "axes": {"level": "ERROR"},  # it logs the names people try; the audit log keeps what matters
    },
}

SILENCED_SYSTEM_CHECKS: list[str] = []
