# Vigie as an image: `docker build -t vigie .`, or `--build-arg BROWSER=0` for one without browser (no smoke checks).
ARG BASE=docker.io/library/debian:trixie-slim

FROM ${BASE} AS build
ARG BROWSER=1
# No versions: Debian keeps one, and its point releases are security fixes.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY requirements/run.txt requirements/browser.txt requirements/
# Locked, hashed, and wheels alone: building a source package would fetch and run what no hash covers.
RUN python3 -m venv /opt/vigie \
    && if [ "${BROWSER}" = 1 ]; then set=browser; else set=run; fi \
    && /opt/vigie/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes --only-binary=:all: --requirement "requirements/${set}.txt"
COPY agent agent
COPY checks checks
# The two packages go in as they are: no builder is fetched, and what runs is what was tested.
RUN cp -r agent checks "$(/opt/vigie/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    && printf '#!/opt/vigie/bin/python\nimport sys\nfrom agent.__main__ import main\nsys.exit(main())\n' > /opt/vigie/bin/vigie \
    && chmod 755 /opt/vigie/bin/vigie \
    && /opt/vigie/bin/python -m compileall -q /opt/vigie/lib \
    && /opt/vigie/bin/python -m pip uninstall --yes --quiet pip

FROM ${BASE}
ARG BROWSER=1
ARG VERSION=0
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="Vigie" \
    org.opencontainers.image.description="Watches websites, opens one good ticket per anomaly and proves what the maintenance contract promised." \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.created="${CREATED}" \
    org.opencontainers.image.base.name="docker.io/library/debian:trixie-slim"
# libatomic1: the browser's driver does not start without it, and no package asks for it.
# hadolint ignore=DL3008
RUN set -- ca-certificates python3 tzdata \
    && if [ "${BROWSER}" = 1 ]; then set -- "$@" chromium-headless-shell libatomic1 fonts-liberation; fi \
    && apt-get update \
    && apt-get install --yes --no-install-recommends "$@" \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 vigie \
    && useradd --system --uid 10001 --gid vigie --home-dir /var/lib/vigie --shell /usr/sbin/nologin vigie \
    && install -d -o vigie -g vigie -m 0750 /var/lib/vigie \
    # Paths of a configuration are relative to it, and the shipped one keeps its state in `var`.
    && install -d /etc/vigie \
    && ln -s /var/lib/vigie /etc/vigie/var
COPY --from=build /opt/vigie /opt/vigie
COPY LICENSE /usr/share/doc/vigie/LICENSE
COPY config.toml /etc/vigie/config.toml
ENV PATH=/opt/vigie/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp
USER 10001:10001
WORKDIR /var/lib/vigie
VOLUME ["/var/lib/vigie"]
EXPOSE 8787
STOPSIGNAL SIGTERM
# A daemon whose loop hangs answers no more; the exec form needs no shell and no curl.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8787/healthz', timeout=4)"]
ENTRYPOINT ["vigie"]
CMD ["run", "--config", "/etc/vigie/config.toml"]
