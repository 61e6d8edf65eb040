# The program fun-asr with FFmpeg and the model of the local engine for English: works without network.
#
#   docker build -t fun-asr .
#   docker run --rm --init -u "$(id -u):$(id -g)" -v "$PWD:/data" fun-asr transcribe talks/
FROM node:22-bookworm-slim AS build
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm pack --pack-destination /tmp

FROM node:22-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /tmp/fun-asr-streams-*.tgz /tmp/
# FFmpeg is that of Debian: the packages that bring another one are not needed.
RUN npm install --global --ignore-scripts /tmp/fun-asr-streams-*.tgz \
  && rm -rf /tmp/fun-asr-streams-*.tgz "$(npm root --global)"/fun-asr-streams/node_modules/@ffmpeg-installer \
    "$(npm root --global)"/fun-asr-streams/node_modules/ffmpeg-static
ENV FFMPEG_PATH=/usr/bin/ffmpeg XDG_CACHE_HOME=/var/cache
RUN fun-asr engine pull && chmod -R a+rX /var/cache
USER node
WORKDIR /data
ENTRYPOINT ["fun-asr"]
CMD ["--help"]
