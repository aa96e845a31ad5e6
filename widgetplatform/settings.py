"""Settings, driven by environment variables; docs/operating.md lists them all.

Without any variable the project runs on embedded defaults: one process, SQLite, process memory, files in ``DATA_DIR``.
``PRODUCTION=1`` asks for real keys and hosts; ``DATABASE_URL`` and ``REDIS_URL`` bring PostgreSQL and Redis.
"""

import sys
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from widgetplatform.env import env_bool, env_int, env_list, env_str
from widgetplatform.keys import embedded_keys, production_keys

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env_str("DATA_DIR", str(BASE_DIR / "var"))).resolve()
PRODUCTION = env_bool("PRODUCTION", False)
DEBUG = env_bool("DEBUG", False)
DATABASE_URL = env_str("DATABASE_URL")
REDIS_URL = env_str("REDIS_URL")

_keys = production_keys() if PRODUCTION else embedded_keys(DATA_DIR)
SECRET_KEY = _keys.secret
SESSION_SIGNING_KEYS = _keys.signing
SECRETS_KEYS = _keys.sealing

ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts of this installation, without *")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [])
TRUSTED_PROXIES = env_int("TRUSTED_PROXIES", 0)  # how many proxies of ours append to X-Forwarded-For
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    # Only runserver needs daphne; in any other process it costs 27 MB (it must come before staticfiles).
    *(["daphne"] if "runserver" in sys.argv else []),
    "widgetplatform.site.apps.AdminConfig",  # django.contrib.admin, with our name and order
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "widgetplatform",
    "accounts",
    "files",
    "bots",
    "widgets",
    "sessions_api",
    "widgetplatform.site",
]

MIDDLEWARE = [
    "widgetplatform.health.HealthMiddleware",
    "widgetplatform.middleware.SecurityMiddleware",
    "widgetplatform.logs.RequestIdMiddleware",
    "widgetplatform.cors.WidgetCorsMiddleware",
    "widgetplatform.middleware.SessionMiddleware",
    "widgetplatform.middleware.CommonMiddleware",
    "widgetplatform.middleware.CsrfViewMiddleware",
    "widgetplatform.middleware.AuthenticationMiddleware",
    "widgetplatform.middleware.MessageMiddleware",
    "widgetplatform.middleware.XFrameOptionsMiddleware",
    "widgetplatform.csp.PagePolicyMiddleware",
    "widgetplatform.turnstile.TurnstileMiddleware",
]
ROOT_URLCONF = "widgetplatform.urls"
ASGI_APPLICATION = "widgetplatform.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False  # the API's routes have none; the admin's own redirect stays

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Database
if DATABASE_URL:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(DATA_DIR / "db.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
            },
            # Threads of the journal and of Celery must see the tests' rows, which an in-memory database does not give.
            "TEST": {"NAME": str(DATA_DIR / "test.sqlite3")},
        }
    }

# Cache, channel layer, tasks: process memory, or Redis where many processes share them
CACHES: dict[str, dict[str, object]]
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},  # a Redis that hangs must not hang visitors
        }
    }
    CHANNEL_LAYERS = {
        "default": {
            # The core layer was measured to lose 36 to 57 % silently at 20 busy sockets; pub/sub none.
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
    CELERY_BROKER_URL = REDIS_URL
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "widgetplatform.layers.LoopSafeLayer", "CONFIG": {"capacity": 10_000}}}
    CELERY_BROKER_URL = "memory://localhost"  # kombu warns where no host is named
EMBEDDED_WORKER = env_bool("EMBEDDED_WORKER", not REDIS_URL)
# Without time-outs who queues something waits for ever for a Redis that hangs; what could not be queued the beat queues later.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 3, "socket_connect_timeout": 2} if REDIS_URL else {"polling_interval": 0.05}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 0}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "requeue-embedding": {"task": "bots.tasks.requeue_embedding", "schedule": 60.0},
    "requeue-setups": {"task": "widgets.tasks.requeue_setups", "schedule": 20.0},
    "settle-uploads": {"task": "files.tasks.settle_uploads", "schedule": 3600.0},
    "remove-orphans": {"task": "files.tasks.remove_orphans", "schedule": 86_400.0},
    "forget-channel-messages": {"task": "sessions_api.tasks.forget_channel_messages", "schedule": 600.0},
}

# Files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "media"
S3_BUCKET = env_str("S3_BUCKET")
if S3_BUCKET:
    _endpoint = env_str("S3_ENDPOINT")
    _files = {
        "BACKEND": "files.stores.s3.S3Store",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": _endpoint or None,
            "region_name": env_str("S3_REGION", "us-east-1"),
            "access_key": env_str("S3_ACCESS_KEY") or None,  # without one, what boto3 finds: the machine's own role
            "secret_key": env_str("S3_SECRET_KEY") or None,
            # Stores of one's own rarely have a host name for each bucket.
            "addressing_style": "path" if _endpoint else "auto",
        },
    }
else:
    _files = {"BACKEND": "files.stores.folder.FolderStore"}
STORAGES = {"default": _files, "staticfiles": {"BACKEND": "widgetplatform.static.HashedStorage"}}

# People
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
LOGIN_URL = "admin:login"

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["widgetplatform.api.permissions.HasScope"],
    "DEFAULT_PARSER_CLASSES": ["widgetplatform.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "widgetplatform.api.schema.VerbSchema",
    "EXCEPTION_HANDLER": "widgetplatform.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ChatWidget API",
    "DESCRIPTION": "Widgets, bots, datasets and conversations. Reads are GET, everything else is POST to a verb path.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["widgetplatform.api.schema.without_aliases"],
    "POSTPROCESSING_HOOKS": [],  # enums stay where they are: half of ours are fields called type
    "CAMELIZE_NAMES": True,  # {botId} in paths, as everywhere on the wire
}
CORS_URLS_REGEX = r"^/api/v1/(integration/widget/[^/]+/session/create|conversation/)"  # who is allowed: widgetplatform/cors.py
CORS_ALLOW_METHODS = ["GET", "POST", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "idempotency-key", "x-timezone"]
CORS_EXPOSE_HEADERS = ["retry-after", "x-request-id"]
CORS_PREFLIGHT_MAX_AGE = 600
DATA_UPLOAD_MAX_MEMORY_SIZE = env_int("MAX_BODY_BYTES", 1_048_576)
FILE_BYTES = env_int("FILE_BYTES", 20_971_520)  # of an upload
FILE_TYPES = env_list("FILE_TYPES", [])  # media types; none: files.sniff.ALLOWED_TYPES
FILE_LINK_SECONDS = env_int("FILE_LINK_SECONDS", 300)  # how long a download link works
FILE_UPLOAD_SECONDS = env_int("FILE_UPLOAD_SECONDS", 900)  # how long an upload may be on its way

# Text of files is extracted in a child process with these limits
EXTRACT_SECONDS = env_int("EXTRACT_SECONDS", 20)
EXTRACT_MEMORY_MB = env_int("EXTRACT_MEMORY_MB", 512)
EXTRACT_CHARACTERS = env_int("EXTRACT_CHARACTERS", 2_000_000)

# The way out to addresses that others chose: fetcher/
FETCH_PORTS = env_list("FETCH_PORTS", ["80", "443"])
FETCH_ALLOWED_HOSTS = env_list("FETCH_ALLOWED_HOSTS", [])  # host or host:port; may be private, on any port

# Sites whose pages are records of a dataset: bots/crawling/
SOURCE_PAGES = env_int("SOURCE_PAGES", 1000)  # of one sitemap
SOURCE_PAGE_BYTES = env_int("SOURCE_PAGE_BYTES", 10_485_760)
SOURCE_SECONDS = env_int("SOURCE_SECONDS", 20)  # of one request
SOURCE_DELAY_SECONDS = env_int("SOURCE_DELAY_SECONDS", 10)  # the longest Crawl-delay that is kept

# Who asks how often; counted in the shared cache
TOKEN_REQUESTS_PER_MINUTE = env_int("TOKEN_REQUESTS_PER_MINUTE", 20_000)
ADDRESS_REQUESTS_PER_MINUTE = env_int("ADDRESS_REQUESTS_PER_MINUTE", 20_000)
AUTH_FAILURES_PER_MINUTE = env_int("AUTH_FAILURES_PER_MINUTE", 300)  # an address
LOGIN_FAILURES_PER_MINUTE = env_int("LOGIN_FAILURES_PER_MINUTE", 10)  # an address and user name

# Conversations (units in the names; PROTOCOL and docs/protocol.md)
MESSAGE_BYTES = env_int("MESSAGE_BYTES", 32_768)
FRAME_BYTES = env_int("FRAME_BYTES", 262_144)
SENDS_PER_MINUTE = env_int("SENDS_PER_MINUTE", 10)
SENDS_BURST = env_int("SENDS_BURST", 5)
SESSIONS_PER_MINUTE = env_int("SESSIONS_PER_MINUTE", 30)  # new sessions an address
SOCKETS_PER_CONVERSATION = env_int("SOCKETS_PER_CONVERSATION", 20)
SOCKETS_PER_ADDRESS = env_int("SOCKETS_PER_ADDRESS", 500)
HELLO_SECONDS = env_int("HELLO_SECONDS", 5)
HEARTBEAT_SECONDS = env_int("HEARTBEAT_SECONDS", 20)
SILENCE_SECONDS = env_int("SILENCE_SECONDS", 60)
LEASE_SECONDS = env_int("LEASE_SECONDS", 15)
SWEEP_SECONDS = env_int("SWEEP_SECONDS", 3)
REPLY_ATTEMPTS = env_int("REPLY_ATTEMPTS", 3)
REPLY_SECONDS = env_int("REPLY_SECONDS", 300)
REPLY_BYTES = env_int("REPLY_BYTES", 262_144)
CHANNEL_SECONDS = env_int("CHANNEL_SECONDS", 86_400)
ATTACHMENTS_PER_CONVERSATION = env_int("ATTACHMENTS_PER_CONVERSATION", 50)

# Language models: bots/providers.py. Those of the environment are there for every operator
DEFAULT_PROVIDER = env_str("DEFAULT_PROVIDER", "openai")  # whose a model is that names no provider
OPENAI_API_KEY = env_str("OPENAI_API_KEY")
OPENAI_BASE_URL = env_str("OPENAI_BASE_URL", "https://api.openai.com/v1")
ANTHROPIC_API_KEY = env_str("ANTHROPIC_API_KEY")
GEMINI_API_KEY = env_str("GEMINI_API_KEY")
OLLAMA_BASE_URL = env_str("OLLAMA_BASE_URL")
PROVIDER_CONNECT_SECONDS = env_int("PROVIDER_CONNECT_SECONDS", 10)
PROVIDER_FIRST_SECONDS = env_int("PROVIDER_FIRST_SECONDS", 60)  # until the first piece
PROVIDER_NEXT_SECONDS = env_int("PROVIDER_NEXT_SECONDS", 30)  # between two pieces
PROVIDER_RETRIES = env_int("PROVIDER_RETRIES", 2)  # before the first piece
CONTEXT_TOKENS = env_int("CONTEXT_TOKENS", 16_000)  # of the talk so far that a model gets to read
CALL_SECONDS = env_int("CALL_SECONDS", 30)  # of a function of the page, a channel's answer or an MCP tool
CONFIRM_SECONDS = env_int("CONFIRM_SECONDS", 120)  # how long a visitor may think about what the bot wants to do

# Budgets, in tokens of language models; 0 is without end. An operator's own (in the admin) may be smaller
REPLY_TOKENS = env_int("REPLY_TOKENS", 4_096)  # that a model may write for one reply
SESSION_TOKENS = env_int("SESSION_TOKENS", 400_000)  # a conversation
WIDGET_TOKENS_PER_DAY = env_int("WIDGET_TOKENS_PER_DAY", 5_000_000)
OWNER_TOKENS_PER_MONTH = env_int("OWNER_TOKENS_PER_MONTH", 50_000_000)

# Translation of the operators' texts: widgets/translators/
TRANSLATOR = env_str("TRANSLATOR", "none")  # none, llm, deepl, libretranslate, fast
TRANSLATOR_MODEL = env_str("TRANSLATOR_MODEL")  # of llm, as a bot's: openai:gpt-5-mini
DEEPL_API_KEY = env_str("DEEPL_API_KEY")
DEEPL_URL = env_str("DEEPL_URL")  # none: the paid or the free service's own, as the key says
LIBRETRANSLATE_URL = env_str("LIBRETRANSLATE_URL")
LIBRETRANSLATE_API_KEY = env_str("LIBRETRANSLATE_API_KEY")
TRANSLATOR_SECONDS = env_int("TRANSLATOR_SECONDS", 60)  # of one request
TRANSLATOR_REQUESTS = env_int("TRANSLATOR_REQUESTS", 4)  # at once, in all processes together
TRANSLATOR_ATTEMPTS = env_int("TRANSLATOR_ATTEMPTS", 5)  # of a language, before it counts as failed
SETUP_ON_CHANGE = env_bool("SETUP_ON_CHANGE", False)  # translate whenever texts or languages change, without being asked

# Reading aloud
SPEECH_PROVIDER = env_str("SPEECH_PROVIDER")  # openai, espeak, or none
SPEECH_URL = env_str("SPEECH_URL")
SPEECH_KEY = env_str("SPEECH_KEY")
SPEECH_MODEL = env_str("SPEECH_MODEL", "gpt-4o-mini-tts")
SPEECH_VOICE = env_str("SPEECH_VOICE")
SPEECH_SECONDS = env_int("SPEECH_SECONDS", 30)
SPEECH_CHARACTERS = env_int("SPEECH_CHARACTERS", 4096)

METRICS_TOKEN = env_str("METRICS_TOKEN")  # who shows it reads /metrics; in production nobody else does
EXTRA_ENGINES: dict[str, str] = dict(entry.split("=", 1) for entry in env_list("EXTRA_ENGINES", []))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "widgetplatform.logs.RequestIdFilter"}},
    "formatters": {"json": {"()": "widgetplatform.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "WARNING")},
    "loggers": {"django.server": {"handlers": ["console"], "propagate": False}},
}
