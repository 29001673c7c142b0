"""The Anthropic client for Python against the mock gateway: each line that begins with `held: ` is something that held."""

import sys

import anthropic

from checks import held, refused

BASE, KEY = sys.argv[1].removesuffix("/v1"), sys.argv[2]
client = anthropic.Anthropic(base_url=BASE, api_key=KEY, max_retries=0)
MODEL = "claude-sonnet-4-6"
USER = [{"role": "user", "content": "Say pong."}]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"name": "forecast", "input_schema": SCHEMA}]


answer = client.messages.create(model=MODEL, max_tokens=64, messages=USER)
held("messages", answer.content[0].text == "The mock gateway heard: Say pong." and answer.stop_reason == "end_turn")
counted = client.messages.count_tokens(model=MODEL, messages=USER)
held("the count of tokens", counted.input_tokens == answer.usage.input_tokens)
with client.messages.stream(model=MODEL, max_tokens=64, messages=USER) as stream:
    held("a stream", "".join(stream.text_stream) == "The mock gateway heard: Say pong.")
    held("what it comes to", stream.get_final_message().usage.output_tokens == answer.usage.output_tokens)
answer = client.messages.create(model=MODEL, max_tokens=64, messages=USER, tools=TOOLS)
call = answer.content[0]
held("tools", answer.stop_reason == "tool_use" and call.name == "forecast" and "city" in call.input)
result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "sun"}]}
back = USER + [{"role": "assistant", "content": answer.content}, result]
held("results of tools", client.messages.create(model=MODEL, max_tokens=64, messages=back, tools=TOOLS).stop_reason == "end_turn")
with client.messages.stream(model=MODEL, max_tokens=64, messages=USER, tools=TOOLS) as stream:
    held("streamed tools", stream.get_final_message().content[0].input == call.input)
thinking = {"type": "enabled", "budget_tokens": 1024}
with client.messages.stream(model=MODEL, max_tokens=2048, messages=USER, thinking=thinking) as stream:
    held("thoughts", [block.type for block in stream.get_final_message().content] == ["thinking", "text"])
answer = client.messages.create(model=MODEL, max_tokens=64, messages=USER, stop_sequences=[" heard"])
held("a sequence that stops", (answer.stop_reason, answer.stop_sequence) == ("stop_sequence", " heard"))
config = {"format": {"type": "json_schema", "schema": SCHEMA}}
held("structured output", client.messages.create(model=MODEL, max_tokens=64, messages=USER, output_config=config).content[0].text == '{"city":"city"}')
image = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
held("a picture", client.messages.create(model=MODEL, max_tokens=64, messages=[{"role": "user", "content": [image]}]).content[0].text.endswith("[image]"))
held("models", any(model.id == MODEL for model in client.models.list()) and client.models.retrieve(MODEL).display_name == "Claude Sonnet 4.6")

strange = anthropic.Anthropic(base_url=BASE, api_key="nobody-knows-it", max_retries=0)
refused("401", anthropic.AuthenticationError, 401, lambda: strange.messages.create(model=MODEL, max_tokens=1, messages=USER))
refused("404", anthropic.NotFoundError, 404, lambda: client.messages.create(model="claude-none", max_tokens=1, messages=USER))
error = refused("400", anthropic.BadRequestError, 400, lambda: client.messages.create(model=MODEL, max_tokens=0, messages=USER))
held("what is said", error.body["error"] == {"type": "invalid_request_error", "message": "max_tokens: Input should be greater than or equal to 1"})
error = refused("an unknown parameter", anthropic.BadRequestError, 400, lambda: client.messages.create(model=MODEL, max_tokens=1, messages=USER, extra_body={"zzzz": 1}))
held("its message", error.body["error"]["message"] == "zzzz: Extra inputs are not permitted")
