"""Do the clients that people have get the vectors of `kotae embed` from `kotae serve`?

    .clients/bin/python tools/clients/check.py http://127.0.0.1:8765 < expected.json

expected.json is {"model": NAME, "texts": [...], "vectors": [[...], ...]}, the vectors those of the texts by
`kotae embed` with the service's first model. Prints a line for each client; ends with 1 at the first that
gets something else. tools/clients/setup installs the clients.
"""

import json
import struct
import sys

import openai
from huggingface_hub import InferenceClient
from langchain_huggingface import HuggingFaceEndpointEmbeddings
from langchain_openai import OpenAIEmbeddings

address = sys.argv[1]
expected = json.load(sys.stdin)
model, texts, vectors = expected["model"], expected["texts"], expected["vectors"]


def bits(vector) -> bytes:
    """The numbers as float32."""
    return struct.pack(f"<{len(vector)}f", *vector)


def check(name: str, found) -> None:
    if [bits(vector) for vector in found] != [bits(vector) for vector in vectors]:
        sys.exit(f"{name}: other vectors than kotae embed's")
    print(f"{name}: as kotae embed")


client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)
answer = client.embeddings.create(model=model, input=texts)
check("openai, base64", [item.embedding for item in answer.data])
if answer.model != model or answer.usage.prompt_tokens <= 0:
    sys.exit(f"openai: the model is {answer.model}, the usage {answer.usage}")
answer = client.embeddings.create(model=model, input=texts, encoding_format="float")
check("openai, float", [item.embedding for item in answer.data])
answer = client.embeddings.create(model=model, input=texts[0], dimensions=8)
if len(answer.data[0].embedding) != 8:
    sys.exit("openai: dimensions is passed over")
if model not in [item.id for item in client.models.list()]:
    sys.exit("openai: the model is not among those listed")
try:
    client.embeddings.create(model=model, input=[[1, 2], [3]])
    sys.exit("openai: tokens of another model are embedded")
except openai.BadRequestError as error:
    if error.param != "input" or "check_embedding_ctx_length=False" not in error.message:
        sys.exit(f"openai: tokens are refused with {error}")
try:
    client.embeddings.create(model="none", input="a")
    sys.exit("openai: a model that is not there embeds")
except openai.NotFoundError as error:
    if error.code != "model_not_found" or not error.request_id:
        sys.exit(f"openai: an unknown model is refused with {error}")

langchain = OpenAIEmbeddings(
    model=model, base_url=f"{address}/v1", api_key="none", check_embedding_ctx_length=False)
check("LangChain, OpenAIEmbeddings", langchain.embed_documents(texts))

hub = InferenceClient(model=f"{address}/embed")
check("huggingface_hub, feature_extraction", [hub.feature_extraction(text)[0].tolist() for text in texts])

# It takes names of Hugging Face's hub alone; an address goes to the client that it holds.
endpoint = HuggingFaceEndpointEmbeddings(model="any/name")
endpoint.client = InferenceClient(model=address)
check("LangChain, HuggingFaceEndpointEmbeddings", endpoint.embed_documents(texts))
check("LangChain, one query at a time", [endpoint.embed_query(text) for text in texts])
