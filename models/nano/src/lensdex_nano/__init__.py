"""The nano checkpoints: how they are trained from the sample problems, and how their retrieval is judged.

A small Qwen3-VL of the published architecture and file layout, so that Lensdex finds things without a download. Serving
knows nothing of this package: the checkpoints load as any other.
"""
