"""The Portkey client for Python against the mock gateway: each line that begins with `held: ` is something that held."""

import sys

from portkey_ai import Portkey

from checks import held

BASE, KEY = sys.argv[1], sys.argv[2]
USER = [{"role": "user", "content": "Say pong."}]
client = Portkey(base_url=BASE, api_key=KEY)


answer = client.chat.completions.create(model="@openai/gpt-5.5", messages=USER)
held("chat", answer.choices[0].message.content == "The mock gateway heard: Say pong.")
chunks = client.chat.completions.create(model="@openai/gpt-5.5", messages=USER, stream=True)
text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
held("a stream", text == "The mock gateway heard: Say pong.")
held("embeddings", len(client.embeddings.create(model="@openai/text-embedding-3-small", input="a").data) == 1)
try:
    Portkey(base_url=BASE, api_key="nobody-knows-it").chat.completions.create(model="@openai/gpt-5.5", messages=USER)
    sys.exit("is not refused: a key that nobody knows")
except Exception as error:
    held("401", type(error).__name__ == "AuthenticationError" and error.status_code == 401)
