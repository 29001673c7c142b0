"""The OpenAI client for Python against the mock gateway: each line that begins with `held: ` is something that held."""

import sys

import openai
from pydantic import BaseModel

from checks import held, refused

BASE, KEY = sys.argv[1], sys.argv[2]
client = openai.OpenAI(base_url=BASE, api_key=KEY, max_retries=0)
USER = [{"role": "user", "content": "Say pong."}]
TOOL = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}


class Place(BaseModel):
    city: str
    days: list[int]


answer = client.chat.completions.create(model="gpt-5.5", messages=USER)
held("chat", answer.choices[0].message.content == "The mock gateway heard: Say pong." and answer.usage.total_tokens > 2)
held("the id of a request", answer._request_id.startswith("req_"))

chunks = list(client.chat.completions.create(model="gpt-5.5", messages=USER, stream=True, stream_options={"include_usage": True}))
text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
held("a stream", text == "The mock gateway heard: Say pong." and chunks[-1].usage.prompt_tokens == answer.usage.prompt_tokens)

with client.chat.completions.stream(model="gpt-5.5", messages=USER) as stream:
    stream.until_done()
    held("a stream that is put together", stream.get_final_completion().choices[0].message.content == text)

tools = [{"type": "function", "function": {"name": name, "parameters": TOOL, "strict": True}} for name in ("forecast", "time")]
answer = client.chat.completions.create(model="gpt-5.5", messages=USER, tools=tools, parallel_tool_calls=True)
calls = answer.choices[0].message.tool_calls
held("tools", [call.function.name for call in calls] == ["forecast", "time"] and answer.choices[0].finish_reason == "tool_calls")
back = USER + [answer.choices[0].message] + [{"role": "tool", "tool_call_id": call.id, "content": "sun"} for call in calls]
answer = client.chat.completions.create(model="gpt-5.5", messages=back, tools=tools)
held("answers of tools", answer.choices[0].finish_reason == "stop")
with client.chat.completions.stream(model="gpt-5.5", messages=USER, tools=tools[:1]) as stream:
    stream.until_done()
    held("streamed tools", "city" in stream.get_final_completion().choices[0].message.tool_calls[0].function.parsed_arguments)

parsed = client.chat.completions.parse(model="gpt-5.5", messages=USER, response_format=Place)
held("structured output", isinstance(parsed.choices[0].message.parsed, Place))

answer = client.chat.completions.create(model="gpt-5.5", messages=USER, n=2, logprobs=True, top_logprobs=2, max_completion_tokens=3)
held("choices", len(answer.choices) == 2 and answer.choices[0].finish_reason == "length")
held("logprobs", len(answer.choices[0].logprobs.content) == 3 and len(answer.choices[0].logprobs.content[0].top_logprobs) == 2)

response = client.responses.create(model="gpt-5.5", input="Say pong.")
held("a response", response.output_text == "The mock gateway heard: Say pong." and response.status == "completed")
with client.responses.stream(model="gpt-5.5", input="Say pong.", reasoning={"summary": "auto"}) as stream:
    kinds = [event.type for event in stream]
    held("a streamed response", kinds[0] == "response.created" and kinds[-1] == "response.completed")
    held("what it comes to", stream.get_final_response().output_text == "The mock gateway heard: Say pong.")
parsed = client.responses.parse(model="gpt-5.5", input="Say pong.", text_format=Place)
held("a structured response", isinstance(parsed.output_parsed, Place))
tool = {"type": "function", "name": "forecast", "parameters": TOOL, "strict": True}
response = client.responses.create(model="gpt-5.5", input="Say pong.", tools=[tool])
call = response.output[0]
held("a call in a response", call.type == "function_call" and call.name == "forecast")
items = [{"role": "user", "content": "Say pong."}, call, {"type": "function_call_output", "call_id": call.call_id, "output": "sun"}]
held("its output", client.responses.create(model="gpt-5.5", input=items, tools=[tool]).output_text != "")

answer = client.completions.create(model="gpt-3.5-turbo-instruct", prompt="Say pong.", max_tokens=4, logprobs=1)
held("a completion", answer.choices[0].finish_reason == "length" and len(answer.choices[0].logprobs.tokens) == 4)
answer = client.embeddings.create(model="text-embedding-3-small", input=["a", "b"], dimensions=8)
held("embeddings", [len(one.embedding) for one in answer.data] == [8, 8])
held("models", any(model.id == "gpt-5.5" for model in client.models.list()) and client.models.retrieve("gpt-5.5").id == "gpt-5.5")
held("moderation", client.moderations.create(input=["a", "b"]).results[1].flagged is False)
held("pictures", client.images.generate(model="gpt-image-1", prompt="a cat", n=2).data[1].b64_json.startswith("iVBOR"))
held("edited pictures", len(client.images.edit(model="gpt-image-1", prompt="a hat", image=("a.png", b"\x89PNG")).data) == 1)
held("speech", client.audio.speech.create(model="tts-1", voice="alloy", input="Hi").content.startswith(b"RIFF"))
held("a transcription", client.audio.transcriptions.create(model="whisper-1", file=("talk.mp3", b"x")).text.endswith("talk.mp3"))
segments = client.audio.transcriptions.create(model="whisper-1", file=("talk.mp3", b"x"), response_format="verbose_json", timestamp_granularities=["segment"])
held("its segments", segments.segments[0].text == segments.text)
file = client.files.create(file=("requests.jsonl", b"{}"), purpose="batch")
held("a file", file.bytes == 2 and file.filename == "requests.jsonl" and client.files.delete(file.id).deleted)
batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
held("a batch", batch.status == "validating" and client.batches.retrieve(batch.id).status == "completed")

strange = openai.OpenAI(base_url=BASE, api_key="nobody-knows-it", max_retries=0)
refused("401", openai.AuthenticationError, 401, lambda: strange.models.list())
refused("404", openai.NotFoundError, 404, lambda: client.chat.completions.create(model="gpt-none", messages=USER))
error = refused("400", openai.BadRequestError, 400, lambda: client.chat.completions.create(model="gpt-5.5", messages=USER, temperature=5))
held("the parameter and the code of an error", (error.param, error.code) == ("temperature", "decimal_above_max_value"))
error = refused("an unknown parameter", openai.BadRequestError, 400, lambda: client.chat.completions.create(model="gpt-5.5", messages=USER, extra_body={"zzzz": 1}))
held("its message", "Unrecognized request argument supplied: zzzz" in error.message)
# The test counts how often it is asked.
patient = openai.OpenAI(base_url=BASE, api_key=KEY, max_retries=3, default_headers={"x-probe": "1"})
refused("an error that is not asked again", openai.BadRequestError, 400, lambda: patient.chat.completions.create(model="gpt-5.5", messages=[]))
