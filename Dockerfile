# One image for web, worker and setup; docker-compose.yml tells them apart by their command.
FROM python:3.12-slim AS packages
COPY requirements.txt requirements-s3.txt requirements-llm.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --disable-pip-version-check \
  -r requirements-s3.txt -r requirements-llm.txt

FROM python:3.12-slim
RUN useradd --uid 10001 --create-home chatwidget && install -d -o chatwidget -g chatwidget /data
COPY --from=packages /venv /venv
COPY . /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data HOST=0.0.0.0 PORT=8000
RUN python -m compileall -q /app
USER chatwidget
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "widgetplatform.server"]
