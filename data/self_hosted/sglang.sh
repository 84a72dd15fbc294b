#!/bin/sh
# SGLang-Diffusion behind /v1/videos, without Docker. Not tried on a GPU by us (2026-11-29).
# Read in: SGLang's documentation (Install SGLang-Diffusion; sglang serve), its package 0.5.23.
# It has no key: only a network that nobody else can reach may reach it.
set -eu
MODEL=${MODEL:-Wan-AI/Wan2.1-T2V-1.3B-Diffusers}
PORT=${PORT:-30000}
VERSION=${VERSION:-0.5.23}

[ -d .venv ] || uv venv --python 3.12 --seed
. .venv/bin/activate
uv pip install "sglang[diffusion]==$VERSION" --prerelease=allow

# Finished clips stay in --output-path; with an empty one a take ends as failed.
exec sglang serve --model-path "$MODEL" --host 0.0.0.0 --port "$PORT" --output-path outputs/
