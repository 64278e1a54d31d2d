# The book in a container: build it with the locked packages, serve the static files. Nothing runs as root at the end.
#   docker build -t casefile . && docker run --rm -p 127.0.0.1:8000:8000 casefile
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /casefile
COPY . .
RUN make book

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home reader
USER 10001
COPY --from=build /casefile/_build/html /book
EXPOSE 8000
CMD ["python", "-m", "http.server", "8000", "--directory", "/book"]
