"""Both services on one machine, as two processes: for the demo, for tests and for development.

It starts them and speaks to them as anybody would, over gRPC; it imports neither.
"""
