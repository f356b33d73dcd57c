"""Qwen3-VL-Embedding and -Reranker through transformers and qwen-vl-utils. The only folder that imports torch.

checkpoint     name or folder → files, digest of the weights
torchvision_ops  lets torchvision be imported beside a CPU build of torch
template       content or pair → text of the chat template
sequences      text and pictures → token ids and patches, truncation
model          sequences → final hidden states
embedding      the EmbeddingEngine
reranking      the RerankingEngine
"""
