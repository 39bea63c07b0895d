"""Certificates as plain values: read, matched to names, led to roots; the only reader of X.509."""
