"""Atelier Lumière: a small client site on loopback, with faults to switch on, for the first minutes with Vigie."""
