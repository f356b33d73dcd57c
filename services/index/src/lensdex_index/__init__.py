"""Lensdex's index service: keeps records with their vectors durably and finds the nearest ones.

It knows the contracts and no model: what made a vector is told to it as an embedding space, which it compares and never
interprets. Importing this package starts nothing and reads nothing.
"""
