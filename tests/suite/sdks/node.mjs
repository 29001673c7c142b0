// The clients for Node against the mock gateway: each line that begins with `held: ` is something that held.
// Arguments: a folder with the packages, then the bases and the credentials of providers, `name=value` divided by commas.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, bases, keys] = process.argv.slice(2);
const pairs = (text) => Object.fromEntries(text.split(",").map((pair) => pair.split(/=(.*)/s)));
const base = pairs(bases);
const key = pairs(keys);
const require = createRequire(`${folder}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const TEXT = "The mock gateway heard: Say pong.";
const user = [{ role: "user", content: "Say pong." }];
const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };

const held = (what, true_) => {
  if (!true_) {
    console.error(`does not hold: ${what}`);
    process.exit(1);
  }
  console.log(`held: ${what}`);
};
const refused = async (what, name, status, call) => {
  try {
    await call();
  } catch (error) {
    held(what, error.constructor.name === name && (error.status ?? error.statusCode) === status);
    return error;
  }
  held(`${what} is refused`, false);
};
const joined = async (stream, read) => {
  let text = "";
  for await (const part of stream) text += read(part) ?? "";
  return text;
};

{
  const { OpenAI } = await load("openai");
  const client = new OpenAI({ baseURL: base.openai, apiKey: key.openai, maxRetries: 0 });
  const answer = await client.chat.completions.create({ model: "gpt-5.5", messages: user });
  held("openai: chat", answer.choices[0].message.content === TEXT && answer._request_id.startsWith("req_"));
  const stream = await client.chat.completions.create({ model: "gpt-5.5", messages: user, stream: true });
  held("openai: a stream", (await joined(stream, (chunk) => chunk.choices[0]?.delta.content)) === TEXT);
  const tools = [{ type: "function", function: { name: "forecast", parameters: schema } }];
  const called = await client.chat.completions.create({ model: "gpt-5.5", messages: user, tools });
  held("openai: tools", JSON.parse(called.choices[0].message.tool_calls[0].function.arguments).city === "city");
  const response = await client.responses.stream({ model: "gpt-5.5", input: "Say pong." }).finalResponse();
  held("openai: a streamed response", response.output_text === TEXT);
  const vectors = await client.embeddings.create({ model: "text-embedding-3-small", input: ["a", "b"], dimensions: 8 });
  held("openai: embeddings", vectors.data.length === 2 && vectors.data[0].embedding.length === 8);
  await refused("openai: 404", "NotFoundError", 404, () => client.chat.completions.create({ model: "gpt-none", messages: user }));
  const error = await refused("openai: 400", "BadRequestError", 400, () =>
    client.chat.completions.create({ model: "gpt-5.5", messages: user, n: 0 }));
  held("openai: its parameter", error.param === "n" && error.code === "integer_below_min_value");
  const strange = new OpenAI({ baseURL: base.openai, apiKey: "nobody-knows-it", maxRetries: 0 });
  await refused("openai: 401", "AuthenticationError", 401, () => strange.models.list());

  const { AzureOpenAI } = await load("openai");
  const azure = new AzureOpenAI({ endpoint: base.azure.replace("/openai/v1", ""), apiKey: key.azure, apiVersion: "2024-10-21", deployment: "my-gpt" });
  const deployed = await azure.chat.completions.create({ model: "", messages: user });
  held("azure: a deployment", deployed.choices[0].message.content === TEXT);
}

{
  const { Anthropic } = await load("@anthropic-ai/sdk");
  const client = new Anthropic({ baseURL: base.anthropic.replace("/v1", ""), apiKey: key.anthropic, maxRetries: 0 });
  const asked = { model: "claude-sonnet-4-6", max_tokens: 64, messages: user };
  const answer = await client.messages.create(asked);
  held("anthropic: messages", answer.content[0].text === TEXT);
  const message = await client.messages.stream(asked).finalMessage();
  held("anthropic: a stream", message.content[0].text === TEXT && message.usage.output_tokens === answer.usage.output_tokens);
  const called = await client.messages.create({ ...asked, tools: [{ name: "forecast", input_schema: schema }] });
  held("anthropic: tools", called.content[0].input.city === "city");
  await refused("anthropic: 400", "BadRequestError", 400, () => client.messages.create({ ...asked, temperature: 2 }));
  await refused("anthropic: 404", "NotFoundError", 404, () => client.messages.create({ ...asked, model: "claude-none" }));
}

{
  const { GoogleGenAI } = await load("@google/genai");
  const client = new GoogleGenAI({ apiKey: key.google, httpOptions: { baseUrl: base.google.replace("/v1beta", "") } });
  const asked = { model: "gemini-3.8-flash", contents: "Say pong." };
  held("google: content", (await client.models.generateContent(asked)).text === TEXT);
  held("google: a stream", (await joined(await client.models.generateContentStream(asked), (chunk) => chunk.text)) === TEXT);
  await refused("google: 404", "ApiError", 404, () => client.models.generateContent({ ...asked, model: "gemini-none" }));
}

{
  const { Ollama } = await load("ollama");
  const client = new Ollama({ host: base.ollama.replace("/v1", "") });
  const asked = { model: "gpt-oss:20b", messages: user };
  held("ollama: chat", (await client.chat(asked)).message.content === TEXT);
  held("ollama: a stream", (await joined(await client.chat({ ...asked, stream: true }), (part) => part.message.content)) === TEXT);
}

{
  const { Portkey } = await load("portkey-ai");
  const client = new Portkey({ baseURL: base.portkey, apiKey: key.portkey });
  const answer = await client.chat.completions.create({ model: "@openai/gpt-5.5", messages: user });
  held("portkey: chat", answer.choices[0].message.content === TEXT);
}

{
  const { generateText, streamText, generateObject, jsonSchema, tool, embedMany } = await load("ai");
  const { createOpenAI } = await load("@ai-sdk/openai");
  const { createAnthropic } = await load("@ai-sdk/anthropic");
  const { createGoogleGenerativeAI } = await load("@ai-sdk/google");
  const { createOpenAICompatible } = await load("@ai-sdk/openai-compatible");
  const openai = createOpenAI({ baseURL: base.openai, apiKey: key.openai });
  const models = {
    "ai with responses": openai("gpt-5.5"),
    "ai with chat": openai.chat("gpt-5.5"),
    "ai with anthropic": createAnthropic({ baseURL: base.anthropic, apiKey: key.anthropic })("claude-sonnet-4-6"),
    "ai with google": createGoogleGenerativeAI({ baseURL: base.google, apiKey: key.google })("gemini-3.8-flash"),
    "ai with a compatible one": createOpenAICompatible({ name: "groq", baseURL: base.groq, apiKey: key.groq, supportsStructuredOutputs: true })("openai/gpt-oss-120b"),
  };
  for (const [name, model] of Object.entries(models)) {
    const asked = { model, prompt: "Say pong.", maxRetries: 0 };
    held(`${name}: text`, (await generateText(asked)).text === TEXT);
    held(`${name}: a stream`, (await joined(streamText(asked).textStream, (part) => part)) === TEXT);
    const forecast = tool({ inputSchema: jsonSchema(schema) });
    const called = await generateText({ ...asked, tools: { forecast } });
    held(`${name}: tools`, called.toolCalls[0].toolName === "forecast" && called.toolCalls[0].input.city === "city");
    const made = await generateObject({ ...asked, schema: jsonSchema(schema) });
    held(`${name}: structured output`, made.object.city === "city");
  }
  const vectors = await embedMany({ model: openai.embedding("text-embedding-3-small"), values: ["a", "b"] });
  held("ai: embeddings", vectors.embeddings.length === 2);
  const wrong = { model: openai.chat("gpt-none"), prompt: "Hi", maxRetries: 0 };
  const error = await refused("ai: 404", "APICallError", 404, () => generateText(wrong));
  held("ai: what is said", error.message.includes("does not exist"));
}
