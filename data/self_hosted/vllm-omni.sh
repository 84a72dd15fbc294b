#!/bin/sh
# vLLM-Omni behind /v1/videos, without Docker. Not tried on a GPU by us (2026-11-29).
# Read in: vLLM-Omni's documentation (quickstart; examples/online_serving/text_to_video), its package 0.30.0.
# Wants Linux, an NVIDIA card, Python 3.12 and https://docs.astral.sh/uv; vLLM and vLLM-Omni of the same release.
set -eu
MODEL=${MODEL:-Wan-AI/Wan2.1-T2V-1.3B-Diffusers}
PORT=${PORT:-8091}
VERSION=${VERSION:-0.30.0}

[ -d .venv ] || uv venv --python 3.12 --seed
. .venv/bin/activate
uv pip install "vllm==$VERSION" --torch-backend=auto
uv pip install "vllm-omni==$VERSION"

# With a key: set SERVER_KEY here, and the variable that key_env names in film.toml to the same where Circletake runs.
exec vllm serve "$MODEL" --omni --host 0.0.0.0 --port "$PORT" ${SERVER_KEY:+--api-key "$SERVER_KEY"}
