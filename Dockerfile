# The portal as an image: nothing secret in it, nothing running as root, nothing written but media and /tmp.

FROM node:20-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --loglevel=error
COPY assets assets
COPY scripts/build_assets.mjs scripts/
RUN node scripts/build_assets.mjs

FROM python:3.11-slim AS packages
WORKDIR /app
COPY requirements/uv.txt requirements/run.txt requirements/
RUN python -m pip install --no-cache-dir --require-hashes --no-deps --target /uv -r requirements/uv.txt \
    && python -m venv --without-pip /venv \
    && /uv/bin/uv pip sync --no-cache --require-hashes --compile-bytecode --python /venv requirements/run.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/app/var MEDIA_ROOT=/app/media
# pg_dump and pg_restore, for manage.py backup and restore.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 0750 /app/media
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
COPY --from=assets /app/static/dist static/dist
# The key that the settings make for themselves here is thrown away in the same step.
RUN VAR_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 --ignore rest_framework \
    && install -d var && mv /tmp/build/static var/static && rm -rf /tmp/build \
    && python -m compileall -q .
USER portal
EXPOSE 8000
CMD ["gunicorn"]
