"""HTTP as a monitor needs it: every address, phase and hop is evidence, and a broken answer is never a success."""
