"""What both ends of the wire must agree on and protobuf cannot say: vector blocks, space fingerprints, errors, limits.

It knows the contracts and nothing of any service or client.
"""
