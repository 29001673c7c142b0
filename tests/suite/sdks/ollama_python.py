"""The Ollama client for Python against the mock gateway: each line that begins with `held: ` is something that held."""

import sys

import ollama

from checks import held

client = ollama.Client(host=sys.argv[1].removesuffix("/v1"))
MODEL = "gpt-oss:20b"
USER = [{"role": "user", "content": "Say pong."}]


answer = client.chat(model=MODEL, messages=USER)
held("chat", answer.message.content == "The mock gateway heard: Say pong." and answer.done_reason == "stop")
chunks = list(client.chat(model=MODEL, messages=USER, stream=True))
held("a stream", "".join(chunk.message.content for chunk in chunks) == answer.message.content)
held("its counts", chunks[-1].eval_count == answer.eval_count and chunks[-1].prompt_eval_count == answer.prompt_eval_count)
schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
tool = {"type": "function", "function": {"name": "forecast", "parameters": schema}}
call = client.chat(model=MODEL, messages=USER, tools=[tool]).message.tool_calls[0]
held("tools", call.function.name == "forecast" and "city" in call.function.arguments)
streamed = [chunk for chunk in client.chat(model=MODEL, messages=USER, tools=[tool], stream=True) if chunk.message.tool_calls]
held("streamed tools", streamed[0].message.tool_calls[0].function.name == "forecast")
held("structured output", client.chat(model=MODEL, messages=USER, format=schema).message.content == '{"city":"city"}')
held("thoughts", bool(client.chat(model=MODEL, messages=USER, think=True).message.thinking))
held("generation", client.generate(model=MODEL, prompt="Say pong.", options={"num_predict": 3}).done_reason == "length")
held("embeddings", len(client.embed(model="nomic-embed-text", input=["a", "b"]).embeddings) == 2)
held("the old embeddings", len(client.embeddings(model="nomic-embed-text", prompt="a").embedding) == 768)
held("models", any(model.model == MODEL for model in client.list().models))
held("what is known of a model", "tools" in client.show(MODEL).capabilities)
held("what is loaded", list(client.ps().models) == [])
try:
    client.chat(model="not a name", messages=USER)
    sys.exit("is not refused: a model with a blank")
except ollama.ResponseError as error:
    held("an error", error.status_code == 400 and error.error == "invalid model name")
