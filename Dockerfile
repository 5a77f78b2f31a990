# The browser's part is built with Node, which stays out of the image that runs.
FROM node:22-slim AS frontend
WORKDIR /src
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc frontend/
RUN npm --prefix frontend ci --no-audit --no-fund
COPY frontend frontend
COPY static static
RUN npm --prefix frontend run build

FROM python:3.12-slim AS base
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
RUN useradd --create-home --uid 1000 maskwright && mkdir /data && chown maskwright /data
WORKDIR /srv/maskwright
COPY pyproject.toml constraints.txt README.md LICENSE alembic.ini ./
COPY app app
COPY worker worker
COPY migrations migrations
COPY templates templates
# The user below can write nothing here, so that each start would compile anew.
RUN python -m compileall -q app worker migrations

# The server starts and predicts without torch.
FROM base AS app
RUN pip install --constraint constraints.txt --editable .
COPY static static
COPY --from=frontend /src/static/build static/build
USER maskwright
ENV MASKWRIGHT_DATA_DIR=/data MASKWRIGHT_HOST=0.0.0.0 MASKWRIGHT_PORT=8000
EXPOSE 8000
VOLUME /data
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["sh", "-c", "maskwright migrate && exec maskwright serve"]

# A training machine; with the CUDA build of torch it uses the GPU that the container is given.
FROM base AS worker
RUN pip install --constraint constraints.txt --editable '.[worker]'
USER maskwright
ENV MASKWRIGHT_DATA_DIR=/data
VOLUME /data
CMD ["maskwright", "worker"]
