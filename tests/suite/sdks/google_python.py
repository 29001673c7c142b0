"""The Google GenAI client for Python against the mock gateway: each line that begins with `held: ` is something that held."""

import sys

from google import genai
from google.genai import errors, types
from pydantic import BaseModel

from checks import held

BASE, KEY = sys.argv[1].removesuffix("/v1beta"), sys.argv[2]
MODEL = "gemini-3.8-flash"
client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=BASE))


class Place(BaseModel):
    city: str
    days: list[int]


def refused(what, status, call):
    try:
        call()
    except errors.ClientError as error:
        held(what, error.code == status and bool(error.status))
        return error
    sys.exit(f"is not refused: {what}")


answer = client.models.generate_content(model=MODEL, contents="Say pong.")
held("content", answer.text == "The mock gateway heard: Say pong." and answer.candidates[0].finish_reason == "STOP")
chunks = list(client.models.generate_content_stream(model=MODEL, contents="Say pong."))
held("a stream", "".join(chunk.text for chunk in chunks) == answer.text and len(chunks) > 3)
held("its usage", chunks[-1].usage_metadata.total_token_count == answer.usage_metadata.total_token_count)
config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=Place)
held("structured output", isinstance(client.models.generate_content(model=MODEL, contents="Hi", config=config).parsed, Place))
schema = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]}
tool = types.Tool(function_declarations=[types.FunctionDeclaration(name="forecast", parameters=schema)])
config = types.GenerateContentConfig(tools=[tool], temperature=0.5, max_output_tokens=100, system_instruction="Be short.")
answer = client.models.generate_content(model=MODEL, contents="Say pong.", config=config)
held("tools", answer.function_calls[0].name == "forecast" and "city" in answer.function_calls[0].args)
back = [types.Content(role="user", parts=[types.Part(text="Say pong.")]), answer.candidates[0].content,
        types.Content(role="user", parts=[types.Part.from_function_response(name="forecast", response={"sky": "blue"})])]
held("answers of tools", client.models.generate_content(model=MODEL, contents=back, config=config).text is not None)


def forecast(city: str) -> str:
    """The weather of a city."""
    return "sun"


config = types.GenerateContentConfig(tools=[forecast])
answer = client.models.generate_content(model=MODEL, contents="Say pong.", config=config)
held("functions that the client calls itself", len(answer.automatic_function_calling_history) == 3 and bool(answer.text))
picture = types.Part.from_bytes(data=b"\x89PNG", mime_type="image/png")
held("a picture", client.models.generate_content(model=MODEL, contents=["What is it?", picture]).text.endswith("[image]"))
config = types.GenerateContentConfig(thinking_config=types.ThinkingConfig(include_thoughts=True))
answer = client.models.generate_content(model=MODEL, contents="Hi", config=config)
held("thoughts", answer.candidates[0].content.parts[0].thought is True and answer.usage_metadata.thoughts_token_count > 0)
held("the count of tokens", client.models.count_tokens(model=MODEL, contents="Say pong.").total_tokens > 1)
config = types.EmbedContentConfig(output_dimensionality=8)
vectors = client.models.embed_content(model="gemini-embedding-001", contents=["a", "b"], config=config)
held("embeddings", [len(vector.values) for vector in vectors.embeddings] == [8, 8])
held("models", any(model.name == f"models/{MODEL}" for model in client.models.list()) and client.models.get(model=MODEL).input_token_limit > 0)

strange = genai.Client(api_key="nobody-knows-it", http_options=types.HttpOptions(base_url=BASE))
refused("a key that is not valid", 400, lambda: strange.models.generate_content(model=MODEL, contents="Hi"))
error = refused("404", 404, lambda: client.models.generate_content(model="gemini-none", contents="Hi"))
held("what is said", error.status == "NOT_FOUND" and "is not found for API version v1beta" in error.message)
config = types.GenerateContentConfig(temperature=5)
refused("400", 400, lambda: client.models.generate_content(model=MODEL, contents="Hi", config=config))
