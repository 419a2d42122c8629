# docker build -t dechaff .
# docker run --rm -v "$PWD:/work" dechaff check scrapes/
FROM python:3.13-slim
COPY . /src
RUN pip install --no-cache-dir /src && rm -rf /src && useradd --create-home dechaff
USER dechaff
WORKDIR /work
ENTRYPOINT ["dechaff"]
