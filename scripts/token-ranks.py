#!/usr/bin/env python3
"""Writes the ranks of OpenAI's tokens in the form that the mock gateway reads.

    scripts/token-ranks.py cl100k_base.tiktoken src/gateway/dialects/tokens/cl100k_base.ranks
    scripts/token-ranks.py o200k_base.tiktoken src/gateway/dialects/tokens/o200k_base.ranks

The files that are read are those of tiktoken (MIT), a token in base64 and its rank on each line; their SHA-256 has to be the one that
tiktoken 0.14.0 expects. What is written: for each length from 1 to 128 the number of tokens that have it (32 bits, little-endian); then the
tokens, the short ones first and those of one length in order, each with its rank in three bytes (little-endian).
"""

import base64
import hashlib
import sys

EXPECTED = {
    "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}

source, target = sys.argv[1:]
with open(source, "rb") as file:
    text = file.read()
if hashlib.sha256(text).hexdigest() not in EXPECTED:
    sys.exit(f"{source} is not one of the files of tiktoken 0.14.0")

lengths = [[] for _ in range(129)]
for line in text.splitlines():
    token, rank = line.split()
    token = base64.b64decode(token)
    lengths[len(token)].append((token, int(rank)))

with open(target, "wb") as file:
    for tokens in lengths[1:]:
        file.write(len(tokens).to_bytes(4, "little"))
    for tokens in lengths[1:]:
        for token, rank in sorted(tokens):
            file.write(token + rank.to_bytes(3, "little"))
