"""LiteLLM for Python against the mock gateway, through several of its providers: each line that begins with `held: ` is something that held."""

import sys

import litellm

from checks import held

BASES, KEYS = dict(pair.split("=", 1) for pair in sys.argv[1].split(",")), dict(pair.split("=", 1) for pair in sys.argv[2].split(","))
USER = [{"role": "user", "content": "Say pong."}]
TOOL = {"type": "function", "function": {"name": "forecast", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
MODELS = {
    "openai": "openai/gpt-5.5",
    "anthropic": "anthropic/claude-sonnet-4-6",
    "mistral": "mistral/mistral-large-latest",
    "groq": "groq/openai/gpt-oss-120b",
    "deepseek": "deepseek/deepseek-v4-pro",
    "xai": "xai/grok-4.7",
    "together": "together_ai/moonshotai/Kimi-K2.6",
    "fireworks": "fireworks_ai/accounts/fireworks/models/kimi-k2p6",
}


for name, model in MODELS.items():
    place = {"model": model, "api_base": BASES[name].removesuffix("/v1") if name == "anthropic" else BASES[name], "api_key": KEYS[name]}
    answer = litellm.completion(messages=USER, max_tokens=64, **place)
    held(f"{name}: chat", answer.choices[0].message.content == "The mock gateway heard: Say pong.")
    chunks = litellm.completion(messages=USER, max_tokens=64, stream=True, **place)
    held(f"{name}: a stream", "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "The mock gateway heard: Say pong.")
    answer = litellm.completion(messages=USER, max_tokens=64, tools=[TOOL], **place)
    held(f"{name}: tools", answer.choices[0].message.tool_calls[0].function.name == "forecast")
    try:
        litellm.completion(messages=USER, max_tokens=64, num_retries=0, **{**place, "api_key": "nobody-knows-it"})
        sys.exit(f"is not refused: {name}")
    except (litellm.AuthenticationError, litellm.BadRequestError) as error:
        held(f"{name}: {error.status_code}", error.status_code == (400 if name == "xai" else 401))
