"""The gRPC faces: messages ↔ plain data, calls admitted, timed, logged and counted. Nothing below them knows gRPC."""
