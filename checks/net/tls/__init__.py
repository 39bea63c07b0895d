"""TLS from the outside: whole handshakes that trust nobody, and hand-written hellos that need no OpenSSL."""
